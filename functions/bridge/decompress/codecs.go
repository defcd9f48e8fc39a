package decompress

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kgo"
)

// wholeBlock is how many bytes a block of snappy may decompress to and be
// decompressed at once: some clients refer to its beginning all the time, which no
// window holds.
const wholeBlock = 48 << 20

// maxWindow is how many bytes back zstd may refer in a batch, and so what its
// stream takes of memory. Levels up to 21 have windows of 64 MiB.
const maxWindow = 64 << 20

// errTooLarge says that a batch decompresses to more than it may.
var errTooLarge = errors.New("the batch decompresses to more")

// decompressWhole decompresses a batch of up to most bytes; errTooLarge for more.
func decompressWhole(src []byte, codec kgo.CompressionCodecType, most int) ([]byte, error) {
	switch codec {
	case kgo.CodecZstd:
		data, err := wholeZstd().DecodeAll(src, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) || len(data) > most {
			return nil, errTooLarge
		}
		return data, err
	case kgo.CodecSnappy:
		if isFramed(src) {
			return wholeFramed(src[framedHeader:], most)
		}
		n, err := s2.DecodedLen(src)
		if err != nil {
			return nil, err
		}
		if n > most {
			return nil, errTooLarge
		}
		return s2.Decode(nil, src)
	}
	stream, err := newStream(src, codec)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var out bytes.Buffer
	out.Grow(min(most, 4*len(src)))
	if n, err := out.ReadFrom(io.LimitReader(stream, int64(most)+1)); err != nil || n > int64(most) {
		if err == nil {
			err = errTooLarge
		}
		return nil, err
	}
	return out.Bytes(), nil
}

// newStream returns a stream of what a batch decompresses to.
func newStream(src []byte, codec kgo.CompressionCodecType) (io.ReadCloser, error) {
	switch codec {
	case kgo.CodecGzip:
		return gzip.NewReader(bytes.NewReader(src))
	case kgo.CodecLz4:
		return io.NopCloser(lz4.NewReader(bytes.NewReader(src))), nil
	case kgo.CodecZstd:
		d, err := zstd.NewReader(bytes.NewReader(src), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	case kgo.CodecSnappy:
		if n, err := s2.DecodedLen(src); err == nil && n <= wholeBlock && !isFramed(src) {
			data, err := s2.Decode(nil, src)
			return io.NopCloser(bytes.NewReader(data)), err
		}
		return io.NopCloser(newSnappyReader(src)), nil
	}
	return nil, fmt.Errorf("a batch is compressed by codec %d, which this program doesn't know", codec)
}

// wholeZstd is shared: DecodeAll may be called concurrently.
var wholeZstd = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithDecoderMaxMemory(maxWhole), zstd.WithDecoderMaxWindow(maxWhole))
	if err != nil {
		panic(fmt.Sprintf("bridge: zstd decoder: %v", err)) // constant options
	}
	return d
})

// wholeFramed decompresses blocks of snappy that follow their lengths.
func wholeFramed(src []byte, most int) ([]byte, error) {
	size := 0
	for rest := src; len(rest) > 0; {
		block, behind, err := nextFrame(rest)
		if err != nil {
			return nil, err
		}
		n, err := s2.DecodedLen(block)
		if err != nil {
			return nil, err
		}
		if size += n; size > most {
			return nil, errTooLarge
		}
		rest = behind
	}
	data := make([]byte, 0, size)
	for len(src) > 0 {
		block, behind, err := nextFrame(src)
		if err != nil {
			return nil, err
		}
		n, _ := s2.DecodedLen(block) // as before
		if _, err := s2.Decode(data[len(data):len(data)+n:len(data)+n], block); err != nil {
			return nil, err
		}
		data, src = data[:len(data)+n], behind
	}
	return data, nil
}

// nextFrame splits a block from those after it.
func nextFrame(src []byte) (block, behind []byte, err error) {
	if len(src) < 4 || uint64(binary.BigEndian.Uint32(src)) > uint64(len(src)-4) {
		return nil, nil, errCorrupt
	}
	n := 4 + int(binary.BigEndian.Uint32(src))
	return src[4:n], src[n:], nil
}

func isFramed(src []byte) bool {
	return len(src) > framedHeader && bytes.HasPrefix(src, framedSnappy)
}

// framedHeader is the length in bytes of framedSnappy and of two version numbers.
const framedHeader = 16

// framedSnappy begins what Java's producers write: blocks of 32 KiB, each after
// its length. Other producers write one block.
var framedSnappy = []byte{130, 'S', 'N', 'A', 'P', 'P', 'Y', 0}
