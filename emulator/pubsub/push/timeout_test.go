package push

import (
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
)

// hanging is a connection to an endpoint that never answers.
type hanging func(*http.Request)

func (h hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	h(r)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// The acknowledgement deadline ends a push; the message comes again after the
// back-off.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender(1000, 1<<20, nil, slog.New(slog.DiscardHandler))
		started := make(chan time.Time)
		s.client = &http.Client{Transport: hanging(func(*http.Request) { started <- time.Now() })}
		q := delivery.New(delivery.Config{Backoff: delivery.Backoff{Min: 5 * time.Second, Max: time.Minute}})
		q.Add(&pubsubpb.PubsubMessage{Data: []byte("x")})
		p := s.Start(&pubsubpb.Subscription{
			Name: "projects/p/subscriptions/sub", AckDeadlineSeconds: 20,
			PushConfig: &pubsubpb.PushConfig{PushEndpoint: "http://127.0.0.1:1"},
		}, q)
		first, second, third := <-started, <-started, <-started
		if got := second.Sub(first); got != 25*time.Second {
			t.Errorf("second attempt %v after the first, want 20s of push and 5s of back-off", got)
		}
		if got := third.Sub(second); got != 30*time.Second {
			t.Errorf("third attempt %v after the second, want 20s of push and 10s of back-off", got)
		}
		p.Stop()
		s.Close(time.Second)
		if left := q.Messages(); len(left) != 1 {
			t.Errorf("%d messages after Close, want the unacknowledged one", len(left))
		}
		q.Close()
	})
}
