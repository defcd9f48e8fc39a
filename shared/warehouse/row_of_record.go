package warehouse

import (
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// What a TIMESTAMP column can hold, in whole milliseconds, as Kafka has times.
var (
	minTimestamp = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	maxTimestamp = time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC)
)

// OriginOf is where a record of a batch comes from, which follows the record at an offset. A timestamp that no column can
// hold is the nearest that one can.
func OriginOf(b *recordbatch.Batch, r *recordbatch.Record, follows int64) Origin {
	ms := min(max(r.Timestamp, minTimestamp.UnixMilli()), maxTimestamp.UnixMilli())
	return Origin{
		Position:  kafka.Position{TopicPartition: b.TopicPartition, Offset: r.Offset},
		Timestamp: time.UnixMilli(ms).UTC(), Follows: follows,
	}
}

// Reject is the row of a record that can't be counted.
func Reject(origin Origin, r *recordbatch.Record, reason, detail string) RejectRow {
	row := RejectRow{Origin: origin, Reason: reason, Detail: detail, Key: r.Key, Value: r.Value, Bytes: r.Size}
	if r.Value == nil {
		row.Bytes = -1
	}
	return row
}
