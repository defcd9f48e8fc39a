package kafka_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/kafka"
)

const id = "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a"

func TestIncarnations(t *testing.T) {
	first := kafka.TopicPartition{Topic: "votes", TopicID: id, Partition: 3}
	second := kafka.TopicPartition{Topic: "votes", TopicID: id + "/7", Partition: 3}
	for _, tt := range []struct {
		p      kafka.TopicPartition
		text   string
		epoch  int64
		nameOf string
	}{
		{first, "votes[3]", -1, "votes/3"},
		{second, "votes[3] from leader epoch 7 on", 7, "votes/3"},
	} {
		if tt.p.String() != tt.text || tt.p.Epoch() != tt.epoch || tt.p.Base() != first || tt.p.Key() != tt.nameOf || tt.p.WithoutID().TopicID != "" {
			t.Errorf("%+v: %s, epoch %d, base %+v, key %s", tt.p, tt.p, tt.p.Epoch(), tt.p.Base(), tt.p.Key())
		}
	}
}

func TestCompare(t *testing.T) {
	want := []kafka.TopicPartition{
		{Topic: "voters", TopicID: id, Partition: 1},
		{Topic: "votes", Partition: 9},
		{Topic: "votes", TopicID: id, Partition: 0},
		{Topic: "votes", TopicID: id + "/9", Partition: 0},
		{Topic: "votes", TopicID: id + "/10", Partition: 0},
		{Topic: "votes", TopicID: id, Partition: 2},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, kafka.TopicPartition.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestTopicID(t *testing.T) {
	if got := kafka.TopicID([16]byte{0x5a, 0x3a, 15: 0x6a}); got != "5a3a0000-0000-0000-0000-00000000006a" {
		t.Errorf("topic id %s", got)
	}
	if got := kafka.TopicID([16]byte{}); got != "" {
		t.Errorf("topic id of a broker without ids: %q", got)
	}
}
