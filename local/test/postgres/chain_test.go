package postgres_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cloud.google.com/go/civil"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/kafka"
	messages "github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/function"
	position "github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

const hmacKey = "a key of the tests: at least 16 bytes"

// A chain is a Kafka that holds the records of a simulated election, and a database that
// they are counted in.
type chain struct {
	t       *testing.T
	env     map[string]string // of the stages
	brokers string
	ledger  *ledger.Ledger
	pool    *pgxpool.Pool
	pubsub  *messages.Server // once startPubSub was called

	ingest, aggregate http.Handler
}

// newChain simulates a small election with every irregularity. Nothing of it is counted.
func newChain(t *testing.T) *chain {
	t.Helper()
	c, producer := newSilentChain(t, postgrestest.Shared(t).Database(t), small())
	must(t, producer.Run(t.Context()))
	return c
}

// small is a small election with every irregularity.
func small() simulate.Options {
	o := simulate.Defaults(civil.Date{Year: 2026, Month: 11, Day: 3}).WithEverything()
	o.Voters, o.Votes, o.Partitions = 1500, 1200, 3
	o.Election = simulate.BuiltIn(o.Day)
	return o
}

// newSilentChain is a chain whose records are still to be sent, by the producer. options are
// of its clients of Kafka. Each partition has as many records as the others.
func newSilentChain(t *testing.T, url string, o simulate.Options, options ...kgo.Opt) (*chain, *simulate.Producer) {
	t.Helper()
	broker, err := kafka.Start(t.Context(), kafka.Options{Partitions: o.Partitions})
	must(t, err)
	t.Cleanup(func() { _ = broker.Close() })
	simulation, err := simulate.New(o)
	must(t, err)
	producer, err := simulate.NewProducer(t.Context(), simulation, append(options, kgo.SeedBrokers(broker.Addr()), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))...)
	must(t, err)
	t.Cleanup(producer.Close)
	election, err := json.Marshal(o.Election)
	must(t, err)
	c := &chain{t: t, brokers: broker.Addr(), ledger: producer.Ledger(), pool: postgrestest.Pool(t, url), env: map[string]string{
		"WAREHOUSE": "postgres", "DATABASE_URL": url, "HMAC_KEY": hmacKey, "ELECTION": string(election), "KAFKA_BROKERS": broker.Addr(),
	}}
	c.ingest = build(t, c.env, ingest.ConfigFrom, ingest.New)
	c.aggregate = build(t, c.env, aggregate.ConfigFrom, aggregate.New)
	return c, producer
}

// build returns a stage with the settings of an environment.
func build[C any, S function.Stage](t *testing.T, env map[string]string, configure func(func(string) string) (C, error), create func(context.Context, C) (S, error)) S {
	t.Helper()
	settings, err := configure(config.FromMap(env))
	must(t, err)
	stage, err := create(context.WithoutCancel(t.Context()), settings)
	must(t, err)
	t.Cleanup(func() { _ = stage.Close(context.Background()) })
	return stage
}

// count counts everything that Kafka holds.
func (c *chain) count() {
	c.t.Helper()
	all := c.batches(100)
	c.deliver(append(all, all[0])...) // a record may stand in raw twice
	c.pass()
}

// pass runs passes until nothing is new.
func (c *chain) pass() {
	c.t.Helper()
	c.call(c.aggregate, `{"until":"caught_up"}`)
}

// batches returns what Kafka holds as the bridge would publish it, in batches of at most
// so many records.
func (c *chain) batches(most int) []*recordbatch.Batch {
	c.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.brokers), kgo.ConsumeTopics("voters", "votes"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	must(c.t, err)
	defer client.Close()
	details, err := kadm.NewClient(client).ListTopics(c.t.Context(), "voters", "votes")
	must(c.t, err)
	records := map[position.TopicPartition][]*kgo.Record{}
	for read := 0; read < c.ledger.Records(); {
		fetches := client.PollFetches(c.t.Context())
		must(c.t, fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			at := position.TopicPartition{Topic: r.Topic, TopicID: position.TopicID(details[r.Topic].ID), Partition: r.Partition}
			records[at] = append(records[at], r)
			read++
		})
	}
	var all []*recordbatch.Batch
	for at, of := range records {
		follows := int64(-1)
		for part := range slices.Chunk(of, most) {
			b := &recordbatch.Batch{TopicPartition: at, Follows: follows}
			for _, r := range part {
				b.Records = append(b.Records, recordbatch.Record{
					Offset: r.Offset, Timestamp: r.Timestamp.UnixMilli(), Key: r.Key, Value: r.Value, Size: int64(len(r.Value)),
				})
				follows = r.Offset
			}
			all = append(all, b)
		}
	}
	return all
}

// deliver gives batches to ingest, one after the other.
func (c *chain) deliver(all ...*recordbatch.Batch) {
	c.t.Helper()
	for _, b := range all {
		data, attributes, err := recordbatch.Encode(b)
		must(c.t, err)
		body, err := json.Marshal(map[string]any{"message": map[string]any{"data": data, "attributes": attributes, "messageId": "1"}})
		must(c.t, err)
		c.call(c.ingest, string(body))
	}
}

// call posts to a stage.
func (c *chain) call(stage http.Handler, body string) {
	c.t.Helper()
	w := httptest.NewRecorder()
	stage.ServeHTTP(w, httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, "/", strings.NewReader(body)))
	if w.Code/100 != 2 {
		c.t.Fatalf("%d %s", w.Code, w.Body)
	}
}

// exec runs statements on the tables.
func (c *chain) exec(sql string) {
	c.t.Helper()
	_, err := c.pool.Exec(c.t.Context(), sql)
	must(c.t, err)
}

func (c *chain) tables() query.Warehouse { return query.Warehouse{Postgres: c.pool} }

// verifier audits the database against Kafka.
func (c *chain) verifier() *verify.Verifier {
	return &verify.Verifier{Tables: c.tables(), Kafka: []kgo.Opt{kgo.SeedBrokers(c.brokers)}, Topics: []string{"voters", "votes"}}
}

// verify audits, and returns the report.
func (c *chain) verify(v *verify.Verifier) *verify.Report {
	c.t.Helper()
	report, err := v.Verify(c.t.Context())
	must(c.t, err)
	return report
}

// clean checks that an audit finds nothing, and that the tables have the true result.
func (c *chain) clean() {
	c.t.Helper()
	if report := c.verify(c.verifier()); !report.OK() {
		c.t.Errorf("the audit finds differences:\n%s", report)
	}
	differences, err := c.ledger.Compare(c.t.Context(), ledger.Postgres{Pool: c.pool}, ledger.Keyer([]byte(hmacKey), c.ledger.Election.ID))
	must(c.t, err)
	for _, d := range differences {
		c.t.Error(d)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
