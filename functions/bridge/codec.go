package bridge

import (
	"bytes"
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

// wholeBlock is what a block of snappy may unfold to and be unfolded at once:
// some clients refer to its beginning all the time, which no window holds.
const wholeBlock = 48 << 20

// maxWindow is how far back zstd may refer in a batch, and so what its stream
// takes of memory: that of its levels up to 21.
const maxWindow = 64 << 20

// errLarge is the answer of unfoldWhole to what unfolds to more than it may.
var errLarge = errors.New("the batch unfolds to more")

// unfoldWhole decompresses a batch that unfolds to so many bytes at most.
func unfoldWhole(src []byte, codec kgo.CompressionCodecType, most int) ([]byte, error) {
	switch codec {
	case kgo.CodecZstd:
		data, err := wholeZstd().DecodeAll(src, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) || len(data) > most {
			return nil, errLarge
		}
		return data, err
	case kgo.CodecSnappy:
		if !bytes.HasPrefix(src, framedSnappy) {
			n, err := s2.DecodedLen(src)
			if err != nil || n > most {
				return nil, errors.Join(err, errLarge)
			}
			return s2.Decode(nil, src)
		}
	}
	stream, err := unfold(src, codec)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var out bytes.Buffer
	out.Grow(min(most, 4*len(src)))
	if n, err := out.ReadFrom(io.LimitReader(stream, int64(most)+1)); err != nil || n > int64(most) {
		if err == nil {
			err = errLarge
		}
		return nil, err
	}
	return out.Bytes(), nil
}

// unfold returns a stream of what a batch unfolds to.
func unfold(src []byte, codec kgo.CompressionCodecType) (io.ReadCloser, error) {
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
		if n, err := s2.DecodedLen(src); err == nil && n <= wholeBlock && !bytes.HasPrefix(src, framedSnappy) {
			data, err := s2.Decode(nil, src)
			return io.NopCloser(bytes.NewReader(data)), err
		}
		return io.NopCloser(newSnappyReader(src)), nil
	}
	return nil, fmt.Errorf("a batch is compressed by codec %d, which this program doesn't know", codec)
}

// wholeZstd is shared: DecodeAll may be called concurrently.
var wholeZstd = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithDecoderMaxMemory(foldedOver), zstd.WithDecoderMaxWindow(foldedOver))
	if err != nil {
		panic(fmt.Sprintf("bridge: zstd decoder: %v", err)) // constant options
	}
	return d
})

// framedSnappy begins what Java's producers write: blocks of 32 KiB, each behind
// its length. Others write one block.
var framedSnappy = []byte{130, 'S', 'N', 'A', 'P', 'P', 'Y', 0}
