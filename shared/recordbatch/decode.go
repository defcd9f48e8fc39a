package recordbatch

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"
)

// Decode reads a message and checks it: attributes must agree with the body, offsets must
// rise, and sizes must be within the limits. The error wraps ErrUnknownFormat or
// ErrCorrupt. With either of them a retry would fail again.
//
// Keys and values share one buffer that belongs to the batch.
func Decode(data []byte, attributes map[string]string) (*Batch, error) {
	for _, want := range [...]struct{ name, value string }{
		{AttrContentType, ContentType}, {AttrVersion, Version}, {AttrEncoding, Encoding},
	} {
		if got := attributes[want.name]; got != want.value {
			return nil, fmt.Errorf("%w: attribute %s is %.80q, this program reads %q", ErrUnknownFormat, want.name, got, want.value)
		}
	}
	body, err := decoder().DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: decompress %d bytes: %w", ErrCorrupt, len(data), err)
	}
	count, err := strconv.Atoi(attributes[AttrCount])
	if err != nil || count < 1 || count > MaxRecords {
		return nil, fmt.Errorf("%w: attribute count is %.20q", ErrCorrupt, attributes[AttrCount])
	}
	// A record takes five bytes at least, so a false count can't cost much memory.
	b := &Batch{Records: make([]Record, 0, min(count, len(body)/5))}
	if err := b.unmarshal(body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if err := b.check(attributes); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return b, nil
}

// check compares a batch with its attributes and with itself.
func (b *Batch) check(attributes map[string]string) error {
	if len(b.Records) == 0 {
		return fmt.Errorf("it holds no records")
	}
	first, last := b.Records[0].Offset, b.Records[len(b.Records)-1].Offset
	for _, want := range [...]struct{ name, value string }{
		{AttrTopic, b.Topic},
		{AttrTopicID, b.TopicID},
		{AttrPartition, strconv.Itoa(int(b.Partition))},
		{AttrFirstOffset, strconv.FormatInt(first, 10)},
		{AttrLastOffset, strconv.FormatInt(last, 10)},
		{AttrCount, strconv.Itoa(len(b.Records))},
	} {
		if got := attributes[want.name]; got != want.value {
			return fmt.Errorf("attribute %s is %.80q, the body says %.80q", want.name, got, want.value)
		}
	}
	if b.Topic == "" || !utf8.ValidString(b.Topic) || !utf8.ValidString(b.TopicID) {
		return fmt.Errorf("topic %.80q with id %.80q isn't a name", b.Topic, b.TopicID)
	}
	if b.Partition < 0 {
		return fmt.Errorf("partition is %d", b.Partition)
	}
	if b.Follows < -1 {
		return fmt.Errorf("follows is %d", b.Follows)
	}
	previous := b.Follows
	for _, r := range b.Records {
		if r.Offset <= previous {
			return fmt.Errorf("offset %d stands behind %d", r.Offset, previous)
		}
		previous = r.Offset
	}
	return nil
}

func (b *Batch) unmarshal(body []byte) error {
	return fields(body, func(num protowire.Number, typ protowire.Type, v uint64, bytes []byte) error {
		switch {
		case num == batchTopic && typ == protowire.BytesType:
			b.Topic = string(bytes)
		case num == batchTopicID && typ == protowire.BytesType:
			b.TopicID = string(bytes)
		case num == batchPartition && typ == protowire.VarintType:
			b.Partition = int32(v)
		case num == batchFollows && typ == protowire.VarintType:
			b.Follows = protowire.DecodeZigZag(v)
		case num == batchRecords && typ == protowire.BytesType:
			if len(b.Records) >= MaxRecords {
				return fmt.Errorf("it holds more than %d records", MaxRecords)
			}
			b.Records = append(b.Records, Record{})
			return b.Records[len(b.Records)-1].unmarshal(bytes)
		}
		return nil
	})
}

func (r *Record) unmarshal(body []byte) error {
	whole := uint64(0)
	err := fields(body, func(num protowire.Number, typ protowire.Type, v uint64, bytes []byte) error {
		switch {
		case num == recordOffset && typ == protowire.VarintType:
			r.Offset = int64(v)
		case num == recordTimestamp && typ == protowire.VarintType:
			r.Timestamp = protowire.DecodeZigZag(v)
		case num == recordKey && typ == protowire.BytesType:
			r.Key = bytes
		case num == recordValue && typ == protowire.BytesType:
			r.Value = bytes
		case num == recordValueSize && typ == protowire.VarintType:
			whole = v
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(r.Key) > MaxKey || len(r.Value) > MaxValue {
		return fmt.Errorf("record at offset %d: key of %d and value of %d bytes", r.Offset, len(r.Key), len(r.Value))
	}
	r.Size = int64(len(r.Value))
	if whole != 0 {
		if r.Value == nil || int64(whole) <= r.Size {
			return fmt.Errorf("record at offset %d: %d bytes of a value of %d", r.Offset, r.Size, whole)
		}
		r.Size = int64(whole)
	}
	return nil
}

// fields calls visit for each field of a message, also for unknown ones. A varint is in
// v. A length-delimited field is in bytes, which is never nil for one.
func fields(body []byte, visit func(num protowire.Number, typ protowire.Type, v uint64, bytes []byte) error) error {
	for len(body) > 0 {
		num, typ, n := protowire.ConsumeTag(body)
		if n < 0 {
			return fmt.Errorf("tag: %w", protowire.ParseError(n))
		}
		body = body[n:]
		var v uint64
		var bytes []byte
		switch typ {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(body)
		case protowire.BytesType:
			bytes, n = protowire.ConsumeBytes(body)
			if bytes == nil {
				bytes = []byte{}
			}
		default:
			n = protowire.ConsumeFieldValue(num, typ, body)
		}
		if n < 0 {
			return fmt.Errorf("field %d: %w", num, protowire.ParseError(n))
		}
		body = body[n:]
		if err := visit(num, typ, v, bytes); err != nil {
			return err
		}
	}
	return nil
}

// decoder serves all goroutines: DecodeAll may be called concurrently.
var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(runtime.GOMAXPROCS(0)),
		zstd.WithDecoderMaxMemory(MaxDecoded))
	if err != nil {
		panic(fmt.Sprintf("recordbatch: zstd decoder: %v", err)) // constant options
	}
	return d
})

// maxBlock is what a block decompresses to at most (RFC 8878, 3.1.1.2.4).
const maxBlock = 128 << 10

// DecodedSize returns the size of a message after decompression, in bytes, from its
// header, or a bound of it: the header of less than 256 bytes has no size, but they are one
// block. It returns MaxDecoded if nothing is known, or the size is greater. Decode refuses a
// message that is larger than its header says.
func DecodedSize(data []byte) int {
	var h zstd.Header
	err := h.Decode(data)
	switch {
	case err != nil:
		return MaxDecoded
	case h.HasFCS:
		return int(min(h.FrameContentSize, MaxDecoded))
	case h.FirstBlock.OK && h.FirstBlock.Last && len(data) == oneBlock(&h):
		return maxBlock
	}
	return MaxDecoded
}

// oneBlock is the length of a message that has no more than its first block.
func oneBlock(h *zstd.Header) int {
	const blockHeader, checksum = 3, 4
	n := h.HeaderSize + blockHeader + h.FirstBlock.CompressedSize
	if h.HasCheckSum {
		n += checksum
	}
	return n
}
