package pubsub_test

import (
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/tallystream/tallystream/emulator/pubsub"
)

// Close lets an outstanding push end, and leaves nothing running.
func TestCloseWaitsForPushes(t *testing.T) {
	before := goroutines()
	s, err := pubsub.Start(t.Context(), pubsub.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, s.Addr())
	c.createTopic("topic")
	started, finish, finished := make(chan bool), make(chan bool), make(chan bool, 1)
	url, _ := endpoint(t, func(string) int {
		close(started)
		<-finish
		finished <- true
		return http.StatusOK
	})
	c.subscribePush("push", url, nil)
	c.subscribe("pull", nil)
	c.publish(text("x"))
	receive(t, "push", started)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	select {
	case <-closed:
		t.Error("Close returned while a push was outstanding")
	default:
	}
	close(finish)
	if err := receive(t, "end of Close", closed); err != nil {
		t.Error(err)
	}
	select {
	case <-finished:
	default:
		t.Error("Close returned before the push had ended")
	}
	for deadline := time.Now().Add(patience); goroutines() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines of this package, %d before:\n%s", goroutines(), before, buf[:runtime.Stack(buf, true)])
		}
	}
}

// goroutines counts those that run the emulator's code.
func goroutines() int {
	buf := make([]byte, 1<<20)
	stacks := string(buf[:runtime.Stack(buf, true)])
	n := 0
	for _, g := range strings.Split(stacks, "\n\n") {
		if methodOfEmulator.MatchString(g) {
			n++
		}
	}
	return n
}

// A hanging endpoint doesn't hang Close.
func TestCloseAbortsAfterGrace(t *testing.T) {
	s, err := pubsub.Start(t.Context(), pubsub.Options{Grace: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, s.Addr())
	c.createTopic("topic")
	started, finish := make(chan bool), make(chan bool)
	url, _ := endpoint(t, func(string) int {
		close(started)
		<-finish
		return http.StatusOK
	})
	defer close(finish)
	c.subscribePush("push", url, nil)
	c.publish(text("x"))
	receive(t, "push", started)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	if err := receive(t, "end of Close", closed); err != nil {
		t.Error(err)
	}
}

// After a restart on the same address the same client goes on.
func TestRestart(t *testing.T) {
	s, err := pubsub.Start(t.Context(), pubsub.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, s.Addr())
	c.createTopic("topic")
	first := c.publish(text("x"))[0]
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	server(t, pubsub.Options{Addr: s.Addr()})
	ctx := c.ctx()
	for { // the client's connection comes back by itself
		_, err := c.pub.CreateTopic(ctx, &pubsubpb.Topic{Name: c.topicName("topic")})
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	if second := c.publish(text("y"))[0]; second <= first {
		t.Errorf("message id %s after the restart, %s before it", second, first)
	}
}
