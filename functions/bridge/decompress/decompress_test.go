package decompress

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/twmb/franz-go/pkg/kgo"
)

// What snappy's libraries write is read piece by piece: blocks of 64 KiB, framed
// as by Java or one behind another in their copies, and what is cut is refused.
func TestSnappyReader(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var plain []byte
	for len(plain) < 4<<20 {
		switch random.IntN(3) {
		case 0:
			plain = append(plain, bytes.Repeat([]byte{byte(random.IntN(256))}, random.IntN(100_000))...)
		case 1:
			for range random.IntN(300) {
				plain = append(plain, byte(random.IntN(256)))
			}
		case 2:
			plain = fmt.Appendf(plain, `{"vote_id":"b-%d","candidate":"Rivera"}`, random.IntN(1000))
		}
	}
	framed := append(append([]byte{}, framedSnappy...), 0, 0, 0, 1, 0, 0, 0, 1)
	for chunk := range slices.Chunk(plain, 32<<10) {
		block := s2.EncodeSnappy(nil, chunk)
		framed = append(binary.BigEndian.AppendUint32(framed, uint32(len(block))), block...)
	}
	small := plain[:1<<20]
	for name, tt := range map[string]struct{ src, want []byte }{
		"framed": {framed, plain}, "one block": {s2.EncodeSnappy(nil, small), small}, "nothing": {s2.EncodeSnappy(nil, nil), nil},
	} {
		if len(tt.src) > 1 {
			if whole, err := decompressWhole(tt.src, kgo.CodecSnappy, len(tt.want)); err != nil || !bytes.Equal(whole, tt.want) {
				t.Errorf("%s at once: %d bytes, %v; want %d", name, len(whole), err, len(tt.want))
			}
			if _, err := decompressWhole(tt.src, kgo.CodecSnappy, len(tt.want)-1); !errors.Is(err, errTooLarge) {
				t.Errorf("%s in less room: %v", name, err)
			}
		}
		got, err := io.ReadAll(newSnappyReader(tt.src))
		if err != nil || !bytes.Equal(got, tt.want) {
			t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(tt.want))
		}
		for range 50 {
			cut := tt.src[:random.IntN(len(tt.src))]
			if got, err := io.ReadAll(newSnappyReader(cut)); err == nil && len(got) > len(tt.want) {
				t.Errorf("%s, cut: %d bytes", name, len(got))
			}
		}
	}
}

// No bytes that claim to be a batch do harm.
func FuzzDecompress(f *testing.F) {
	records := []byte{14, 0, 0, 0, 1, 2, 'v', 0}
	f.Add(s2.EncodeSnappy(nil, records), int8(2))
	f.Add(append(append([]byte{}, framedSnappy...), 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7), int8(2))
	f.Add([]byte("not compressed"), int8(1))
	f.Fuzz(func(t *testing.T, src []byte, codec int8) {
		d := New(1 << 20)
		data, err := d.Decompress(src, kgo.CompressionCodecType(codec))
		if err == nil && codec != 0 {
			d.PutDecompressBytes(data)
			if d.cost != 0 {
				t.Errorf("%d bytes weren't given back", d.cost)
			}
		}
		if codec == 2 {
			_, _ = io.Copy(io.Discard, newSnappyReader(src))
		}
		if stream, err := d.pack(src, kgo.CompressionCodecType(codec)); err == nil {
			if n, err := countRecords(stream); err != nil {
				t.Errorf("%d records stand for those of a batch: %v", n, err)
			}
		}
	})
}
