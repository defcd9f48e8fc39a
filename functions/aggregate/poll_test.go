package aggregate

import (
	"testing"
	"time"
)

func TestFloor(t *testing.T) {
	whole := Partition{TopicPartition: votes0, IngestFloor: noon, LastIngestedAt: noon}
	waiting := Partition{TopicPartition: votes1, IngestFloor: noon.Add(-10 * time.Minute), LastIngestedAt: noon.Add(time.Minute), RecordsAbove: 4}
	tests := []struct {
		name  string
		state []Partition
		now   time.Time
		want  time.Time
	}{
		{"nothing seen yet", nil, noon, beginning},
		{"all whole", []Partition{whole}, noon.Add(24 * time.Hour), noon.Add(-Overlap)},
		{"a record that is missing for a short time holds the floor", []Partition{whole, waiting}, noon, waiting.IngestFloor.Add(-Overlap)},
		{"one that is missing for long is searched for everywhere", []Partition{whole, waiting}, noon.Add(time.Hour), beginning},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := new(poller).floor(tt.state, tt.now); !got.Equal(tt.want) {
				t.Errorf("floor = %v, want %v", got, tt.want)
			}
		})
	}
	t.Run("but not with every poll", func(t *testing.T) {
		s, now := new(poller), noon.Add(time.Hour)
		s.floor([]Partition{waiting}, now)
		if got, want := s.floor([]Partition{waiting}, now.Add(time.Minute)), waiting.IngestFloor.Add(-Overlap); !got.Equal(want) {
			t.Errorf("second floor = %v, want %v", got, want)
		}
	})
}
