package pubsub

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/tallystream/tallystream/emulator/internal/oidc"
)

// maxPushBatch is how many messages a pusher takes from its queue at once.
const maxPushBatch = 100

// newPushClient returns a client that keeps its connections to an endpoint,
// up to a whole window of them, and that, like the service, takes a redirect
// for a failure.
func newPushClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // endpoints are local
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = defaultPushWindow
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// pusher delivers the messages of one subscription to one endpoint. The lease
// of a message lasts as long as its push: the acknowledgement deadline is the
// push's time-out.
type pusher struct {
	broker   *broker
	resource *pubsubpb.Subscription
	queue    *queue
	holder   *holder
	window   *window
	log      *slog.Logger
	failing  atomic.Bool

	ctx  context.Context // of the loop; pushes have the broker's
	stop context.CancelFunc
}

func newPusher(b *broker, resource *pubsubpb.Subscription, q *queue) *pusher {
	p := &pusher{
		broker:   b,
		resource: resource,
		queue:    q,
		window:   newWindow(b.options.PushWindow),
		log:      b.options.Logger.With("subscription", resource.Name, "endpoint", resource.PushConfig.PushEndpoint),
	}
	p.holder = &holder{maxMessages: p.window.size, maxBytes: b.options.PushBytes}
	p.ctx, p.stop = context.WithCancel(b.pushes)
	return p
}

// start starts delivering until stop is called. Stop doesn't end outstanding
// pushes.
func (p *pusher) start() {
	p.broker.pushing.Go(func() {
		for {
			batch, err := p.queue.take(p.ctx, p.holder, maxPushBatch, p.broker.options.PushBytes, 0)
			if err != nil || len(batch) == 0 {
				return
			}
			for _, l := range batch {
				p.broker.pushing.Go(func() { p.deliver(l) })
			}
		}
	})
}

// deliver pushes one message and acknowledges or refuses it.
func (p *pusher) deliver(l lease) {
	timeout := time.Duration(p.resource.AckDeadlineSeconds) * time.Second
	ctx, cancel := context.WithTimeout(p.broker.pushes, timeout)
	defer cancel()
	err := p.post(ctx, l)
	if err != nil && p.broker.pushes.Err() != nil { // aborted by Close
		p.queue.release(l.ackID)
		return
	}
	p.queue.limit(p.holder, p.window.observe(err == nil))
	p.report(l, err)
	if err == nil {
		p.queue.acknowledge(l.ackID)
	} else {
		p.queue.modify(0, l.ackID)
	}
}

// report logs the first failure after a success, and the other way round.
func (p *pusher) report(l lease, err error) {
	switch {
	case err == nil:
		if p.failing.CompareAndSwap(true, false) {
			p.log.Info("push endpoint takes messages again")
		}
	case p.failing.CompareAndSwap(false, true):
		p.log.Warn("push failed; further failures are logged at debug level", "message", l.msg.MessageId, "attempt", l.attempt, "error", err)
	default:
		p.log.Debug("push failed", "message", l.msg.MessageId, "attempt", l.attempt, "error", err)
	}
}

// post sends one message and returns nil if the endpoint took it.
func (p *pusher) post(ctx context.Context, l lease) error {
	req, err := p.request(ctx, l)
	if err != nil {
		return err
	}
	resp, err := p.broker.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 512)) // enough to log, and to reuse the connection
	if err != nil {
		return err
	}
	switch resp.StatusCode {
	case http.StatusProcessing, http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
		return nil
	}
	return fmt.Errorf("endpoint answered %s: %.200q", resp.Status, answer)
}

// request builds the HTTP request of a push, wrapped in JSON or not.
func (p *pusher) request(ctx context.Context, l lease) (*http.Request, error) {
	config, name := p.resource.PushConfig, p.resource.Name
	raw := config.GetNoWrapper()
	body := l.msg.Data
	if raw == nil {
		attempt := 0
		if p.resource.DeadLetterPolicy != nil {
			attempt = l.attempt
		}
		body = wrap(name, l.msg, attempt)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, config.PushEndpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "CloudPubSub-Google")
	if raw == nil {
		req.Header.Set("Content-Type", "application/json")
	} else if raw.WriteMetadata {
		metadata(req.Header, name, l.msg)
	}
	if token := config.GetOidcToken(); token != nil {
		audience := cmp.Or(token.Audience, config.PushEndpoint)
		req.Header.Set("Authorization", "Bearer "+oidc.Token(token.ServiceAccountEmail, audience, time.Now()))
	}
	return req, nil
}
