package bridge

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
)

// Publisher publishes messages.
type Publisher interface {
	// Publish returns nil once the message can't be lost. It is called
	// concurrently and must not keep data.
	Publish(ctx context.Context, data []byte, attributes map[string]string) error
}

// publisher publishes messages in the background, and notes their
// acknowledgements in the progress of their partitions.
type publisher struct {
	to     Publisher
	budget *budget // of what isn't acknowledged
	failed wake    // is woken where a message wasn't published

	life    context.Context // of the messages in flight
	end     context.CancelCauseFunc
	flights sync.WaitGroup

	messages, records, bytes atomic.Int64 // published
}

func newPublisher(to Publisher, inflightBytes int, failed wake) *publisher {
	return &publisher{to: to, budget: newBudget(inflightBytes), failed: failed}
}

// start lets messages be published, also after ctx has ended.
func (p *publisher) start(ctx context.Context) {
	p.life, p.end = context.WithCancelCause(context.WithoutCancel(ctx))
}

// publish publishes the message of a partition, in the background.
func (p *publisher) publish(of *partition, w waiting) {
	f := of.depart(kafkalog.Mark{Next: of.position, Follows: of.follows, Epoch: of.epoch})
	p.flights.Go(func() {
		defer p.budget.give(w.cost)
		err := p.publishNow(&w)
		of.arrive(f, err)
		if err != nil {
			p.failed.up()
		}
	})
}

func (p *publisher) publishNow(w *waiting) error {
	records := w.batch.Len()
	data, attributes, err := w.batch.Message()
	w.batch.Free()
	if err != nil {
		return err
	}
	if err := p.to.Publish(p.life, data, attributes); err != nil {
		if cause := context.Cause(p.life); cause != nil {
			return fmt.Errorf("%w: %w", cause, err)
		}
		return err
	}
	p.messages.Add(1)
	p.records.Add(int64(records))
	p.bytes.Add(w.bytes)
	return nil
}

// await waits until all messages are acknowledged or have failed. It gives them up
// after the timeout, or where the bridge is closed meanwhile, closeTimeout after
// that.
func (p *publisher) await(timeout time.Duration, closing <-chan struct{}) {
	giveUp := func(after time.Duration) *time.Timer {
		return time.AfterFunc(after, func() {
			p.end(fmt.Errorf("not acknowledged %v after the end of the drain", after))
		})
	}
	defer giveUp(timeout).Stop()
	defer afterClose(closing, func() { giveUp(min(timeout, closeTimeout)) })()
	p.flights.Wait()
	p.end(nil)
}
