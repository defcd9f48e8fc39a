package stream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"

	"github.com/klauspost/compress/flate"
)

// chunk is a part of streams that is compressed once, however many readers get it.
//
// All streams are one gzip member each (RFC 1952), of deflate blocks (RFC 1951). The
// blocks of a chunk refer to nothing before the chunk and end on a byte, so that any
// stream can take them up. Brotli can't do that: a brotli stream has state from one end to
// the other. Zstandard could with a frame for each chunk, which gains nothing at these sizes.
type chunk struct {
	text   framed
	blocks func() framed
}

func newChunk(text []byte) *chunk {
	return &chunk{text: frame(text), blocks: sync.OnceValue(func() framed { return frame(deflated(text)) })}
}

// size is about how many bytes a chunk takes, compressed too.
func (c *chunk) size() int { return len(c.text) + len(c.text)/4 }

// framed is data as a chunk of HTTP/1.1 (RFC 9112, 7.1): its length in hexadecimal digits, a line
// end, the data, a line end.
type framed []byte

func frame(data []byte) framed {
	if len(data) == 0 {
		return nil // a chunk without data would be the last one
	}
	return fmt.Appendf(nil, "%x\r\n%s\r\n", len(data), data)
}

// body is the data without the frame.
func (f framed) body() []byte {
	if f == nil {
		return nil
	}
	return f[bytes.IndexByte(f, '\n')+1 : len(f)-2]
}

// deflated compresses a text to blocks that end on a byte, the last of them empty (a sync
// flush), none of them the last of a stream.
func deflated(text []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		panic(fmt.Sprintf("dashboard: compress into memory: %v", err)) // can't fail
	}
	return b.Bytes()
}

// gzipHeader begins a gzip member: deflate, no time, an unknown system.
var gzipHeader = frame([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff})

// lastBlock is an empty block that is a stream's last one.
var lastBlock = []byte{1, 0, 0, 0xff, 0xff}

// member is what the end of a gzip member says of it.
type member struct {
	sum  uint32 // CRC-32 of the texts
	size uint32 // their bytes, modulo 2^32
}

func (m *member) add(text []byte) {
	m.sum = crc32.Update(m.sum, crc32.IEEETable, text)
	m.size += uint32(len(text)) // modulo 2^32, as RFC 1952 has it
}

// trailer ends the member.
func (m *member) trailer() []byte {
	b := binary.LittleEndian.AppendUint32(bytes.Clone(lastBlock), m.sum)
	return binary.LittleEndian.AppendUint32(b, m.size)
}
