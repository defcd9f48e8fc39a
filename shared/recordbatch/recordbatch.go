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

// Limits of a batch.
const (
	// MaxValue is the largest value in bytes that is carried whole. A vote has some 300
	// bytes. Pub/Sub takes 10 MB a message.
	MaxValue = 1 << 20
	// TruncatedValue is how many bytes of a larger value are carried, so that a person
	// can see what it was.
	TruncatedValue = 64 << 10
	// MaxKey is how many bytes of a record's key are carried.
	MaxKey = 64 << 10
	// MaxRecords is how many records a batch may have. It bounds the memory that a
	// decoded message takes.
	MaxRecords = 100_000
	// MaxBuilt is the size in bytes, before compression, up to which a builder should be
	// filled. Pub/Sub takes 10,000,000 bytes a message. Incompressible bytes grow a
	// little, and attributes need room.
	MaxBuilt = 9_000_000
	// MaxDecoded bounds what a message may decompress to.
	MaxDecoded = 16 << 20
)

// Names and values of a message's attributes.
const (
	AttrContentType = "content_type"
	AttrVersion     = "version"
	AttrEncoding    = "encoding"
	AttrTopic       = "topic"
	AttrTopicID     = "topic_id"
	AttrPartition   = "partition"
	AttrFirstOffset = "first_offset"
	AttrLastOffset  = "last_offset"
	AttrCount       = "count"

	ContentType = "application/vnd.tallystream.recordbatch+protobuf"
	Version     = "1"
	Encoding    = "zstd"
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
