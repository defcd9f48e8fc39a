package pubsub_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"github.com/tallystream/tallystream/emulator/pubsub"
	"google.golang.org/protobuf/testing/protocmp"
)

// copyDir copies the files of a data directory as they are now, which is what
// a killed process leaves behind.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// contents returns the data of all messages of a subscription.
func (c clients) contents(sub string, n int) []string {
	c.Helper()
	var got []string
	for _, m := range c.pull(sub, n) {
		got = append(got, string(m.Message.Data))
	}
	c.empty(sub)
	sort.Strings(got)
	return got
}

// After a restart, a kill, or a kill in the middle of a write, all is there
// that hasn't been acknowledged, and nothing else.
func TestDirSurvives(t *testing.T) {
	dir := t.TempDir()
	first, err := pubsub.Start(t.Context(), pubsub.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, first.Addr())
	c.createTopic("topic")
	c.createTopic("gone")
	a := c.subscribe("sub-a", func(s *pubsubpb.Subscription) { s.Labels = map[string]string{"l": "1"}; s.Filter = "attributes:a" })
	b := c.subscribe("sub-b", nil)
	dropped := c.subscribe("sub-dropped", nil)
	for i := range 10 {
		c.publish(&pubsubpb.PubsubMessage{Data: fmt.Append(nil, i), Attributes: map[string]string{"a": "", "n": fmt.Sprint(i)}, OrderingKey: "k"})
	}
	c.publish(text("without a"))
	taken := c.pull(a, 6)
	var left []string
	for i, m := range taken {
		if i < 4 {
			c.ack(a, m)
		} else {
			left = append(left, string(m.Message.Data))
		}
	}
	for i := 6; i < 10; i++ {
		left = append(left, fmt.Sprint(i))
	}
	for _, call := range []func() error{
		func() error {
			_, err := c.pub.DeleteTopic(c.ctx(), &pubsubpb.DeleteTopicRequest{Topic: c.topicName("gone")})
			return err
		},
		func() error {
			_, err := c.sub.DeleteSubscription(c.ctx(), &pubsubpb.DeleteSubscriptionRequest{Subscription: dropped})
			return err
		},
	} {
		if err := call(); err != nil {
			t.Fatal(err)
		}
	}
	before, err := c.sub.GetSubscription(c.ctx(), &pubsubpb.GetSubscriptionRequest{Subscription: a})
	if err != nil {
		t.Fatal(err)
	}

	killed := copyDir(t, dir)
	torn := copyDir(t, dir)
	journal := filepath.Join(torn, "pubsub.journal")
	f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte{100, 0, 0, 0, 1, 2, 3, 4, 'P', 1}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again := copyDir(t, dir) // restarted twice
	s, err := pubsub.Start(t.Context(), pubsub.Options{Dir: again})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	for name, dir := range map[string]string{"closed": dir, "closed twice": again, "killed": killed, "torn": torn} {
		t.Run(name, func(t *testing.T) {
			project := c.project
			c := connect(t, server(t, pubsub.Options{Dir: dir}).Addr())
			c.project = project
			after, err := c.sub.GetSubscription(c.ctx(), &pubsubpb.GetSubscriptionRequest{Subscription: a})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, after, protocmp.Transform()); diff != "" {
				t.Errorf("subscription (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(left, c.contents(a, len(left))); diff != "" {
				t.Errorf("messages of the first (-want +got):\n%s", diff)
			}
			all := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "without a"}
			if diff := cmp.Diff(all, c.contents(b, len(all))); diff != "" {
				t.Errorf("messages of the second (-want +got):\n%s", diff)
			}
			topics, err := c.pub.ListTopics(c.ctx(), &pubsubpb.ListTopicsRequest{Project: c.project})
			if err != nil {
				t.Fatal(err)
			}
			if len(topics.Topics) != 1 {
				t.Errorf("topics %v, want one", topics.Topics)
			}
			if id := c.publish(text("new"))[0]; id <= taken[5].Message.MessageId {
				t.Errorf("new message has id %s, not above %s", id, taken[5].Message.MessageId)
			}
		})
	}
}

// Pushes go on after a restart.
func TestPushAfterRestart(t *testing.T) {
	dir := t.TempDir()
	up := false
	url, pushes := endpoint(t, func(string) int {
		if up {
			return http.StatusOK
		}
		return http.StatusBadGateway
	})
	first, err := pubsub.Start(t.Context(), pubsub.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, first.Addr())
	c.createTopic("topic")
	c.subscribePush("sub", url, nil)
	id := c.publish(text("x"))[0]
	receive(t, "push", pushes)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	for len(pushes) > 0 {
		<-pushes
	}
	up = true
	server(t, pubsub.Options{Dir: dir})
	if got := decode(t, receive(t, "push after the restart", pushes)).Message.MessageID; got != id {
		t.Errorf("push of message %s, want %s", got, id)
	}
}
