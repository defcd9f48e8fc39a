package delivery

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The tests of time run in a bubble of virtual time.

func message(id, key string) *pubsubpb.PubsubMessage {
	return &pubsubpb.PubsubMessage{MessageId: id, Data: []byte(id), OrderingKey: key, PublishTime: timestamppb.Now()}
}

func testQueue(t *testing.T, c Config) *Queue {
	q := New(c)
	t.Cleanup(q.Close)
	return q
}

// takeOne waits for the next message.
func takeOne(t *testing.T, q *Queue, d time.Duration) Lease {
	t.Helper()
	got, err := q.Take(t.Context(), &Consumer{}, 1, 1<<20, d)
	if err != nil || len(got) != 1 {
		t.Fatalf("take: %v, %v", got, err)
	}
	return got[0]
}

// takeNow returns the ids of all that is ready.
func takeNow(q *Queue, h *Consumer) []string {
	var ids []string
	got, _ := q.TryTake(h, 1000, 1<<30, time.Minute)
	for _, l := range got {
		ids = append(ids, l.Message.MessageId)
	}
	return ids
}

func TestLeaseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, Config{})
		q.Add(message("a", ""))
		start := time.Now()
		first := takeOne(t, q, 10*time.Second)
		second := takeOne(t, q, 10*time.Second)
		if waited := time.Since(start); waited != 10*time.Second || second.Attempt != 2 {
			t.Errorf("attempt %d after %v, want 2 after 10s", second.Attempt, waited)
		}
		if unknown := q.Acknowledge(first.AckID); len(unknown) != 1 {
			t.Errorf("the first lease's id is still good after the second lease")
		}
		q.Modify(30*time.Second, second.AckID)
		third := takeOne(t, q, 10*time.Second)
		if waited := time.Since(start); waited != 40*time.Second {
			t.Errorf("attempt %d after %v, want the extended lease to end after 40s", third.Attempt, waited)
		}
		q.Acknowledge(third.AckID)
		if len(q.live)+len(q.byAck)+len(q.timers) != 0 {
			t.Errorf("the queue still knows an acknowledged message: %d, %d, %d", len(q.live), len(q.byAck), len(q.timers))
		}
	})
}

// An acknowledgement that comes after the deadline, but before the next
// attempt, counts.
func TestLateAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, Config{Backoff: Backoff{time.Minute, time.Minute}})
		q.Add(message("a", "k"), message("b", "k"))
		l := takeOne(t, q, 10*time.Second)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if unknown := q.Acknowledge(l.AckID); len(unknown) != 0 {
			t.Errorf("late acknowledgement refused")
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := takeNow(q, &Consumer{}); len(got) != 1 || got[0] != "b" {
			t.Errorf("then ready: %v, want b", got)
		}
	})
}

func TestBackoffBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, Config{Backoff: Backoff{10 * time.Second, time.Minute}})
		q.Add(message("a", ""))
		var waits []time.Duration
		for range 6 {
			start := time.Now()
			l := takeOne(t, q, time.Hour)
			waits = append(waits, time.Since(start))
			q.Modify(0, l.AckID)
		}
		want := []time.Duration{0, 10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute, time.Minute}
		if diff := cmp.Diff(want, waits); diff != "" {
			t.Errorf("waits before each attempt (-want +got):\n%s", diff)
		}
	})
}

func TestBackoffAfter(t *testing.T) {
	for _, test := range []struct {
		b        Backoff
		attempts int
		want     time.Duration
	}{
		{Backoff{}, 3, 0},
		{Backoff{time.Second, 10 * time.Second}, 1, time.Second},
		{Backoff{time.Second, 10 * time.Second}, 4, 8 * time.Second},
		{Backoff{time.Second, 10 * time.Second}, 5, 10 * time.Second},
		{Backoff{time.Second, 600 * time.Second}, 1_000_000, 600 * time.Second},
		{Backoff{time.Minute, time.Second}, 1, time.Second},
	} {
		if got := test.b.after(test.attempts); got != test.want {
			t.Errorf("%v.after(%d) = %v, want %v", test.b, test.attempts, got, test.want)
		}
	}
}

// One message of a key is out at a time; other keys and unkeyed messages pass.
func TestOrderingKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, Config{Ordered: true, Backoff: Backoff{time.Second, time.Second}})
		for i := range 3 {
			q.Add(message(fmt.Sprintf("a%d", i), "a"), message(fmt.Sprintf("b%d", i), "b"), message(fmt.Sprintf("-%d", i), ""))
		}
		got, _ := q.TryTake(&Consumer{}, 1000, 1<<20, time.Hour)
		byID := map[string]string{}
		for _, l := range got {
			byID[l.Message.MessageId] = l.AckID
		}
		if diff := cmp.Diff([]string{"a0", "b0", "-0", "-1", "-2"}, ids(got)); diff != "" {
			t.Errorf("first take (-want +got):\n%s", diff)
		}
		q.Modify(0, byID["a0"])
		q.Acknowledge(byID["b0"])
		if diff := cmp.Diff([]string{"b1"}, takeNow(q, &Consumer{})); diff != "" {
			t.Errorf("while a backs off (-want +got):\n%s", diff)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"a0"}, takeNow(q, &Consumer{})); diff != "" {
			t.Errorf("after the back-off (-want +got):\n%s", diff)
		}
		nothing := func(*pubsubpb.PubsubMessage) bool { return false }
		if err := q.Seek(nothing, nil, nil); err != nil {
			t.Fatal(err)
		}
		if n := len(q.live) + len(q.keys) + len(q.byAck); n != 0 {
			t.Errorf("%d entries left after the seek", n)
		}
	})
}

func ids(leases []Lease) []string {
	var out []string
	for _, l := range leases {
		out = append(out, l.Message.MessageId)
	}
	return out
}

func TestFlowControl(t *testing.T) {
	q := testQueue(t, Config{})
	for i := range 10 {
		q.Add(message(fmt.Sprint(i), ""))
	}
	h := &Consumer{MaxMessages: 3}
	got, _ := q.TryTake(h, 1000, 1<<20, time.Hour)
	if len(got) != 3 {
		t.Errorf("leased %d messages, want the 3 allowed", len(got))
	}
	if got := takeNow(q, h); got != nil {
		t.Errorf("leased %v beyond the limit", got)
	}
	q.Acknowledge(got[0].AckID)
	if got := takeNow(q, h); len(got) != 1 {
		t.Errorf("leased %v after one acknowledgement, want 1 message", got)
	}
	small := &Consumer{MaxBytes: 1}
	if got := takeNow(q, small); len(got) != 1 {
		t.Errorf("leased %v with a limit below one message, want 1 message", got)
	}
}

// A consumer that waits for room is woken by it.
func TestTakeWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, Config{})
		q.Add(message("a", ""), message("b", ""))
		h := &Consumer{MaxMessages: 1}
		first, _ := q.TryTake(h, 10, 1<<20, time.Hour)
		second := make(chan []Lease)
		go func() {
			got, _ := q.Take(t.Context(), h, 10, 1<<20, time.Hour)
			second <- got
		}()
		synctest.Wait()
		q.Acknowledge(first[0].AckID)
		if diff := cmp.Diff([]string{"b"}, ids(<-second)); diff != "" {
			t.Errorf("second take (-want +got):\n%s", diff)
		}
	})
}

func TestTakeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{})
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error)
		go func() { _, err := q.Take(ctx, &Consumer{}, 1, 1, 0); errs <- err }()
		synctest.Wait()
		cancel()
		if err := <-errs; err != context.Canceled {
			t.Errorf("take after cancel: %v", err)
		}
		go func() { _, err := q.Take(t.Context(), &Consumer{}, 1, 1, 0); errs <- err }()
		synctest.Wait()
		q.Close()
		if err := <-errs; err != nil {
			t.Errorf("take after close: %v", err)
		}
	})
}

// A consumer that has left gets nothing that comes later, as a pusher whose endpoint was
// taken away; another one gets it.
func TestLeave(t *testing.T) {
	q := testQueue(t, Config{})
	old := &Consumer{}
	q.Add(message("a", ""))
	if diff := cmp.Diff([]string{"a"}, takeNow(q, old)); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	q.Leave(old)
	q.Add(message("b", ""))
	if got, err := q.Take(t.Context(), old, 1, 1<<20, 0); len(got) > 0 || err != nil {
		t.Errorf("after it has left it takes %v, %v", got, err)
	}
	if diff := cmp.Diff([]string{"b"}, takeNow(q, &Consumer{})); diff != "" {
		t.Errorf("another (-want +got):\n%s", diff)
	}
}

func TestRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(t, Config{Retention: time.Hour, Ordered: true})
		q.Add(message("old", "k"))
		time.Sleep(61 * time.Minute)
		synctest.Wait()
		q.Add(message("new", "k"))
		if diff := cmp.Diff([]string{"new"}, takeNow(q, &Consumer{})); diff != "" {
			t.Errorf("after an hour (-want +got):\n%s", diff)
		}
	})
}

// A dead letter that can't be forwarded isn't lost.
func TestDeadLetterWithoutTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		there := false
		var forwarded []string
		q := testQueue(t, Config{
			MaxAttempts: 5, Backoff: Backoff{time.Second, time.Second},
			DeadLetter: func(m *pubsubpb.PubsubMessage, attempts int) bool {
				if there {
					forwarded = append(forwarded, fmt.Sprint(m.MessageId, " after ", attempts))
				}
				return there
			},
		})
		q.Add(message("a", ""))
		for range 6 {
			q.Modify(0, takeOne(t, q, time.Hour).AckID)
		}
		there = true
		q.Modify(0, takeOne(t, q, time.Hour).AckID)
		if diff := cmp.Diff([]string{"a after 7"}, forwarded); diff != "" {
			t.Errorf("forwarded (-want +got):\n%s", diff)
		}
		if len(q.live) != 0 {
			t.Errorf("%d messages left", len(q.live))
		}
	})
}

// A dead letter lets the next message of its ordering key go.
func TestDeadLetterFreesItsKey(t *testing.T) {
	q := testQueue(t, Config{
		Ordered: true, MaxAttempts: 5,
		DeadLetter: func(*pubsubpb.PubsubMessage, int) bool { return true },
	})
	q.Add(message("poison", "k"), message("next", "k"))
	for range 5 {
		l := takeOne(t, q, time.Hour)
		if l.Message.MessageId != "poison" {
			t.Fatalf("attempt at %q while an earlier message of its key is out", l.Message.MessageId)
		}
		q.Modify(0, l.AckID)
	}
	if diff := cmp.Diff([]string{"next"}, takeNow(q, &Consumer{})); diff != "" {
		t.Errorf("after the dead letter (-want +got):\n%s", diff)
	}
}

// Many messages through a queue leave nothing behind.
func TestMemoryIsGivenBack(t *testing.T) {
	q := testQueue(t, Config{Ordered: true})
	h := &Consumer{}
	for i := range 200 {
		for j := range 100 {
			q.Add(message(fmt.Sprint(i*100+j), fmt.Sprint(j%7)))
		}
		for {
			got, _ := q.TryTake(h, 1000, 1<<30, time.Hour)
			if len(got) == 0 {
				break
			}
			for _, l := range got {
				q.Acknowledge(l.AckID)
			}
		}
	}
	if n := len(q.live) + len(q.byAck) + len(q.keys) + len(q.timers) + cap(q.ready.items) + h.messages + h.bytes; n != 0 {
		t.Errorf("%d entries or bytes left", n)
	}
}

// A queue is idle while nobody asks it for anything; a consumer that waits does.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{})
		defer q.Close()
		time.Sleep(time.Hour)
		if got := q.Idle(); got != time.Hour {
			t.Errorf("idle for %v, want an hour", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		go func() { _, _ = q.Take(ctx, &Consumer{}, 1, 1, time.Minute) }()
		time.Sleep(time.Hour)
		if got := q.Idle(); got != 0 {
			t.Errorf("idle for %v while a consumer waits, want 0", got)
		}
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		if got := q.Idle(); got != 2*time.Hour {
			t.Errorf("idle for %v, want the 2 hours since the consumer left", got)
		}
	})
}

// Acknowledged messages are kept as long as the subscription retains any.
func TestRetained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Config{Retain: true, Retention: time.Hour})
		defer q.Close()
		all := func(*pubsubpb.PubsubMessage) bool { return true }
		note := func([]*pubsubpb.PubsubMessage) error { return nil }
		q.Add(&pubsubpb.PubsubMessage{MessageId: "1", PublishTime: timestamppb.Now()})
		for _, want := range []int{1, 0} {
			for _, l := range takeAll(q) {
				q.Acknowledge(l.AckID)
			}
			if err := q.Seek(all, nil, note); err != nil {
				t.Fatal(err)
			}
			if got := len(q.Messages()); got != want {
				t.Errorf("%d messages after a seek, want %d", got, want)
			}
			time.Sleep(time.Hour + time.Second)
		}
	})
}

func takeAll(q *Queue) []Lease {
	got, _ := q.TryTake(&Consumer{}, 100, 1<<20, time.Minute)
	return got
}
