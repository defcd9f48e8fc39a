package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
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
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// A line is one deployment of the stages: a Pub/Sub and a project of its own, and the
// four functions configured for them.
type line struct {
	t       *testing.T
	fixture *fixture
	env     map[string]string
	client  *warehouse.Client
	pubsub  *pubsub.Server
	topics  *vkit.TopicAdminClient
	subs    *vkit.SubscriptionAdminClient

	bridge, ingest, aggregate, dashboard http.Handler
}

func newLine(t *testing.T, f *fixture) *line {
	t.Helper()
	messages, err := pubsub.Start(t.Context(), pubsub.Options{PullWait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = messages.Close() })

	l := &line{t: t, fixture: f, env: f.settings(), pubsub: messages}
	project := projectName(t)
	maps.Copy(l.env, map[string]string{
		"KAFKA_GROUP":                    project,
		"GOOGLE_CLOUD_PROJECT":           project,
		"PUBSUB_EMULATOR_HOST":           messages.Addr(),
		"BIGQUERY_EMULATOR_HOST":         warehouseServer.REST(),
		"BIGQUERY_STORAGE_EMULATOR_HOST": warehouseServer.GRPC(),
		"PASS_INTERVAL":                  "10ms",
		"REFRESH":                        "50ms",
	})
	if !f.election.Open() {
		text, err := json.Marshal(f.election)
		if err != nil {
			t.Fatal(err)
		}
		l.env["ELECTION"] = string(text)
	}
	l.connect(messages.Addr())
	l.start()
	return l
}

func (l *line) connect(pubsubAddr string) {
	l.t.Helper()
	ctx := l.t.Context()
	l.client = warehouseServer.Client(l.t, l.project())
	must(l.t, warehouse.Ensure(ctx, l.client))

	opts := []option.ClientOption{
		option.WithEndpoint(pubsubAddr), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	}
	var err error
	l.topics, err = vkit.NewTopicAdminClient(ctx, opts...)
	must(l.t, err)
	l.subs, err = vkit.NewSubscriptionAdminClient(ctx, opts...)
	must(l.t, err)
	for _, name := range []string{"kafka-records", "kafka-records-dead"} {
		_, err := l.topics.CreateTopic(ctx, &pubsubpb.Topic{Name: l.topic(name)})
		must(l.t, err)
		_, err = l.subs.CreateSubscription(ctx, &pubsubpb.Subscription{
			Name: l.subscription(name), Topic: l.topic(name), AckDeadlineSeconds: 600,
		})
		must(l.t, err)
	}
	l.t.Cleanup(func() { _, _ = l.topics.Close(), l.subs.Close() })
}

// start builds the stages anew, as a fresh instance of each function.
func (l *line) start() {
	l.t.Helper()
	getenv := config.FromMap(l.env)
	l.bridge = build(l.t, getenv, bridge.ConfigFrom, bridge.New)
	l.ingest = build(l.t, getenv, ingest.ConfigFrom, ingest.New)
	l.aggregate = build(l.t, getenv, aggregate.ConfigFrom, aggregate.New)
	l.dashboard = build(l.t, getenv, dashboard.ConfigFrom, dashboard.New)
}

func build[C any, S function.Stage](t *testing.T, getenv func(string) string, configure func(func(string) string) (C, error), create func(context.Context, C) (S, error)) http.Handler {
	t.Helper()
	c, err := configure(getenv)
	must(t, err)
	// The stages outlive the test's context: they are closed after it ends.
	s, err := create(context.WithoutCancel(t.Context()), c)
	must(t, err)
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	return logging.Handler(fmt.Sprintf("%T", s), log, s)
}

func (l *line) project() string { return l.env["GOOGLE_CLOUD_PROJECT"] }

func (l *line) topic(name string) string { return "projects/" + l.project() + "/topics/" + name }

func (l *line) subscription(name string) string {
	return "projects/" + l.project() + "/subscriptions/" + name
}

// push lets Pub/Sub deliver to a handler from now on.
func (l *line) push(h http.Handler) {
	l.t.Helper()
	l.pushUpTo(20, h)
}

// pushUpTo delivers to a handler. Messages that fail so many times become dead
// letters.
func (l *line) pushUpTo(attempts int32, h http.Handler) {
	l.t.Helper()
	server := httptest.NewServer(h)
	l.t.Cleanup(server.Close)
	_, err := l.subs.CreateSubscription(l.t.Context(), &pubsubpb.Subscription{
		Name:               l.subscription("push"),
		Topic:              l.topic("kafka-records"),
		AckDeadlineSeconds: 30,
		PushConfig:         &pubsubpb.PushConfig{PushEndpoint: server.URL},
		RetryPolicy: &pubsubpb.RetryPolicy{
			MinimumBackoff: durationpb.New(10 * time.Millisecond), MaximumBackoff: durationpb.New(time.Second),
		},
		DeadLetterPolicy: &pubsubpb.DeadLetterPolicy{
			DeadLetterTopic: l.topic("kafka-records-dead"), MaxDeliveryAttempts: attempts,
		},
	})
	must(l.t, err)
}

// call posts to a stage and returns its answer.
func (l *line) call(ctx context.Context, h http.Handler, body string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(body)))
	return w.Code, w.Body.String()
}

const caughtUp = `{"until":"caught_up"}`

// drain lets the bridge read all that Kafka has.
func (l *line) drain() {
	l.t.Helper()
	if code, answer := l.call(l.t.Context(), l.bridge, caughtUp); code != http.StatusOK {
		l.t.Fatalf("bridge: %d %s", code, answer)
	}
}

// pass runs passes until nothing is new.
func (l *line) pass() {
	l.t.Helper()
	if code, answer := l.call(l.t.Context(), l.aggregate, caughtUp); code != http.StatusOK {
		l.t.Fatalf("aggregate: %d %s", code, answer)
	}
}

// patience is how long a step may take on a busy machine. On an idle one it takes
// seconds.
const patience = 5 * time.Minute

// passUntilAll runs passes until every record has come through.
func (l *line) passUntilAll() {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	want := int64(l.fixture.ledger.Records())
	for {
		l.pass()
		got := l.settled()
		if got == want {
			return
		}
		if ctx.Err() != nil {
			l.t.Fatalf("%d of %d records have come through within %v", got, want, patience)
		}
	}
}

// settled is the number of records that the passes have seen.
func (l *line) settled() int64 {
	l.t.Helper()
	it, err := l.client.Query("SELECT IFNULL(SUM(records), 0) AS records FROM analytics.books").Read(l.t.Context())
	must(l.t, err)
	var row struct{ Records int64 }
	must(l.t, it.Next(&row))
	return row.Records
}

// check compares every table with the ledger.
func (l *line) check() {
	l.t.Helper()
	differences, err := l.fixture.ledger.Compare(l.t.Context(), ledger.BigQuery{Client: l.client},
		ledger.Keyer([]byte(hmacKey), l.fixture.election.ID))
	must(l.t, err)
	for i, d := range differences {
		if i == 8 {
			l.t.Errorf("… and %d more", len(differences)-i)
			break
		}
		l.t.Error(d)
	}
}

// amended checks that the newest amendment of a minute has the votes that the minute
// has, as it does unless everything was rebuilt since.
func (l *line) amended() {
	l.t.Helper()
	wrong := l.count(`
		SELECT COUNT(*)
		FROM (
			SELECT window_start, candidate, ARRAY_AGG(votes_after ORDER BY revision DESC LIMIT 1)[OFFSET(0)] AS votes
			FROM analytics.amendments
			GROUP BY window_start, candidate
		) AS a
		LEFT JOIN (
			SELECT window_start, candidate, SUM(votes) AS votes FROM core.vote_windows GROUP BY window_start, candidate
		) AS w ON w.window_start = a.window_start AND w.candidate = a.candidate
		WHERE a.votes != IFNULL(w.votes, 0)`)
	if wrong > 0 {
		l.t.Errorf("%d amended minutes show something else than their last amendment", wrong)
	}
}

// count is the number that a query returns.
func (l *line) count(query string) int64 {
	l.t.Helper()
	it, err := l.client.Query(query).Read(l.t.Context())
	must(l.t, err)
	var row []bigquery.Value
	must(l.t, it.Next(&row))
	return row[0].(int64)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
