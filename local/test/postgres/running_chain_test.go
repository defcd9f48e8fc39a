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

// A night is a chain that works by itself: a producer sends votes, the bridge carries them,
// Pub/Sub delivers them until they are acknowledged, passes run. Meanwhile things happen to
// the database. However slow the machine is, votes are left to be sent until the night ends.
type night struct {
	*chain
	said    buffer.Buffer // what the stages log of what fails
	passing chan struct{} // has room while no pass runs

	votes *tap
	sent  chan error // by the producer, once it has ended
	stop  context.CancelFunc
	group sync.WaitGroup
}

// newNight begins a night with a database of a URL.
func newNight(t *testing.T, url string) *night {
	t.Helper()
	votes := newTap("votes")
	f, producer := e2etest.NewSilentFixture(t, e2etest.Small(), kgo.WithHooks(votes), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
	n := &night{chain: chainOf(t, url, f), votes: votes, passing: make(chan struct{}, 1), sent: make(chan error, 1)}
	n.Env["BATCH_RECORDS"], n.Env["PASS_INTERVAL"], n.Env["IDLE_SECONDS"] = "10", "50ms", "0"
	n.Log = slog.New(slog.NewTextHandler(&n.said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	n.Start()
	n.PushUpTo(100, n.Ingest)
	ctx, stop := context.WithCancel(t.Context())
	n.stop = stop
	t.Cleanup(func() {
		stop()
		n.votes.all()
		n.group.Wait()
		if t.Failed() {
			t.Logf("what the stages said at last:\n%s", lastLines(n.said.String(), 30))
		}
	})
	n.begin(ctx, producer)
	return n
}

// begin sends records and calls the stages again and again until ctx ends.
func (n *night) begin(ctx context.Context, producer *simulate.Producer) {
	n.group.Go(func() { n.sent <- producer.Run(ctx) })
	n.group.Go(func() { again(ctx, n.Bridge) })
	n.group.Go(func() {
		again(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case n.passing <- struct{}{}:
				defer func() { <-n.passing }()
				n.Aggregate.ServeHTTP(w, r)
			case <-r.Context().Done():
			}
		}))
	})
}

// withoutPasses does something while no pass runs.
func (n *night) withoutPasses(do func()) {
	n.passing <- struct{}{}
	defer func() { <-n.passing }()
	do()
}

// betweenCalls is how long who calls a stage waits after an error.
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
func (n *night) awaitRows(records int64) {
	n.t.Helper()
	n.awaitTables(records, records/4)
}

// awaitMore waits until raw has so many records of the votes more than now.
func (n *night) awaitMore(records int64) {
	n.t.Helper()
	raw, _, err := n.stored(n.t.Context())
	must(n.t, err)
	n.awaitTables(raw+records, 0)
}

// underWay is how many records of the votes are sent, or carried, at most while none of
// them is stored.
const underWay = 100

// awaitTables waits until raw has so many records of the votes, and core so many ballots,
// whatever becomes of the connection. As records are stored, more are sent.
func (n *night) awaitTables(records, ballots int64) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	for {
		raw, counted, err := n.stored(ctx)
		if err == nil && raw >= records && counted >= ballots {
			return
		}
		if ctx.Err() != nil {
			n.t.Fatalf("%d records and %d ballots are stored, want %d and %d: not within %v (%v)", raw, counted, records, ballots, patience, err)
		}
		n.votes.upTo(min(raw, records) + underWay)
		time.Sleep(10 * time.Millisecond)
	}
}

// stored returns how many records of the votes raw has, and how many ballots core.
func (n *night) stored(ctx context.Context) (raw, ballots int64, err error) {
	err = n.pool.QueryRow(ctx, `SELECT
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
func (n *night) end() {
	n.t.Helper()
	n.votes.all()
	must(n.t, <-n.sent)
	n.stop()
	n.group.Wait()
	n.pool.Reset() // its connections may be of a server that has died
	n.insist(n.Bridge)
	n.awaitDelivered()
	n.insist(n.Aggregate)
	if b, err := n.PubSub.Backlog(n.Subscription("kafka-records-dead-letters")); err != nil || b.Messages > 0 {
		n.t.Errorf("%d dead letters, want none (%v)", b.Messages, err)
	}
}

// insist calls a stage as its schedule does, until it has caught up.
func (n *night) insist(stage http.Handler) {
	n.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(betweenCalls) {
		w := httptest.NewRecorder()
		stage.ServeHTTP(w, httptest.NewRequestWithContext(n.t.Context(), http.MethodPost, "/", strings.NewReader(`{"until":"caught_up"}`)))
		var summary struct {
			CaughtUp bool `json:"caught_up"`
		}
		if w.Code/100 == 2 && json.Unmarshal(w.Body.Bytes(), &summary) == nil && summary.CaughtUp {
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("not within %v: %d %s", patience, w.Code, w.Body)
		}
	}
}

// awaitDelivered waits until every message is acknowledged.
func (n *night) awaitDelivered() {
	n.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		b, err := n.PubSub.Backlog(n.Subscription("push"))
		must(n.t, err)
		if b.Messages == 0 {
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("%d messages weren't taken within %v", b.Messages, patience)
		}
		time.Sleep(time.Millisecond)
	}
}

// lastLines returns the last lines of a text.
func lastLines(text string, most int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[max(0, len(lines)-most-1):], "")
}
