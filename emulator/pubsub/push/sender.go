// Package push delivers the messages of push subscriptions to their endpoints, as the
// service does: with the same requests, the acknowledgement deadline as time-out, and a
// window of outstanding pushes that grows with success.
package push

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/profile"
	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
)

// Sender sends the pushes of all subscriptions.
type Sender struct {
	client  *http.Client
	window  int // most outstanding pushes of a subscription
	bytes   int // most bytes of them
	profile *profile.Profile
	log     *slog.Logger

	pushes  context.Context // of all pushes; done when Close's grace is over
	abort   context.CancelFunc
	running sync.WaitGroup // loops and pushes
}

// NewSender returns a Sender. At most window pushes of a subscription, of at most so
// many bytes in all, are outstanding at a time. A push takes the time of a profile, nil
// for none, before it is sent.
func NewSender(window, bytes int, p *profile.Profile, log *slog.Logger) *Sender {
	s := &Sender{client: newClient(window), window: window, bytes: bytes, profile: p, log: log}
	s.pushes, s.abort = context.WithCancel(context.Background())
	return s
}

// newClient returns a client that keeps its connections to an endpoint, up to a whole
// window of them. Like the service, it takes a redirect for a failure.
func newClient(window int) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // endpoints are local
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = window
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Start delivers the messages of a subscription until the Pusher is stopped. The
// subscription must have an endpoint, and must not change.
func (s *Sender) Start(resource *pubsubpb.Subscription, q *delivery.Queue) *Pusher {
	p := &Pusher{
		sender:   s,
		resource: resource,
		queue:    q,
		window:   newWindow(s.window),
		log:      s.log.With("subscription", resource.Name, "endpoint", resource.PushConfig.PushEndpoint),
	}
	p.consumer = &delivery.Consumer{MaxMessages: p.window.size, MaxBytes: s.bytes}
	var cancel context.CancelFunc
	p.ctx, cancel = context.WithCancel(s.pushes)
	p.Stop = func() {
		q.Leave(p.consumer) // the loop may be about to take what is published next
		cancel()
	}
	s.running.Go(p.run)
	return p
}

// Close waits for the outstanding pushes, at most as long as grace, and aborts the
// others. All pushers must have been stopped.
func (s *Sender) Close(grace time.Duration) {
	abort := time.AfterFunc(grace, s.abort)
	s.running.Wait()
	abort.Stop()
	s.abort()
	s.client.CloseIdleConnections()
}
