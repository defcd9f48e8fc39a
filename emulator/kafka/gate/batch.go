package gate

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Where the fields of a batch of records stand. Everything from the attributes on is in
// the checksum.
const (
	atMagic      = 16
	atCRC        = 17
	atAttributes = 21
	atMaxTime    = 35
	batchHeader  = 61
)

// Bits of a batch's attributes.
const (
	codecBits     = 0x0007
	appendTimeBit = 0x0008 // the times are the broker's
	// stampedBit stands for appendTimeBit in the broker's log, which doesn't read it. The
	// broker would change the times of a batch that has the other one, but not its checksum.
	stampedBit = 0x4000
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// hasHeader says that the header of a batch can be read: the broker refuses others.
func hasHeader(batch []byte) bool { return len(batch) >= batchHeader && batch[atMagic] == 2 }

// whole says that a batch came whole.
func whole(batch []byte) bool {
	return binary.BigEndian.Uint32(batch[atCRC:]) == crc32.Checksum(batch[atAttributes:], castagnoli)
}

func attributes(batch []byte) uint16 { return binary.BigEndian.Uint16(batch[atAttributes:]) }

func maxTime(batch []byte) int64 { return int64(binary.BigEndian.Uint64(batch[atMaxTime:])) }

// recode writes a batch anew: with its records at one time, unless that is 0, and
// compressed as the topic says.
func (t *Topic) recode(batch []byte, stamp int64) ([]byte, error) {
	var b kmsg.RecordBatch
	if err := b.ReadFrom(batch); err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	records, err := decode(b)
	if err != nil {
		return nil, err
	}
	if stamp != 0 {
		b.FirstTimestamp, b.MaxTimestamp = stamp, stamp
		b.Attributes |= stampedBit
		for i := range records {
			records[i].TimestampDelta, records[i].TimestampDelta64 = 0, 0
		}
	}
	codec := int16(b.Attributes & codecBits)
	compressor := t.compressor
	if t.codec >= 0 {
		codec = t.codec
	} else if compressor, err = sameCodec(codec); err != nil {
		return nil, err
	}
	b.Records = encode(records)
	if compressor != nil {
		compressed, used := compressor.Compress(new(bytes.Buffer), b.Records)
		if int16(used) != codec {
			return nil, fmt.Errorf("batch can't be compressed with codec %d", codec)
		}
		b.Records = compressed
	}
	b.Attributes = b.Attributes&^codecBits | codec
	b.Length = int32(batchHeader - 12 + len(b.Records)) // what follows itself
	out := b.AppendTo(nil)
	binary.BigEndian.PutUint32(out[atCRC:], crc32.Checksum(out[atAttributes:], castagnoli))
	return out, nil
}

// sameCodec compresses with a codec by its number; nil for none.
func sameCodec(codec int16) (kgo.Compressor, error) {
	codecs := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	if int(codec) >= len(codecs) {
		return nil, fmt.Errorf("batch has codec %d: Kafka has 0 to 4", codec)
	}
	return kgo.DefaultCompressor(codecs[codec])
}

// decode reads the records of a batch.
func decode(b kmsg.RecordBatch) ([]kmsg.Record, error) {
	left, err := kgo.DefaultDecompressor().Decompress(b.Records, kgo.CompressionCodecType(b.Attributes&codecBits))
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	var records []kmsg.Record
	for range b.NumRecords {
		length, n := binary.Varint(left)
		end := int64(n) + length
		if n <= 0 || length < 0 || end > int64(len(left)) {
			return nil, fmt.Errorf("batch has fewer than its %d records", b.NumRecords)
		}
		r := kmsg.NewRecord()
		if err := r.ReadFrom(left[:end]); err != nil {
			return nil, fmt.Errorf("record %d of a batch: %w", len(records), err)
		}
		records = append(records, r)
		left = left[end:]
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("batch has %d bytes behind its %d records", len(left), b.NumRecords)
	}
	return records, nil
}

// encode writes records one after another. Each begins with its length.
func encode(records []kmsg.Record) []byte {
	var out, one []byte
	for _, r := range records {
		r.Length = 0
		one = r.AppendTo(one[:0])
		out = append(kbin.AppendVarint(out, int32(len(one)-1)), one[1:]...)
	}
	return out
}

// shown returns batches as clients read them; false if they are so already.
func shown(batches []byte) ([]byte, bool) {
	var out []byte
	for at := 0; at+batchHeader <= len(batches); {
		end := at + 12 + int(int32(binary.BigEndian.Uint32(batches[at+8:])))
		if end < at+batchHeader || end > len(batches) {
			break
		}
		if a := attributes(batches[at:]); a&stampedBit != 0 {
			if out == nil {
				out = append([]byte(nil), batches...)
			}
			b := out[at:end]
			binary.BigEndian.PutUint16(b[atAttributes:], a&^stampedBit|appendTimeBit)
			binary.BigEndian.PutUint32(b[atCRC:], crc32.Checksum(b[atAttributes:], castagnoli))
		}
		at = end
	}
	return out, out != nil
}
