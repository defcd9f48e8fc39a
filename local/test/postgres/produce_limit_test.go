package postgres_test

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A tap keeps the records of a topic back until they may be sent. The producer waits for it.
type tap struct {
	topic string
	mu    sync.Mutex
	wake  sync.Cond
	sent  int64
	most  int64 // that may be sent
	open  bool  // any number may
}

func newTap(topic string) *tap {
	t := &tap{topic: topic}
	t.wake.L = &t.mu
	return t
}

// OnProduceRecordBuffered implements kgo.HookProduceRecordBuffered, which is called before
// a record is sent.
func (t *tap) OnProduceRecordBuffered(r *kgo.Record) {
	if r.Topic != t.topic {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.open && t.sent >= t.most {
		t.wake.Wait()
	}
	t.sent++
}

// upTo lets so many records through in all.
func (t *tap) upTo(records int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.most = max(t.most, records)
	t.wake.Broadcast()
}

// all lets everything through.
func (t *tap) all() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = true
	t.wake.Broadcast()
}
