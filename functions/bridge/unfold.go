package bridge

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// foldedOver is how many bytes a batch may unfold to and be kept so. Producers
	// send batches of a megabyte at most; compressed, one of that size may hold
	// gigabytes.
	foldedOver = 4 << 20
	// recordCost is about what the client takes for a record beside its bytes.
	recordCost = 256
	// maxBatchRecords is how many records a batch may have: the client lists all.
	maxBatchRecords = 250_000
)

// errFull is the answer to a batch for which there is no room yet. The client
// asks for it again once the records that it has were taken.
var errFull = errors.New("no room for another batch until those before are taken")

// unfolder decompresses batches, and bounds what they unfold to: the client
// keeps all that a fetch brought, and counts compressed bytes only. What it is
// short of room for waits on Kafka. A batch that unfolds to a lot stays
// compressed: the client is given records that stand for its records, and
// they are unfolded one at a time, when they are taken.
//
// It is a kgo.Decompressor and a kgo.PoolDecompressBytes, and safe for
// concurrent use, but that one goroutine takes records.
type unfolder struct {
	limit  int      // on cost
	secret [12]byte // begins the values that stand for others

	mu     sync.Mutex
	cost   int               // of batches that aren't taken
	costs  map[*byte]holding // by their first byte
	folded map[*byte]uint32  // the same of folded ones
	folds  map[uint32]*fold
	last   uint32
}

// holding is what a batch that isn't taken costs.
type holding struct {
	cost  int
	since time.Time
}

func newUnfolder(limit int) *unfolder {
	u := &unfolder{limit: limit, costs: map[*byte]holding{}, folded: map[*byte]uint32{}, folds: map[uint32]*fold{}}
	_, _ = rand.Read(u.secret[:]) // never fails
	return u
}

// Decompress returns the records of a batch, or records that stand for them.
func (u *unfolder) Decompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	if codec == kgo.CodecNone {
		return src, nil
	}
	u.mu.Lock()
	room, empty := u.limit-u.cost, u.cost == 0
	u.mu.Unlock()
	if room <= 0 {
		return nil, errFull
	}
	data, err := unfoldWhole(src, codec, foldedOver)
	if err == nil {
		n, err := countRecords(data)
		if err != nil {
			return nil, err
		}
		if cost := len(data) + n*recordCost; cost <= room || empty && cost <= u.limit {
			u.take(data, cost, nil)
			return data, nil
		} else if cost <= u.limit {
			return nil, errFull
		}
	} else if !errors.Is(err, errLarge) {
		return nil, err
	}
	if !empty {
		return nil, errFull
	}
	return u.fold(src, codec)
}

// fold returns records that stand for those of a batch.
func (u *unfolder) fold(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	stream, err := unfold(src, codec)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	u.mu.Lock()
	u.last++
	id := u.last
	u.mu.Unlock()
	r := newRecordReader(stream)
	var out []byte
	for n := uint32(0); ; n++ {
		head, err := r.next()
		if errors.Is(err, io.EOF) {
			f := &fold{src: bytes.Clone(src), codec: codec}
			u.take(out, len(out)+len(f.src)+int(n)*recordCost, func(at *byte) { u.folded[at], u.folds[id] = id, f })
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if n == maxBatchRecords {
			return nil, fmt.Errorf("a batch of more than %d records is more than an instance can hold: have its producer send smaller batches (batch.size), and commit an offset behind it to pass over it", maxBatchRecords)
		}
		out = u.standIn(out, head, id, n)
	}
}

// standIn appends a record without key whose value names a record of a fold.
func (u *unfolder) standIn(out, head []byte, id, n uint32) []byte {
	value := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(u.secret[:len(u.secret):len(u.secret)], id), n)
	body := append([]byte{}, head...)
	body = binary.AppendVarint(body, -1) // no key
	body = binary.AppendVarint(body, int64(len(value)))
	body = append(body, value...)
	body = binary.AppendVarint(body, 0) // no headers
	return append(binary.AppendVarint(out, int64(len(body))), body...)
}

// take counts a batch that was unfolded.
func (u *unfolder) take(data []byte, cost int, also func(at *byte)) {
	if cap(data) == 0 {
		return
	}
	at := &data[:1][0]
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cost += cost
	u.costs[at] = holding{cost, time.Now()}
	if also != nil {
		also(at)
	}
}

// GetDecompressBytes isn't called where a client has its own decompressor.
func (*unfolder) GetDecompressBytes([]byte, kgo.CompressionCodecType) []byte { return nil }

// PutDecompressBytes gives back a batch all of whose records were recycled.
func (u *unfolder) PutDecompressBytes(data []byte) {
	if cap(data) == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.giveBack(&data[:1][0])
}

// forget gives back what was unfolded before a time and isn't taken. The client
// drops records without a word: of partitions that were paused, and of leaders that
// changed. Whoever calls it has seen that the client holds no records.
func (u *unfolder) forget(before time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for at, h := range u.costs {
		if h.since.Before(before) {
			u.giveBack(at)
		}
	}
}

// giveBack gives back a batch by its first byte.
func (u *unfolder) giveBack(at *byte) {
	u.cost -= u.costs[at].cost
	delete(u.costs, at)
	if id, ok := u.folded[at]; ok {
		u.folds[id].close()
		delete(u.folds, id)
		delete(u.folded, at)
	}
}

// close gives up what wasn't taken.
func (u *unfolder) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, f := range u.folds {
		f.close()
	}
}

// open returns the key and the value of a record, and the value's size: more
// than its length where only its beginning is carried. They are valid until the
// next call.
func (u *unfolder) open(r *kgo.Record) (key, value []byte, size int64, err error) {
	if len(r.Value) != len(u.secret)+8 || !bytes.HasPrefix(r.Value, u.secret[:]) {
		return r.Key, r.Value, int64(len(r.Value)), nil
	}
	id, n := binary.BigEndian.Uint32(r.Value[len(u.secret):]), binary.BigEndian.Uint32(r.Value[len(u.secret)+4:])
	u.mu.Lock()
	f := u.folds[id]
	u.mu.Unlock()
	if f == nil {
		return nil, nil, 0, errors.New("the batch that it stands in was given up: it is read again")
	}
	return f.record(n)
}
