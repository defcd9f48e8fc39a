package stores

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Of a partition the report that was made last says how far its log reaches, whenever it
// came. One that had no report for a day is left out.
func TestJoinLogs(t *testing.T) {
	log := func(partition int32, observed time.Time, end, record int64) snapshot.LogRow {
		return snapshot.LogRow{
			TopicPartition: kafka.TopicPartition{Topic: "votes", Partition: partition},
			Log:            countstate.Log{LogEnd: end, LastStable: end, Partitions: 3, LastRecord: record, ObservedAt: observed},
		}
	}
	known := []snapshot.LogRow{log(0, at(13, 0), 90, 80), log(1, at(13, 0), 70, 60), log(2, at(13, 0).AddDate(0, 0, -2), 5, 4)}
	got := joinLogs(known, []snapshot.LogRow{log(3, at(13, 5), 1, 0), log(0, at(12, 50), 50, 40), log(1, at(13, 5), 75, 61)})
	want := []snapshot.LogRow{log(0, at(13, 0), 90, 80), log(1, at(13, 5), 75, 61), log(3, at(13, 5), 1, 0)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
}
