package postgres_test

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A produceLimit keeps the records of a topic back until they may be sent. The producer waits
// meanwhile.
type produceLimit struct {
	topic string
	mu    sync.Mutex
	wake  sync.Cond
	sent  int64
	most  int64 // that may be sent
	open  bool  // any number may
}

func newProduceLimit(topic string) *produceLimit {
	l := &produceLimit{topic: topic}
	l.wake.L = &l.mu
	return l
}

// OnProduceRecordBuffered implements kgo.HookProduceRecordBuffered, which is called before
// a record is sent.
func (l *produceLimit) OnProduceRecordBuffered(r *kgo.Record) {
	if r.Topic != l.topic {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.open && l.sent >= l.most {
		l.wake.Wait()
	}
	l.sent++
}

// upTo lets so many records through in all.
func (l *produceLimit) upTo(records int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = max(l.most, records)
	l.wake.Broadcast()
}

// all lets everything through.
func (l *produceLimit) all() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = true
	l.wake.Broadcast()
}
