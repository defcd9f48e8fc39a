package bridge

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/kafka"
)

func TestBeginning(t *testing.T) {
	at := func(next, follows int64, epoch int32) kafkalog.Mark {
		return kafkalog.Mark{Next: next, Follows: follows, Epoch: epoch}
	}
	of := func(m kafkalog.Mark, topicID string) *kafkalog.Commit {
		return &kafkalog.Commit{Mark: m, TopicID: topicID}
	}
	fresh := at(0, -1, -1)
	tests := []struct {
		name    string
		commit  *kafkalog.Commit
		log     kafkalog.Extent // stable is of no interest
		answer  kafkalog.EpochEnd
		want    kafkalog.Mark
		lost    int64
		warning string
	}{
		{"never read", nil, kafkalog.Extent{First: 0, Stable: 0, End: 100}, kafkalog.EpochEnd{}, fresh, -1, ""},
		{"never read, beginning deleted", nil, kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{}, at(40, -1, -1), -1, ""},
		{"continued", of(at(70, 69, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 100}, at(70, 69, 3), -1, ""},
		{"continued in another epoch", of(at(70, 69, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 70}, at(70, 69, 3), -1, ""},
		{"continued behind a marker", of(at(70, 66, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 100}, at(70, 66, 3), -1, ""},
		{"at the end", of(at(100, 99, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 100}, at(100, 99, 3), -1, ""},
		{"of an older program", of(at(70, 69, -1), ""), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{}, at(70, 69, -1), -1, ""},
		{"deleted before it was read", of(at(30, 29, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 100}, at(40, 29, -1), -1, "offsets 30 to 39 were deleted"},
		{"an epoch that was deleted", of(at(30, 29, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 40}, at(40, 29, -1), -1, "offsets 30 to 39 were deleted"},
		{"the answer of a log without records", of(at(70, 69, 3), "id"), kafkalog.Extent{First: 70, Stable: 0, End: 70}, kafkalog.EpochEnd{Asked: true, Epoch: 4, End: 0}, at(70, 69, 3), -1, ""},
		{"log lost its end", of(at(70, 69, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 60}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 60}, at(60, -1, 3), 60, "offsets 60 to 69 were read, and leader epoch 3 ends at 60"},
		{"and has another", of(at(70, 69, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 2, End: 60}, at(60, -1, 2), 60, "offsets 60 to 69 were read"},
		{"log lost everything", of(at(70, 69, 3), "id"), kafkalog.Extent{First: 0, Stable: 0, End: 0}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 0}, at(0, -1, 3), 0, "offsets 0 to 69 were read"},
		{"lost its end, and nobody knows the epoch", of(at(101, 100, -1), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{}, at(40, -1, -1), 40, "offset 101 is committed, but the log ends at 100"},
		{"the new leader has yet to tell its followers", of(at(101, 100, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: 3, End: 101}, at(101, 100, 3), -1, ""},
		{"an epoch without records", of(at(70, 69, 3), "id"), kafkalog.Extent{First: 40, Stable: 0, End: 100}, kafkalog.EpochEnd{Asked: true, Epoch: -1, End: -1}, at(70, 69, 3), -1, ""},
		{"topic made anew", of(at(70, 69, 3), "other"), kafkalog.Extent{First: 0, Stable: 0, End: 100}, kafkalog.EpochEnd{}, fresh, -1, "made anew"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c kafkalog.Commit
			if tt.commit != nil {
				c = *tt.commit
			}
			p := newPartition(kafka.TopicPartition{}, "id", 5)
			got, warning, err := beginning(c, tt.commit != nil, p, tt.log, tt.answer)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "beginning", tt.want, got)
			if p.log.lost != tt.lost {
				t.Errorf("lost from %d on, want %d", p.log.lost, tt.lost)
			}
			if (warning != "") != (tt.warning != "") || !strings.Contains(warning, tt.warning) {
				t.Errorf("warning %q, want %q", warning, tt.warning)
			}
		})
	}
}

// A broker that was away doesn't know the epoch in which others went on. Its log
// is shorter, and nothing is lost.
func TestBeginningAtAStaleBroker(t *testing.T) {
	for _, tt := range []struct {
		leaderEpoch int32 // as the metadata have it
		end         int64
	}{{5, 100}, {6, 60}, {7, 60}} {
		p := newPartition(kafka.TopicPartition{}, "id", tt.leaderEpoch)
		c := kafkalog.Commit{Mark: kafkalog.Mark{Next: 70, Follows: 69, Epoch: 7}, TopicID: "id"}
		_, warning, err := beginning(c, true, p, kafkalog.Extent{First: 0, Stable: tt.end, End: tt.end}, kafkalog.EpochEnd{Asked: true, Epoch: -1, End: -1})
		if err == nil || !strings.Contains(err.Error(), "offset 70 is committed in leader epoch 7, of which the broker that leads it knows nothing") || warning != "" || p.log.lost >= 0 {
			t.Errorf("%+v: %v, %q, lost from %d on", tt, err, warning, p.log.lost)
		}
	}
}
