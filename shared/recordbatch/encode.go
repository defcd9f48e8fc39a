package recordbatch

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tallystream/tallystream/shared/kafka"
)

// Field numbers of recordbatch.proto.
const (
	batchTopic     = 1
	batchTopicID   = 2
	batchPartition = 3
	batchFollows   = 4
	batchRecords   = 5

	recordOffset    = 1
	recordTimestamp = 2
	recordKey       = 3
	recordValue     = 4
	recordValueSize = 5
)

// Builder collects the records of a message. Add copies keys and values, so that the
// memory of a fetch can be freed.
type Builder struct {
	of kafka.TopicPartition

	buf         []byte
	count       int
	first, last int64
}

// NewBuilder starts a batch; follows is the offset of the record read before
// the first one.
func NewBuilder(of kafka.TopicPartition, follows int64) *Builder {
	b := &Builder{of: of}
	if buf, ok := buffers.Get().(*[]byte); ok {
		b.buf = (*buf)[:0]
	}
	b.buf = protowire.AppendTag(b.buf, batchTopic, protowire.BytesType)
	b.buf = protowire.AppendString(b.buf, of.Topic)
	if of.TopicID != "" {
		b.buf = protowire.AppendTag(b.buf, batchTopicID, protowire.BytesType)
		b.buf = protowire.AppendString(b.buf, of.TopicID)
	}
	b.buf = appendVarint(b.buf, batchPartition, uint64(of.Partition))
	b.buf = appendVarint(b.buf, batchFollows, protowire.EncodeZigZag(follows))
	return b
}

// Free hands the builder's memory to the next builders. The builder can't be used any
// more. Its message can.
func (b *Builder) Free() {
	if buf := b.buf; cap(buf) > 0 {
		b.buf = nil
		buffers.Put(&buf)
	}
}

// buffers holds *[]byte of builders that were freed.
var buffers sync.Pool

// Len returns the number of records.
func (b *Builder) Len() int { return b.count }

// Size returns the size in bytes before compression.
func (b *Builder) Size() int { return len(b.buf) }

// SizeOf estimates by how many bytes Add would increase Size.
func SizeOf(r *Record) int {
	const overhead = 48 // tags, lengths, offset, timestamp, size
	return overhead + min(len(r.Key), MaxKey) + len(carried(r.Value))
}

// Add appends a record. Its offset must be greater than that of the record before. Its
// Size may be 0, which means the size of the value. A value larger than MaxValue is
// truncated to TruncatedValue bytes.
func (b *Builder) Add(r Record) {
	if b.count == 0 {
		b.first = r.Offset
	}
	b.last = r.Offset
	b.count++

	key, value := r.Key, carried(r.Value)
	if len(key) > MaxKey {
		key = key[:MaxKey]
	}
	whole := max(r.Size, int64(len(r.Value)))

	size := sizeVarint(uint64(r.Offset)) + sizeVarint(protowire.EncodeZigZag(r.Timestamp))
	if key != nil {
		size += 1 + protowire.SizeBytes(len(key))
	}
	if value != nil {
		size += 1 + protowire.SizeBytes(len(value))
	}
	truncated := whole > int64(len(value))
	if truncated {
		size += sizeVarint(uint64(whole))
	}

	b.buf = protowire.AppendTag(b.buf, batchRecords, protowire.BytesType)
	b.buf = protowire.AppendVarint(b.buf, uint64(size))
	b.buf = appendVarint(b.buf, recordOffset, uint64(r.Offset))
	b.buf = appendVarint(b.buf, recordTimestamp, protowire.EncodeZigZag(r.Timestamp))
	if key != nil {
		b.buf = protowire.AppendTag(b.buf, recordKey, protowire.BytesType)
		b.buf = protowire.AppendBytes(b.buf, key)
	}
	if value != nil {
		b.buf = protowire.AppendTag(b.buf, recordValue, protowire.BytesType)
		b.buf = protowire.AppendBytes(b.buf, value)
	}
	if truncated {
		b.buf = appendVarint(b.buf, recordValueSize, uint64(whole))
	}
}

// carried returns the part of a value that a batch carries.
func carried(value []byte) []byte {
	if len(value) > MaxValue {
		return value[:TruncatedValue]
	}
	return value
}

// appendVarint writes a varint field, and sizeVarint returns its size. Its number is
// below 16, so its tag has one byte.
func appendVarint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func sizeVarint(v uint64) int { return 1 + protowire.SizeVarint(v) }

// Message returns the message's data and attributes. It doesn't change the builder. An
// empty batch is an error.
func (b *Builder) Message() (data []byte, attributes map[string]string, err error) {
	if b.count == 0 {
		return nil, nil, fmt.Errorf("message of %s: a batch without records", b.of)
	}
	data = encoder().EncodeAll(b.buf, make([]byte, 0, len(b.buf)/3))
	return data, map[string]string{
		AttrContentType: ContentType,
		AttrVersion:     Version,
		AttrEncoding:    Encoding,
		AttrTopic:       b.of.Topic,
		AttrTopicID:     b.of.TopicID,
		AttrPartition:   strconv.Itoa(int(b.of.Partition)),
		AttrFirstOffset: strconv.FormatInt(b.first, 10),
		AttrLastOffset:  strconv.FormatInt(b.last, 10),
		AttrCount:       strconv.Itoa(b.count),
	}, nil
}

// Encode returns the message of a batch.
func Encode(batch *Batch) (data []byte, attributes map[string]string, err error) {
	b := NewBuilder(batch.TopicPartition, batch.Follows)
	defer b.Free()
	for _, r := range batch.Records {
		b.Add(r)
	}
	return b.Message()
}

// encoder serves all goroutines: EncodeAll may be called concurrently. The fastest level
// halves a batch of votes, at several hundred MB/s a core. A window of 1 MiB keeps the
// memory of each call below 4 MiB.
var encoder = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)),
		zstd.WithWindowSize(1<<20),
		zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(fmt.Sprintf("recordbatch: zstd encoder: %v", err)) // constant options
	}
	return e
})
