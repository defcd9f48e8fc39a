// Package recordbatch is the format of a message on Pub/Sub: a batch of Kafka
// records of one partition, in protobuf (recordbatch.proto), compressed with
// zstd, and described by attributes.
//
// The bridge writes batches with a [Builder], ingest reads them with [Decode].
// The package knows nothing of what the records mean.
package recordbatch

import (
	"errors"

	"github.com/tallystream/tallystream/shared/kafka"
)

var (
	// ErrUnknownFormat says that a message isn't a batch of a known version.
	ErrUnknownFormat = errors.New("unknown message format")
	// ErrCorrupt says that a batch contradicts itself or can't be read.
	ErrCorrupt = errors.New("corrupt record batch")
)

// Batch is the content of a message.
type Batch struct {
	kafka.TopicPartition
	Follows int64 // offset of the record read before the first one; see recordbatch.proto
	Records []Record
}

// Record is one Kafka record.
type Record struct {
	Offset    int64
	Timestamp int64  // milliseconds since 1970-01-01, as the broker holds it
	Key       []byte // nil for none
	Value     []byte // nil for a tombstone
	// Size is the size of the value at the broker in bytes. It is greater than
	// len(Value) where only the value's beginning was carried.
	Size int64
}

// Truncated reports whether only the beginning of the value was carried.
func (r *Record) Truncated() bool { return r.Size > int64(len(r.Value)) }
