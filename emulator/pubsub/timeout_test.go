package pubsub

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/types/known/durationpb"
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
func TestPushTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := Options{}
		if err := o.complete(); err != nil {
			t.Fatal(err)
		}
		b, err := newBroker(o)
		if err != nil {
			t.Fatal(err)
		}
		started := make(chan time.Time)
		b.client = &http.Client{Transport: hanging(func(*http.Request) { started <- time.Now() })}
		if _, err := (publisher{broker: b}).CreateTopic(t.Context(), &pubsubpb.Topic{Name: "projects/p/topics/topic"}); err != nil {
			t.Fatal(err)
		}
		_, err = subscriber{broker: b}.CreateSubscription(t.Context(), &pubsubpb.Subscription{
			Name: "projects/p/subscriptions/sub", Topic: "projects/p/topics/topic", AckDeadlineSeconds: 20,
			PushConfig:  &pubsubpb.PushConfig{PushEndpoint: "http://127.0.0.1:1"},
			RetryPolicy: &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(5 * time.Second)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.publish("projects/p/topics/topic", &pubsubpb.PubsubMessage{Data: []byte("x")}); err != nil {
			t.Fatal(err)
		}
		first, second, third := <-started, <-started, <-started
		if got := second.Sub(first); got != 25*time.Second {
			t.Errorf("second attempt %v after the first, want 20s of push and 5s of back-off", got)
		}
		if got := third.Sub(second); got != 30*time.Second {
			t.Errorf("third attempt %v after the second, want 20s of push and 10s of back-off", got)
		}
		b.stopPushing(time.Second)
		if left := b.subscriptions["projects/p/subscriptions/sub"].queue.messages(); len(left) != 1 {
			t.Errorf("%d messages after Close, want the unacknowledged one", len(left))
		}
		b.close()
	})
}
