package bridge

import (
	"context"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// lookout looks for partitions to read, again and again, beside the reading.
type lookout struct {
	d       *loop
	ctx     context.Context
	cancel  context.CancelFunc
	results chan *found
	done    chan struct{}

	known  map[kafka.TopicPartition]bool // partitions that were found; the goroutine's
	looked bool                          // whether a result was taken; the reader's
}

// found is the result of one look.
type found struct {
	*discovery
	err error
}

// lookOut starts to look, at once.
func (d *loop) lookOut(ctx context.Context) *lookout {
	ctx, cancel := context.WithCancel(ctx)
	l := &lookout{
		d: d, ctx: ctx, cancel: cancel,
		results: make(chan *found, 1), done: make(chan struct{}),
		known: map[kafka.TopicPartition]bool{},
	}
	go l.run()
	return l
}

// stop ends the looking and waits until it has ended.
func (l *lookout) stop() {
	l.cancel()
	<-l.done
}

// found returns what a look found since the last call, or nil.
func (l *lookout) found() *found {
	select {
	case f := <-l.results:
		l.looked = true
		return f
	default:
		return nil
	}
}

func (l *lookout) run() {
	defer close(l.done)
	for {
		f := &found{}
		f.discovery, f.err = l.d.discover(l.ctx, l.known)
		if l.ctx.Err() != nil {
			return
		}
		pause := discoverIntervalMissing
		if f.err == nil {
			for _, p := range f.discovery.found {
				l.known[p.TopicPartition] = true
			}
			if f.complete {
				pause = discoverInterval
			}
		}
		select {
		case l.results <- f:
			l.d.wake()
		case <-l.ctx.Done():
			return
		}
		select {
		case <-time.After(pause):
		case <-l.ctx.Done():
			return
		}
	}
}
