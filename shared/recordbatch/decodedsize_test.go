package recordbatch

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// The size of a message is known before it is decompressed, however small it is: else many
// small ones would be taken for as many of the largest.
func TestDecodedSize(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for n := range 2000 {
		noise := make([]byte, n)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		for kind, body := range map[string][]byte{"noise": noise, "zeros": make([]byte, n), "text": bytes.Repeat([]byte("vote"), n)[:n]} {
			data := encoder().EncodeAll(body, nil)
			got := DecodedSize(data)
			if n >= 256 && got != n || n < 256 && (got < n || got > maxBlock) {
				t.Fatalf("%d bytes of %s are taken for %d", n, kind, got)
			}
			if n > 0 && n < 256 && DecodedSize(append(data, data...)) != MaxDecoded {
				t.Fatalf("two messages of %d bytes in one are taken for one of %s", n, kind)
			}
		}
	}
	for _, data := range [][]byte{nil, []byte("not compressed")} {
		if got := DecodedSize(data); got != MaxDecoded {
			t.Errorf("%q is taken for %d bytes", data, got)
		}
	}
}
