// Package decompress decompresses the batches that a Kafka client reads, in
// bounded memory.
//
// The client keeps all that a fetch brought, and counts compressed bytes only: a
// batch of a megabyte may hold gigabytes. A [Decompressor] counts what batches
// decompress to, and leaves on Kafka what it has no room for. A batch that
// decompresses to more than 4 MiB stays compressed; the client is given a record
// for each of its records that stands in for it, and the records are decompressed
// one at a time, when they are read.
package decompress

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
	// maxWhole is how many bytes a batch may decompress to and be kept
	// decompressed. Producers send batches of a megabyte (Kafka's message.max.bytes)
	// where nobody says otherwise.
	maxWhole = 4 << 20
	// recordCost is about what the client takes for a record beside its bytes.
	recordCost = 256
	// maxBatchRecords is how many records a batch may have: the client lists all.
	maxBatchRecords = 250_000
)

// ErrFull is the answer to a batch for which there is no room yet. The client
// asks for it again once the records that it has were taken.
var ErrFull = errors.New("no room for another batch until those before are taken")

// A Decompressor is the kgo.Decompressor and the kgo.PoolDecompressBytes of one
// client. It is safe for concurrent use, except that one goroutine at a time may
// call Open.
type Decompressor struct {
	limit  int      // on cost, in bytes
	secret [12]byte // begins the values of records that stand in for others

	mu    sync.Mutex
	cost  int                // of the batches whose records the client holds
	costs map[*byte]holding  // by the first byte of the decompressed batch
	packs map[*byte]uint32   // ids of packed batches, by the first byte of what stands in for them
	byID  map[uint32]*packed // batches that stay compressed
	last  uint32             // id that was given last
}

// holding is what a batch costs whose records the client holds.
type holding struct {
	cost  int
	since time.Time
}

// New returns a Decompressor of batches that decompress to limit bytes together;
// each record counts 256 bytes more. One batch alone may have more.
func New(limit int) *Decompressor {
	d := &Decompressor{limit: limit, costs: map[*byte]holding{}, packs: map[*byte]uint32{}, byID: map[uint32]*packed{}}
	_, _ = rand.Read(d.secret[:]) // never fails
	return d
}

// Decompress returns the records of a batch, or records that stand in for them.
// The error is ErrFull, or one of the batch.
func (d *Decompressor) Decompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	if codec == kgo.CodecNone {
		return src, nil
	}
	d.mu.Lock()
	room, empty := d.limit-d.cost, d.cost == 0
	d.mu.Unlock()
	if room <= 0 {
		return nil, ErrFull
	}
	data, err := decompressWhole(src, codec, maxWhole)
	if err == nil {
		n, err := countRecords(data)
		if err != nil {
			return nil, err
		}
		if cost := len(data) + n*recordCost; cost <= room || empty && cost <= d.limit {
			d.take(data, cost, nil)
			return data, nil
		} else if cost <= d.limit {
			return nil, ErrFull
		}
	} else if !errors.Is(err, errTooLarge) {
		return nil, err
	}
	if !empty {
		return nil, ErrFull
	}
	return d.pack(src, codec)
}

// pack keeps a batch compressed and returns records that stand in for its own.
func (d *Decompressor) pack(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	stream, err := newStream(src, codec)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	d.mu.Lock()
	d.last++
	id := d.last
	d.mu.Unlock()
	r := newRecordReader(stream)
	var out []byte
	for n := uint32(0); ; n++ {
		head, err := r.next()
		if errors.Is(err, io.EOF) {
			f := &packed{src: bytes.Clone(src), codec: codec}
			d.take(out, len(out)+len(f.src)+int(n)*recordCost, func(at *byte) { d.packs[at], d.byID[id] = id, f })
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if n == maxBatchRecords {
			return nil, fmt.Errorf("a batch of more than %d records is more than an instance can hold: have its producer send smaller batches (batch.size), and commit an offset behind it to pass over it", maxBatchRecords)
		}
		out = d.standIn(out, head, id, n)
	}
}

// standIn appends a record without key whose value is the secret, the id of a
// packed batch, and the number of a record in it.
func (d *Decompressor) standIn(out, head []byte, id, n uint32) []byte {
	value := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(d.secret[:len(d.secret):len(d.secret)], id), n)
	body := append([]byte{}, head...)
	body = binary.AppendVarint(body, -1) // no key
	body = binary.AppendVarint(body, int64(len(value)))
	body = append(body, value...)
	body = binary.AppendVarint(body, 0) // no headers
	return append(binary.AppendVarint(out, int64(len(body))), body...)
}

// take counts a batch that was decompressed.
func (d *Decompressor) take(data []byte, cost int, also func(at *byte)) {
	if cap(data) == 0 {
		return
	}
	at := &data[:1][0]
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cost += cost
	d.costs[at] = holding{cost, time.Now()}
	if also != nil {
		also(at)
	}
}

// GetDecompressBytes isn't called where a client has its own decompressor.
func (*Decompressor) GetDecompressBytes([]byte, kgo.CompressionCodecType) []byte { return nil }

// PutDecompressBytes gives back a batch all of whose records were recycled.
func (d *Decompressor) PutDecompressBytes(data []byte) {
	if cap(data) == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.giveBack(&data[:1][0])
}

// Forget gives back the batches that were decompressed before a time. The client
// drops records of paused partitions, and of leaders that changed, without giving
// them back. The caller has made sure that the client holds no records.
func (d *Decompressor) Forget(before time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for at, h := range d.costs {
		if h.since.Before(before) {
			d.giveBack(at)
		}
	}
}

// giveBack gives back a batch by its first byte.
func (d *Decompressor) giveBack(at *byte) {
	d.cost -= d.costs[at].cost
	delete(d.costs, at)
	if id, ok := d.packs[at]; ok {
		d.byID[id].close()
		delete(d.byID, id)
		delete(d.packs, at)
	}
}

// Close closes the streams of packed batches.
func (d *Decompressor) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.byID {
		f.close()
	}
}

// Open returns the key and the value of a record of the client, or of the record
// that it stands in for. Size is that of the value at the broker; of a value larger
// than recordbatch.MaxValue only the beginning is returned. Key and value are valid
// until the next call.
func (d *Decompressor) Open(r *kgo.Record) (key, value []byte, size int64, err error) {
	if len(r.Value) != len(d.secret)+8 || !bytes.HasPrefix(r.Value, d.secret[:]) {
		return r.Key, r.Value, int64(len(r.Value)), nil
	}
	id, n := binary.BigEndian.Uint32(r.Value[len(d.secret):]), binary.BigEndian.Uint32(r.Value[len(d.secret)+4:])
	d.mu.Lock()
	f := d.byID[id]
	d.mu.Unlock()
	if f == nil {
		return nil, nil, 0, errors.New("the batch that it stands in was given up: it is read again")
	}
	return f.record(n)
}
