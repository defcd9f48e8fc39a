package postgres_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/logging"
)

// A night is a chain that works by itself: a producer sends votes for some seconds, the
// bridge carries them, Pub/Sub delivers them until they are acknowledged, passes run.
// Meanwhile things happen to the database.
type night struct {
	*chain
	bridge http.Handler
	dead   *pubsub.Client
	said   buffer.Buffer // what the stages log of what fails

	sent  chan error // by the producer, once it has ended
	stop  context.CancelFunc
	group sync.WaitGroup
}

const pushed = "projects/p/subscriptions/push"

// newNight begins a night with a database of a URL.
func newNight(t *testing.T, url string) *night {
	t.Helper()
	o := small()
	o.Rate = 400
	c, producer := newSilentChain(t, url, o)
	n := &night{chain: c, sent: make(chan error, 1)}
	n.dead = n.startPubSub()
	n.env["BATCH_RECORDS"], n.env["PASS_INTERVAL"], n.env["IDLE_SECONDS"] = "10", "50ms", "0"
	n.bridge = n.logged("bridge", build(t, n.env, bridge.ConfigFrom, bridge.New))
	n.deliverByItself()
	ctx, stop := context.WithCancel(t.Context())
	n.stop = stop
	t.Cleanup(func() {
		stop()
		n.group.Wait()
		if t.Failed() {
			t.Logf("what the stages said:\n%s", &n.said)
		}
	})
	n.begin(ctx, producer)
	return n
}

// logged has a stage log what fails.
func (n *night) logged(name string, stage http.Handler) http.Handler {
	return logging.Handler(name, slog.New(slog.NewTextHandler(&n.said, &slog.HandlerOptions{Level: slog.LevelWarn})), stage)
}

// deliverByItself has Pub/Sub push messages to ingest.
func (n *night) deliverByItself() {
	n.t.Helper()
	server := httptest.NewServer(n.logged("ingest", n.ingest))
	n.t.Cleanup(server.Close)
	_, err := n.dead.SubscriptionAdminClient.CreateSubscription(n.t.Context(), &pubsubpb.Subscription{
		Name: pushed, Topic: "projects/p/topics/kafka-records", AckDeadlineSeconds: 30,
		PushConfig:       &pubsubpb.PushConfig{PushEndpoint: server.URL},
		RetryPolicy:      &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(10 * time.Millisecond), MaximumBackoff: durationpb.New(time.Second)},
		DeadLetterPolicy: &pubsubpb.DeadLetterPolicy{DeadLetterTopic: "projects/p/topics/kafka-records-dead-letters", MaxDeliveryAttempts: 100},
	})
	must(n.t, err)
}

// begin sends records and calls the stages again and again until ctx ends.
func (n *night) begin(ctx context.Context, producer *simulate.Producer) {
	n.group.Go(func() { n.sent <- producer.Run(ctx) })
	pass := n.logged("aggregate", n.aggregate)
	for _, stage := range []http.Handler{n.bridge, pass} {
		n.group.Go(func() {
			for ctx.Err() == nil {
				request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(`{"until":"deadline","seconds":2}`))
				stage.ServeHTTP(httptest.NewRecorder(), request)
			}
		})
	}
}

// awaitRows waits until raw has so many votes, and a pass has counted half as many.
func (n *night) awaitRows(votes int64) {
	n.t.Helper()
	n.awaitTrue("SELECT (SELECT count(*) FROM raw.votes) >= $1 AND (SELECT count(*) FROM core.ballots) >= $1 / 2", votes)
}

// awaitMore waits until raw has so many votes more than now.
func (n *night) awaitMore(votes int64) {
	n.t.Helper()
	var now int64
	must(n.t, n.pool.QueryRow(n.t.Context(), "SELECT count(*) FROM raw.votes").Scan(&now))
	n.awaitTrue("SELECT count(*) >= $1 FROM raw.votes", now+votes)
}

// awaitTrue waits until a query says true, whatever becomes of the connection.
func (n *night) awaitTrue(sql string, args ...any) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	for said := false; !said; {
		if err := n.pool.QueryRow(ctx, sql, args...).Scan(&said); ctx.Err() != nil {
			n.t.Fatalf("%s: not within %v: %v", sql, patience, err)
		}
	}
}

// patience is how long a step may take on a busy machine. On an idle one it takes
// seconds.
const patience = 5 * time.Minute

// end waits until everything was sent, carried, delivered and counted, as far as it can be.
func (n *night) end() {
	n.t.Helper()
	must(n.t, <-n.sent)
	n.stop()
	n.group.Wait()
	n.pool.Reset() // its connections may be of a server that has died
	n.insist(n.bridge)
	n.awaitDelivered()
	n.insist(n.logged("aggregate", n.aggregate))
	if b, err := n.pubsub.Backlog("projects/p/subscriptions/kafka-records-dead-letters"); err != nil || b.Messages > 0 {
		n.t.Errorf("%d dead letters, want none (%v)", b.Messages, err)
	}
}

// insist calls a stage as its schedule does, until it has caught up.
func (n *night) insist(stage http.Handler) {
	n.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		w := httptest.NewRecorder()
		stage.ServeHTTP(w, httptest.NewRequestWithContext(n.t.Context(), http.MethodPost, "/", strings.NewReader(`{"until":"caught_up"}`)))
		if w.Code/100 == 2 {
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
		b, err := n.pubsub.Backlog(pushed)
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
