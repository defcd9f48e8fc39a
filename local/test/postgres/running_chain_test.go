package postgres_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
)

// A runningChain is a chain that works by itself, while a test does things to the database: a
// producer sends votes, the bridge carries them, Pub/Sub delivers them until they are
// acknowledged, passes run. On a slow machine too, votes are left to be sent until end is called.
type runningChain struct {
	*chain
	said    buffer.Buffer // what the stages log of what fails
	passing chan struct{} // has room while no pass runs

	votes *produceLimit
	sent  chan error // by the producer, once it has ended
	stop  context.CancelFunc
	group sync.WaitGroup
}

// startChain has a chain run over the database of a URL.
func startChain(t *testing.T, url string) *runningChain {
	t.Helper()
	votes := newProduceLimit("votes")
	f, producer := e2etest.NewSilentFixture(t, e2etest.Small(), kgo.WithHooks(votes), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
	c := &runningChain{chain: chainOf(t, url, f), votes: votes, passing: make(chan struct{}, 1), sent: make(chan error, 1)}
	c.Env["BATCH_RECORDS"], c.Env["PASS_INTERVAL"], c.Env["IDLE_SECONDS"] = "10", "50ms", "0"
	c.Log = slog.New(slog.NewTextHandler(&c.said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c.Start()
	c.PushUpTo(100, c.Ingest)
	ctx, stop := context.WithCancel(t.Context())
	c.stop = stop
	t.Cleanup(func() {
		stop()
		c.votes.all()
		c.group.Wait()
		if t.Failed() {
			t.Logf("what the stages said at last:\n%s", lastLines(c.said.String(), 30))
		}
	})
	c.begin(ctx, producer)
	return c
}

// begin sends records and calls the stages again and again until ctx ends.
func (c *runningChain) begin(ctx context.Context, producer *simulate.Producer) {
	c.group.Go(func() { c.sent <- producer.Run(ctx) })
	c.group.Go(func() { again(ctx, c.Bridge) })
	c.group.Go(func() {
		again(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case c.passing <- struct{}{}:
				defer func() { <-c.passing }()
				c.Aggregate.ServeHTTP(w, r)
			case <-r.Context().Done():
			}
		}))
	})
}

// withoutPasses does something while no pass runs.
func (c *runningChain) withoutPasses(do func()) {
	c.passing <- struct{}{}
	defer func() { <-c.passing }()
	do()
}

// betweenCalls is the pause between calls of a stage after an error.
const betweenCalls = 50 * time.Millisecond

// again calls a stage until ctx ends.
func again(ctx context.Context, stage http.Handler) {
	for ctx.Err() == nil {
		w := httptest.NewRecorder()
		stage.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(`{"until":"deadline","seconds":1}`)))
		if w.Code/100 != 2 {
			time.Sleep(betweenCalls)
		}
	}
}

// awaitRows waits until raw has so many records of the votes, and passes have counted some
// of them.
func (c *runningChain) awaitRows(records int64) {
	c.t.Helper()
	c.awaitTables(records, records/4)
}

// awaitMore waits until raw has so many records of the votes more than now.
func (c *runningChain) awaitMore(records int64) {
	c.t.Helper()
	raw, _, err := c.stored(c.t.Context())
	must(c.t, err)
	c.awaitTables(raw+records, 0)
}

// underWay is how many records of the votes may have been sent and not stored yet.
const underWay = 100

// awaitTables waits until raw has so many records of the votes, and core so many ballots,
// whatever becomes of the connection. As records are stored, more are sent.
func (c *runningChain) awaitTables(records, ballots int64) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		raw, counted, err := c.stored(ctx)
		if err == nil && raw >= records && counted >= ballots {
			return
		}
		if ctx.Err() != nil {
			c.t.Fatalf("%d records and %d ballots are stored, want %d and %d: not within %v (%v)", raw, counted, records, ballots, patience, err)
		}
		c.votes.upTo(min(raw, records) + underWay)
		time.Sleep(10 * time.Millisecond)
	}
}

// stored returns how many records of the votes raw has, and how many ballots core.
func (c *runningChain) stored(ctx context.Context) (raw, ballots int64, err error) {
	err = c.pool.QueryRow(ctx, `SELECT
		(SELECT count(*) FROM (
			SELECT kafka_partition, kafka_offset FROM raw.votes
			UNION SELECT kafka_partition, kafka_offset FROM raw.rejects WHERE kafka_topic = 'votes') AS records),
		(SELECT count(*) FROM core.ballots)`).Scan(&raw, &ballots)
	return raw, ballots, err
}

// patience is how long a step may take on a busy machine. On an idle one it takes
// seconds.
const patience = 5 * time.Minute

// end waits until everything was sent, carried, delivered and counted, as far as it can be.
func (c *runningChain) end() {
	c.t.Helper()
	c.votes.all()
	must(c.t, <-c.sent)
	c.stop()
	c.group.Wait()
	c.pool.Reset() // its connections may be of a server that has died
	c.insist(c.Bridge)
	c.awaitDelivered()
	c.insist(c.Aggregate)
	if b, err := c.PubSub.Backlog(c.Subscription("kafka-records-dead-letters")); err != nil || b.Messages > 0 {
		c.t.Errorf("%d dead letters, want none (%v)", b.Messages, err)
	}
}

// insist calls a stage as its schedule does, until it has caught up.
func (c *runningChain) insist(stage http.Handler) {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(betweenCalls) {
		w := httptest.NewRecorder()
		stage.ServeHTTP(w, httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, "/", strings.NewReader(`{"until":"caught_up"}`)))
		var summary struct {
			CaughtUp bool `json:"caught_up"`
		}
		if w.Code/100 == 2 && json.Unmarshal(w.Body.Bytes(), &summary) == nil && summary.CaughtUp {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("not within %v: %d %s", patience, w.Code, w.Body)
		}
	}
}

// awaitDelivered waits until every message is acknowledged.
func (c *runningChain) awaitDelivered() {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		b, err := c.PubSub.Backlog(c.Subscription("push"))
		must(c.t, err)
		if b.Messages == 0 {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%d messages weren't taken within %v", b.Messages, patience)
		}
		time.Sleep(time.Millisecond)
	}
}

// lastLines returns the last lines of a text.
func lastLines(text string, most int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[max(0, len(lines)-most-1):], "")
}
