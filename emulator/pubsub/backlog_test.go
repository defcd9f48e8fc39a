package pubsub_test

import (
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/pubsub"
)

// The backlog is what isn't acknowledged, whoever holds it.
func TestBacklog(t *testing.T) {
	s := server(t, pubsub.Options{})
	c := connect(t, s.Addr())
	c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	want := func(messages int) pubsub.Backlog {
		t.Helper()
		b, err := s.Backlog(sub)
		if err != nil {
			t.Fatal(err)
		}
		if b.Messages != messages || (b.Bytes > 0) != (messages > 0) || b.Oldest.IsZero() != (messages == 0) {
			t.Errorf("backlog %+v, want %d messages", b, messages)
		}
		return b
	}
	want(0)
	before := time.Now().Add(-time.Second)
	c.publish(text("a"), text("b"), text("c"))
	if b := want(3); b.Oldest.Before(before) || b.Oldest.After(time.Now().Add(time.Second)) {
		t.Errorf("the oldest message is of %v", b.Oldest)
	}
	pulled := c.pull(sub, 3)
	want(3) // with a consumer, and not acknowledged
	if _, err := c.sub.Acknowledge(c.ctx(), &pubsubpb.AcknowledgeRequest{Subscription: sub, AckIds: []string{pulled[0].AckId, pulled[1].AckId}}); err != nil {
		t.Fatal(err)
	}
	want(1)
	if _, err := s.Backlog("projects/p/subscriptions/none"); err == nil {
		t.Error("a subscription that doesn't exist has a backlog")
	}
}
