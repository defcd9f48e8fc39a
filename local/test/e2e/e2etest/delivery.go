package e2etest

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/shared/drain"
)

// Records have every irregularity, and come through in different orders and numbers.
func delivery(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	for _, tt := range deliveries {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := NewLine(t, w, f)
			tt.route(l)
			l.Check()
			l.Amended()
		})
	}
}

// deliveries are ways of records from Kafka to the tables.
var deliveries = []struct {
	name  string
	route func(*Line)
}{
	{"pushed", func(l *Line) {
		l.Push(l.Ingest)
		l.Drain()
		l.PassUntilAll()
	}},
	{"pushed over a bad network", func(l *Line) {
		l.Env["BATCH_RECORDS"] = "50"
		l.Start()
		l.Push(newFlaky(l.Ingest))
		l.Drain()
		l.PassUntilAll()
	}},
	{"delivered twice", func(l *Line) {
		l.Drain()
		all := l.Messages()
		l.Deliver(all...)
		l.Deliver(all...)
		l.Pass()
	}},
	{"delivered twice, the second time after the pass", func(l *Line) {
		l.Drain()
		all := l.Messages()
		l.Deliver(all...)
		l.Pass()
		l.Deliver(all...)
		l.Pass()
	}},
	{"in other batches, shuffled", func(l *Line) {
		l.Drain()
		l.Deliver(shuffle(1, Rebatch(l.t, l.Messages(), 40))...)
		l.Pass()
	}},
	{"in other batches, shuffled, with a pass after each few", func(l *Line) {
		l.Drain()
		for part := range slices.Chunk(shuffle(2, Rebatch(l.t, l.Messages(), 60)), 5) {
			l.Deliver(part...)
			l.Pass()
		}
	}},
	{"backwards, with a pass after each few", func(l *Line) {
		l.Drain()
		all := Rebatch(l.t, l.Messages(), 80)
		slices.Reverse(all)
		for part := range slices.Chunk(all, 5) {
			l.Deliver(part...)
			l.Pass()
		}
	}},
	{"by two bridges at once", func(l *Line) {
		l.together(2, func() { l.Drain() })
		l.Deliver(l.Messages()...)
		l.Pass()
	}},
	{"by four shards", func(l *Line) {
		for _, shard := range []string{"0", "1", "2", "3"} {
			body := `{"until":"caught_up","shard":` + shard + `,"shards":4}`
			if code, answer := l.Call(l.t.Context(), l.Bridge, body); code != http.StatusOK {
				l.t.Fatalf("bridge: %d %s", code, answer)
			}
		}
		l.Deliver(l.Messages()...)
		l.Pass()
	}},
	{"with overlapping passes", func(l *Line) {
		l.Drain()
		for part := range slices.Chunk(shuffle(3, Rebatch(l.t, l.Messages(), 100)), 6) {
			l.Deliver(part...)
			l.together(3, func() { l.Pass() })
		}
	}},
	{"with a bridge that is stopped in the middle", func(l *Line) {
		l.Env["BATCH_RECORDS"] = "20"
		l.Start()
		first := l.stopBridge()
		l.Start()
		l.Drain()
		l.Deliver(append(first, l.Messages()...)...)
		l.Pass()
	}},
	{"with an aggregate that is stopped in the middle", func(l *Line) {
		l.Drain()
		for part := range slices.Chunk(Rebatch(l.t, l.Messages(), 200), 5) {
			l.Deliver(part...)
			l.stopAggregate()
			l.Start()
		}
		l.Pass()
	}},
	{"with fresh instances all the time", func(l *Line) {
		l.Drain()
		for part := range slices.Chunk(shuffle(4, Rebatch(l.t, l.Messages(), 100)), 5) {
			l.Start()
			l.Deliver(part...)
			l.Pass()
		}
	}},
}

// together runs f n times at the same time.
func (l *Line) together(n int, f func()) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(f)
	}
	wg.Wait()
}

// stopBridge starts a drain, ends it when something was published, and returns the
// messages.
func (l *Line) stopBridge() []Message {
	ctx, stop := context.WithCancel(l.t.Context())
	defer stop()
	answer := make(chan string, 1)
	go func() {
		_, text := l.Call(ctx, l.Bridge, CaughtUp)
		answer <- text
	}()
	var first []Message
	for len(first) == 0 {
		select {
		case text := <-answer:
			l.t.Fatalf("the bridge ended before it was stopped: %s", text)
		default:
			first = l.Messages()
		}
	}
	stop()
	<-answer
	return append(first, l.Messages()...)
}

// stopAggregate starts the passes and ends them while the first one runs.
func (l *Line) stopAggregate() {
	l.t.Helper()
	ctx, stop := context.WithCancel(l.t.Context())
	defer stop()
	stage := aggregate.NewWith(aggregate.Config{}, l.Tables.Aggregation(l.t, l.Fixture.Election, stop))
	if s, err := stage.Drain(ctx, drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: 600}}); err == nil {
		l.t.Fatalf("the aggregation wasn't stopped: %+v", s)
	}
}
