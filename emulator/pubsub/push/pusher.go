package push

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/internal/endpoint"
	"github.com/tallystream/tallystream/emulator/profile"
	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
)

// Pusher delivers the messages of one subscription to one endpoint. The lease of a
// message lasts as long as its push, which the acknowledgement deadline bounds.
type Pusher struct {
	// Stop starts no more pushes. It doesn't end outstanding ones.
	Stop context.CancelFunc

	sender   *Sender
	resource *pubsubpb.Subscription
	queue    *delivery.Queue
	consumer *delivery.Consumer
	window   *window
	log      *slog.Logger
	failing  atomic.Bool     // the last push failed
	ctx      context.Context // of run; pushes have the sender's
}

func (p *Pusher) run() {
	for {
		batch, err := p.queue.Take(p.ctx, p.consumer, maxBatch, p.sender.bytes, 0)
		if err != nil || len(batch) == 0 {
			return
		}
		for _, l := range batch {
			p.sender.running.Go(func() { p.deliver(l) })
		}
	}
}

// deliver pushes one message and acknowledges or refuses it.
func (p *Pusher) deliver(l delivery.Lease) {
	timeout := time.Duration(p.resource.AckDeadlineSeconds) * time.Second
	ctx, cancel := context.WithTimeout(p.sender.pushes, timeout)
	defer cancel()
	err := p.sender.profile.Wait(ctx, profile.PubSubPush)
	if err == nil {
		err = p.post(ctx, l)
	}
	if err != nil && p.sender.pushes.Err() != nil { // aborted by Close
		p.queue.Release(l.AckID)
		return
	}
	p.queue.Limit(p.consumer, p.window.observe(err == nil))
	p.report(l, err)
	if err == nil {
		p.queue.Acknowledge(l.AckID)
	} else {
		p.queue.Modify(0, l.AckID)
	}
}

// report logs the first failure after a success, and the other way round.
func (p *Pusher) report(l delivery.Lease, err error) {
	switch {
	case err == nil:
		if p.failing.CompareAndSwap(true, false) {
			p.log.Info("push endpoint takes messages again")
		}
	case p.failing.CompareAndSwap(false, true):
		p.log.Warn("push failed; further failures are logged at debug level", "message", l.Message.MessageId, "attempt", l.Attempt, "error", err)
	default:
		p.log.Debug("push failed", "message", l.Message.MessageId, "attempt", l.Attempt, "error", err)
	}
}

// post sends one message and returns nil if the endpoint took it.
func (p *Pusher) post(ctx context.Context, l delivery.Lease) error {
	req, err := p.request(ctx, l)
	if err != nil {
		return err
	}
	answer, begin, err := endpoint.Send(p.sender.client, req)
	if err != nil {
		return err
	}
	switch answer.StatusCode {
	case http.StatusProcessing, http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
		return nil
	}
	return fmt.Errorf("endpoint answered %s: %.200q", answer.Status, begin)
}
