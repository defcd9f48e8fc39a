package aggregate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewPassBoundsEachSource(t *testing.T) {
	got := newPass(noon, findings{floor: noon, fresh: []Fresh{
		{TopicPartition: votes0, Source: "votes", FromOffset: 7},
		{TopicPartition: votes1, Source: "votes", FromOffset: 5},
		{TopicPartition: votes1, Source: "rejects", FromOffset: 6},
	}})
	want := Pass{Started: noon, Floor: noon, VotesFrom: 5, VotersFrom: math.MaxInt64, RejectsFrom: 6}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pass (-want +got):\n%s", diff)
	}
}
