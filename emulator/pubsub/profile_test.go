package pubsub_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/profile"
	"github.com/tallystream/tallystream/emulator/pubsub"
)

// Changes of topics, publishes and pushes take the times that a profile draws for them, by
// gRPC and as JSON.
func TestTimesOfAProfile(t *testing.T) {
	waits := make(chan time.Duration, 100)
	p, err := profile.Parse("cloud", profile.Options{Seed: 4, Sleep: func(_ context.Context, d time.Duration) error {
		waits <- d
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := profile.Parse("cloud", profile.Options{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(what string, ops ...profile.Operation) {
		t.Helper()
		for _, op := range ops {
			if want, got := drawn.Draw(op), <-waits; got != want {
				t.Errorf("%s takes %v, want the time of %s, %v", what, got, op, want)
			}
		}
	}
	addr := server(t, pubsub.Options{Profile: p}).Addr()
	c := connect(t, addr)
	c.createTopic("topic")
	expect("a topic", profile.PubSubRequest)
	url, pushes := endpoint(t, accept)
	c.subscribePush("sub", url, nil)
	expect("a subscription", profile.PubSubRequest)
	c.publish(&pubsubpb.PubsubMessage{Data: []byte("hello")})
	receive(t, "push", pushes)
	expect("a message", profile.PubSubPublish, profile.PubSubPush)

	resp, err := http.Post("http://"+addr+"/v1/"+c.project+"/topics/topic:publish", "application/json", strings.NewReader(`{"messages":[{"data":"aGVsbG8="}]}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	receive(t, "push", pushes)
	expect("a message as JSON", profile.PubSubPublish, profile.PubSubPush)
	resp, err = http.Get("http://" + addr + "/v1/" + c.project + "/topics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	expect("a list of topics", profile.PubSubRequest)
}
