package aggregate

import (
	"testing"

	"github.com/tallystream/tallystream/shared/kafka"
)

func TestAnythingNew(t *testing.T) {
	state := []Partition{{TopicPartition: votes0, RecordsAbove: 2}, {TopicPartition: votes1}}
	tests := []struct {
		name  string
		fresh []Fresh
		want  bool
	}{
		{"nothing", nil, false},
		{"the same records above a missing one", []Fresh{{TopicPartition: votes0, Source: "votes", Records: 1}, {TopicPartition: votes0, Source: "rejects", Records: 1}}, false},
		{"one more above a missing one", []Fresh{{TopicPartition: votes0, Source: "votes", Records: 3}}, true},
		{"the first of a partition", []Fresh{{TopicPartition: kafka.TopicPartition{Topic: "new"}, Source: "votes", Records: 1}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := anythingNew(tt.fresh, state); got != tt.want {
				t.Errorf("anythingNew = %v, want %v", got, tt.want)
			}
		})
	}
}
