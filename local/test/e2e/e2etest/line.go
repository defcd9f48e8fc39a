package e2etest

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	vkit "cloud.google.com/go/pubsub/v2/apiv1"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// A Line is one deployment of the stages: a Pub/Sub and tables of its own, and the four
// functions configured for them.
type Line struct {
	t             *testing.T
	Fixture       *Fixture
	project       string            // of Pub/Sub
	Env           map[string]string // of the stages; Start takes changes up
	Log           *slog.Logger      // of the stages; so does it
	Tables        Tables
	PubSub        *pubsub.Server
	Topics        *vkit.TopicAdminClient
	Subscriptions *vkit.SubscriptionAdminClient

	Bridge, Ingest, Aggregate, Dashboard http.Handler
}

// NewLine deploys the stages to read a fixture's Kafka into tables without rows.
func NewLine(t *testing.T, w Warehouse, f *Fixture) *Line {
	t.Helper()
	messages, err := pubsub.Start(t.Context(), pubsub.Options{PullWait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = messages.Close() })

	project := projectName(t)
	l := &Line{t: t, Fixture: f, project: project, Env: f.settings(), PubSub: messages, Tables: w.Open(t, project)}
	l.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	maps.Copy(l.Env, l.Tables.Settings())
	maps.Copy(l.Env, map[string]string{
		"KAFKA_GROUP":          project,
		"GOOGLE_CLOUD_PROJECT": project,
		"PUBSUB_EMULATOR_HOST": messages.Addr(),
		"PASS_INTERVAL":        "10ms",
		"REFRESH":              "50ms",
	})
	if !f.Election.Open() {
		text, err := json.Marshal(f.Election)
		if err != nil {
			t.Fatal(err)
		}
		l.Env["ELECTION"] = string(text)
	}
	l.connect(messages.Addr())
	l.Start()
	return l
}

func (l *Line) connect(pubsubAddr string) {
	l.t.Helper()
	ctx := l.t.Context()
	opts := []option.ClientOption{
		option.WithEndpoint(pubsubAddr), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	}
	var err error
	l.Topics, err = vkit.NewTopicAdminClient(ctx, opts...)
	must(l.t, err)
	l.Subscriptions, err = vkit.NewSubscriptionAdminClient(ctx, opts...)
	must(l.t, err)
	for _, name := range []string{"kafka-records", "kafka-records-dead-letters"} {
		_, err := l.Topics.CreateTopic(ctx, &pubsubpb.Topic{Name: l.Topic(name)})
		must(l.t, err)
		_, err = l.Subscriptions.CreateSubscription(ctx, &pubsubpb.Subscription{
			Name: l.Subscription(name), Topic: l.Topic(name), AckDeadlineSeconds: 600,
		})
		must(l.t, err)
	}
	l.t.Cleanup(func() { _, _ = l.Topics.Close(), l.Subscriptions.Close() })
}

// Start builds the stages anew, as a fresh instance of each function.
func (l *Line) Start() {
	l.t.Helper()
	l.Bridge = logging.Handler("bridge", l.Log, Build(l.t, l.Env, bridge.ConfigFrom, bridge.New))
	l.Ingest = logging.Handler("ingest", l.Log, Build(l.t, l.Env, ingest.ConfigFrom, ingest.New))
	l.Aggregate = logging.Handler("aggregate", l.Log, Build(l.t, l.Env, aggregate.ConfigFrom, aggregate.New))
	l.Dashboard = logging.Handler("dashboard", l.Log, Build(l.t, l.Env, dashboard.ConfigFrom, dashboard.New))
}

// Build returns a stage with the settings of an environment. It ends with the test.
func Build[C any, S function.Stage](t *testing.T, env map[string]string, configure func(func(string) string) (C, error), create func(context.Context, C) (S, error)) S {
	t.Helper()
	c, err := configure(config.FromMap(env))
	must(t, err)
	// The stages outlive the test's context: they are closed after it ends.
	s, err := create(context.WithoutCancel(t.Context()), c)
	must(t, err)
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

// Topic is the full name of a topic of Pub/Sub.
func (l *Line) Topic(name string) string { return "projects/" + l.project + "/topics/" + name }

// Subscription is the full name of a subscription of Pub/Sub.
func (l *Line) Subscription(name string) string {
	return "projects/" + l.project + "/subscriptions/" + name
}

// Push lets Pub/Sub deliver to a handler from now on.
func (l *Line) Push(h http.Handler) {
	l.t.Helper()
	l.PushUpTo(20, h)
}

// PushUpTo delivers to a handler. Messages that fail so many times become dead
// letters.
func (l *Line) PushUpTo(attempts int32, h http.Handler) {
	l.t.Helper()
	server := httptest.NewServer(h)
	l.t.Cleanup(server.Close)
	_, err := l.Subscriptions.CreateSubscription(l.t.Context(), &pubsubpb.Subscription{
		Name:               l.Subscription("push"),
		Topic:              l.Topic("kafka-records"),
		AckDeadlineSeconds: 30,
		PushConfig:         &pubsubpb.PushConfig{PushEndpoint: server.URL},
		RetryPolicy: &pubsubpb.RetryPolicy{
			MinimumBackoff: durationpb.New(10 * time.Millisecond), MaximumBackoff: durationpb.New(time.Second),
		},
		DeadLetterPolicy: &pubsubpb.DeadLetterPolicy{
			DeadLetterTopic: l.Topic("kafka-records-dead-letters"), MaxDeliveryAttempts: attempts,
		},
	})
	must(l.t, err)
}

// Call posts to a stage and returns its answer.
func (l *Line) Call(ctx context.Context, h http.Handler, body string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(body)))
	return w.Code, w.Body.String()
}

// CaughtUp is the request for a drain that ends once there is nothing left.
const CaughtUp = `{"until":"caught_up"}`

// Drain lets the bridge read all that Kafka has.
func (l *Line) Drain() {
	l.t.Helper()
	if code, answer := l.Call(l.t.Context(), l.Bridge, CaughtUp); code != http.StatusOK {
		l.t.Fatalf("bridge: %d %s", code, answer)
	}
}

// Pass runs passes until nothing is new.
func (l *Line) Pass() {
	l.t.Helper()
	if code, answer := l.Call(l.t.Context(), l.Aggregate, CaughtUp); code != http.StatusOK {
		l.t.Fatalf("aggregate: %d %s", code, answer)
	}
}

// Patience is how long a step may take on a busy machine. On an idle one it takes
// seconds.
const Patience = 5 * time.Minute

// PassUntilAll runs passes until every record has come through.
func (l *Line) PassUntilAll() {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), Patience)
	defer cancel()
	want := int64(l.Fixture.Ledger.Records())
	for {
		l.Pass()
		got := l.Settled()
		if got == want {
			return
		}
		if ctx.Err() != nil {
			l.t.Fatalf("%d of %d records have come through within %v", got, want, Patience)
		}
	}
}

// Settled is the number of records that the passes have seen.
func (l *Line) Settled() int64 {
	l.t.Helper()
	return l.Count("SELECT COALESCE(SUM(records), 0) FROM analytics.books")
}

// Check compares every table with the ledger.
func (l *Line) Check() {
	l.t.Helper()
	differences, err := l.Fixture.Ledger.Compare(l.t.Context(), l.Tables.Client(),
		ledger.Keyer([]byte(HMACKey), l.Fixture.Election.ID))
	must(l.t, err)
	for i, d := range differences {
		if i == 8 {
			l.t.Errorf("… and %d more", len(differences)-i)
			break
		}
		l.t.Error(d)
	}
}

// Amended checks that the newest amendment of a minute has the votes that the minute
// has, as it does unless everything was rebuilt since.
func (l *Line) Amended() {
	l.t.Helper()
	wrong := l.Count(`
		SELECT COUNT(*)
		FROM (
			SELECT window_start, candidate, votes_after, RANK() OVER (PARTITION BY window_start, candidate ORDER BY revision DESC) AS newest
			FROM analytics.amendments
		) AS a
		LEFT JOIN (
			SELECT window_start, candidate, SUM(votes) AS votes FROM core.vote_windows GROUP BY window_start, candidate
		) AS w ON w.window_start = a.window_start AND w.candidate = a.candidate
		WHERE a.newest = 1 AND a.votes_after != COALESCE(w.votes, 0)`)
	if wrong > 0 {
		l.t.Errorf("%d amended minutes show something else than their last amendment", wrong)
	}
}

// Count is the number that a query returns.
func (l *Line) Count(sql string) int64 {
	l.t.Helper()
	rows, err := query.Select[struct{ N int64 }](l.t.Context(), l.Tables.Client(), "SELECT ("+sql+") AS n", nil)
	must(l.t, err)
	return rows[0].N
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
