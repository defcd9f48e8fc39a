package decompress

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/recordbatch"
)

// packed is a batch that stays compressed. Its records are read in order.
type packed struct {
	src   []byte
	codec kgo.CompressionCodecType

	stream io.ReadCloser // nil before the first record and behind the last
	reader *recordReader
	next   uint32 // number of the record that reader reads next
}

// record decompresses the record with a number, which rises from call to call.
func (f *packed) record(n uint32) (key, value []byte, size int64, err error) {
	if f.reader == nil {
		if f.stream, err = newStream(f.src, f.codec); err != nil {
			return nil, nil, 0, err
		}
		f.reader = newRecordReader(f.stream)
	}
	for ; ; f.next++ {
		if _, err := f.reader.next(); err != nil {
			return nil, nil, 0, fmt.Errorf("decompress record %d of a batch again: %w", n, err)
		}
		if f.next == n {
			f.next++
			return f.reader.keyValue()
		}
	}
}

func (f *packed) close() {
	if f.stream != nil {
		_ = f.stream.Close()
		f.stream = nil
	}
}

// errCorrupt is a batch whose records aren't as Kafka writes them.
var errCorrupt = errors.New("corrupt record batch")

// recordReader reads the records of a batch from a stream. A record of Kafka's
// format 2 is its length, a byte of attributes, and the differences of its time and
// offset to the batch's, then key, value and headers. Lengths and differences are
// varints.
type recordReader struct {
	r    *bufio.Reader
	left int64  // bytes of the current record that aren't read
	head []byte // its attributes and differences

	key, value []byte // buffers, which each record overwrites
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// next skips the rest of the current record and reads the head of the next one,
// its attributes and differences; io.EOF is the end of the batch.
func (r *recordReader) next() (head []byte, err error) {
	if err := r.skip(r.left); err != nil {
		return nil, err
	}
	if _, err := r.r.Peek(1); err != nil {
		return nil, err
	}
	r.left = 1 << 62
	length, err := r.varint()
	if err != nil || length < 6 {
		return nil, errors.Join(errCorrupt, err)
	}
	r.left = length
	attributes, err := r.byte()
	if err != nil {
		return nil, err
	}
	r.head = append(r.head[:0], attributes)
	for range 2 {
		v, err := r.varint()
		if err != nil {
			return nil, err
		}
		r.head = binary.AppendVarint(r.head, v)
	}
	return r.head, nil
}

// keyValue reads the key and the value of the current record. Of a value larger
// than recordbatch.MaxValue it reads the first recordbatch.TruncatedValue bytes.
func (r *recordReader) keyValue() (key, value []byte, size int64, err error) {
	if r.key, _, err = r.bytes(r.key, recordbatch.MaxKey, recordbatch.MaxKey); err != nil {
		return nil, nil, 0, err
	}
	if r.value, size, err = r.bytes(r.value, recordbatch.MaxValue, recordbatch.TruncatedValue); err != nil {
		return nil, nil, 0, err
	}
	return r.key, r.value, max(size, 0), nil
}

// bytes reads a length and as many bytes into buf; of more than most bytes it
// reads the first few, and skips the rest. They are nil where the length is -1.
func (r *recordReader) bytes(buf []byte, most, few int64) (b []byte, size int64, err error) {
	if size, err = r.varint(); err != nil || size < 0 {
		return nil, size, err
	}
	if size > r.left {
		return nil, 0, fmt.Errorf("%w: a field of %d bytes in a record with %d left", errCorrupt, size, r.left)
	}
	n := size
	if n > most {
		n = few
	}
	if int64(cap(buf)) < n || buf == nil {
		buf = make([]byte, n)
	}
	if _, err := io.ReadFull(r.r, buf[:n]); err != nil {
		return nil, 0, err
	}
	r.left -= n
	return buf[:n], size, r.skip(size - n)
}

func (r *recordReader) skip(n int64) error {
	for n > 0 {
		some := int(min(n, 1<<30))
		if _, err := r.r.Discard(some); err != nil {
			return fmt.Errorf("%w: %w", errCorrupt, err)
		}
		n -= int64(some)
		r.left -= int64(some)
	}
	return nil
}

func (r *recordReader) varint() (int64, error) { return binary.ReadVarint(byteReader{r}) }

func (r *recordReader) byte() (byte, error) { return byteReader{r}.ReadByte() }

// byteReader is the current record as an io.ByteReader.
type byteReader struct{ r *recordReader }

func (b byteReader) ReadByte() (byte, error) {
	if b.r.left <= 0 {
		return 0, fmt.Errorf("%w: a record ends in its middle", errCorrupt)
	}
	b.r.left--
	return b.r.r.ReadByte()
}

// countRecords returns how many records a batch has.
func countRecords(data []byte) (n int, err error) {
	for len(data) > 0 {
		length, size := binary.Varint(data)
		if size <= 0 || length < 0 || length > int64(len(data)-size) {
			return 0, errCorrupt
		}
		data = data[size+int(length):]
		n++
	}
	return n, nil
}
