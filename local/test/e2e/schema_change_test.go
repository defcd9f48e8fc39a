package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"cloud.google.com/go/bigquery"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/recordbatch"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// wraps are what the envelopes of records begin with.
var wraps = regexp.MustCompile(`^"(schema|before|specversion)":`)

// newField adds an unknown field to the records from some record on. The producer
// waits at that record until it is released.
type newField struct {
	from    int
	reached chan struct{} // closed when the record before is on its way
	release chan struct{} // closed by the test

	mu    sync.Mutex
	seen  int
	sent  map[*kgo.Record]string // value of the field, until the broker has the record
	given map[string]string      // by the record's topic, partition and offset
}

func newNewField(from int) *newField {
	return &newField{
		from: from, reached: make(chan struct{}), release: make(chan struct{}),
		sent: map[*kgo.Record]string{}, given: map[string]string{},
	}
}

// OnProduceRecordBuffered implements kgo.HookProduceRecordBuffered.
func (f *newField) OnProduceRecordBuffered(r *kgo.Record) {
	f.mu.Lock()
	f.seen++
	n := f.seen
	f.mu.Unlock()
	if n < f.from {
		return
	}
	if n == f.from {
		close(f.reached)
	}
	<-f.release
	rest, isObject := bytes.CutPrefix(r.Value, []byte("{"))
	if !isObject || wraps.Match(rest) || len(rest) < len(`"a":1}`) || len(rest) > 1<<19 {
		return // no object, one around the record, or one that is too large already
	}
	value := fmt.Sprintf("channel %d", n)
	r.Value = append(fmt.Appendf(nil, `{"channel":%q,"device":{"id":[%d]},`, value, n), rest...)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent[r] = value
}

// OnProduceRecordUnbuffered implements kgo.HookProduceRecordUnbuffered.
func (f *newField) OnProduceRecordUnbuffered(r *kgo.Record, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if value, ok := f.sent[r]; ok && err == nil {
		f.given[fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset)] = value
	}
	delete(f.sent, r)
}

// changingFixture begins to send an election whose records have another field from
// some record on. The returned function waits for the rest of it.
func changingFixture(t *testing.T, field *newField) (f *fixture, wait func()) {
	t.Helper()
	broker, err := kafka.Start(t.Context(), kafka.Options{Partitions: 3})
	must(t, err)
	t.Cleanup(func() { _ = broker.Close() })
	options := small()
	options.Voters, options.Votes, options.Partitions = 800, 600, 3
	simulation, err := simulate.New(options)
	must(t, err)
	producer, err := simulate.NewProducer(t.Context(), simulation, kgo.SeedBrokers(broker.Addr()), kgo.WithHooks(field))
	must(t, err)
	t.Cleanup(producer.Close)
	sent := make(chan error, 1)
	go func() { sent <- producer.Run(t.Context()) }()
	return &fixture{brokers: broker.Addr(), election: options.Election, ledger: producer.Ledger()}, func() { must(t, <-sent) }
}

// Producers add a field, and every table gets columns, while votes come in. No stage
// is restarted. No record is lost or counted in another way, and raw keeps the field
// if it has a column for it.
func TestSchemaChangeWhileVotesComeIn(t *testing.T) {
	field := newNewField(900)
	w, sendRest := changingFixture(t, field)
	<-field.reached
	l := newLine(t, w)
	l.env["BATCH_RECORDS"] = "20"
	l.start()
	l.push(l.answering(http.StatusNoContent, l.ingest))
	stop := l.inBackground(l.bridge, l.aggregate)
	l.await("records of the first shape are counted", func() bool { return l.settled() > 0 })

	close(field.release)
	l.addColumns()
	sendRest()
	stop()
	l.drain()
	l.passUntilAll()

	// Rows that came before ingest knew the columns lack the field. Their records are
	// read from Kafka again.
	l.await("the field of every record is in raw", func() bool {
		l.replay(`{}`)
		return l.lacking("raw.votes", "votes", field)+l.lacking("raw.voters", "voters", field) == 0
	})
	l.await("views show it, and all is counted", func() bool {
		l.pass()
		return l.lacking("staging.stg_votes", "votes", field)+l.lacking("staging.stg_voters", "voters", field) == 0 && l.verify().OK()
	})
	l.check()
	l.amended()
	for _, v := range warehouse.Views() {
		l.count("SELECT COUNT(*) FROM " + v.ID())
	}
	if code, answer := l.get("/api/v1/results"); code != http.StatusOK {
		t.Errorf("dashboard: %d %s", code, answer)
	}
}

// inBackground calls stages over and over, as their schedules do, until the
// returned function is called. No call may fail.
func (l *line) inBackground(stages ...http.Handler) (stop func()) {
	var wg sync.WaitGroup
	end := make(chan struct{})
	for _, stage := range stages {
		wg.Go(func() {
			for {
				if code, answer := l.call(l.t.Context(), stage, caughtUp); code != http.StatusOK {
					l.t.Errorf("%T: %d %s", stage, code, answer)
				}
				select {
				case <-end:
					return
				default:
				}
			}
		})
	}
	return sync.OnceFunc(func() {
		close(end)
		wg.Wait()
	})
}

// answering is a stage all of whose answers must have one status.
func (l *line) answering(want int, stage http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		if stage.ServeHTTP(answer, r); answer.Code != want && r.Context().Err() == nil {
			l.t.Errorf("%d %s", answer.Code, answer.Body)
		}
		w.WriteHeader(answer.Code)
	})
}

// await waits until something is so.
func (l *line) await(what string, so func() bool) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	for !so() {
		if ctx.Err() != nil {
			l.t.Fatalf("after %v, it still isn't so that %s", patience, what)
		}
	}
}

// addColumns adds a column to every table: in turn by SQL, as a person does, and
// through the API, as Terraform does.
func (l *line) addColumns() {
	l.t.Helper()
	for i, table := range warehouse.Tables() {
		name := "note"
		if table.Dataset == "raw" {
			name = "channel"
		}
		if i%2 == 0 {
			l.exec("ALTER TABLE " + table.ID() + " ADD COLUMN " + name + " STRING")
			continue
		}
		t := l.client.Dataset(table.Dataset).Table(table.Name)
		have, err := t.Metadata(l.t.Context())
		must(l.t, err)
		schema := append(have.Schema, &bigquery.FieldSchema{Name: name, Type: bigquery.StringFieldType})
		_, err = t.Update(l.t.Context(), bigquery.TableMetadataToUpdate{Schema: schema}, "")
		must(l.t, err)
	}
}

// lacking is how many records with the new field lack it in a table. A record
// without the field must not have it there.
func (l *line) lacking(table, topic string, field *newField) (n int) {
	l.t.Helper()
	all, err := query.Rows[struct {
		Part, Position int64
		Channel        bigquery.NullString
	}](l.t.Context(), l.client.Query(`SELECT kafka_partition AS part, kafka_offset AS position, MAX(channel) AS channel FROM `+table+
		` WHERE kafka_topic = '`+topic+`' GROUP BY kafka_partition, kafka_offset`))
	must(l.t, err)
	found := 0
	for _, row := range all {
		given := field.given[fmt.Sprintf("%s/%d/%d", topic, row.Part, row.Position)]
		switch row.Channel.StringVal {
		case given:
			found++
		case "":
			n++
		default:
			l.t.Fatalf("%s has %q at %d/%d, want %q", table, row.Channel, row.Part, row.Position, given)
		}
	}
	if found == 0 {
		return 1 // nothing has come through yet
	}
	return n
}

// get asks the dashboard.
func (l *line) get(path string) (int, string) {
	w := httptest.NewRecorder()
	l.dashboard.ServeHTTP(w, httptest.NewRequestWithContext(l.t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// A stage that is newer than its tables says which column is missing. It loses
// nothing, and goes on without a restart when the column is there.
func TestColumnComesAfterItsWriter(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.drain()
	all := votesFirst(l.messages())
	voters := slices.IndexFunc(all, func(m message) bool { return m.attributes[recordbatch.AttrTopic] == "voters" })
	l.exec("ALTER TABLE raw.votes DROP COLUMN polling_station")
	l.deliver(all[voters:]...)

	// The largest has votes, not rejects alone.
	votes := slices.MaxFunc(all[:voters], func(a, b message) int { return len(a.data) - len(b.data) })
	code, answer := l.call(t.Context(), l.ingest, votes.body(t))
	if code != http.StatusServiceUnavailable || !strings.Contains(answer, "raw.votes") || !strings.Contains(answer, "(polling_station)") {
		t.Errorf("ingest without the column: %d %s", code, answer)
	}
	if code, answer := l.call(t.Context(), l.aggregate, caughtUp); code != http.StatusInternalServerError {
		t.Errorf("aggregate without the column: %d %s", code, answer)
	}

	must(t, warehouse.Ensure(t.Context(), l.client))
	l.deliver(all...)
	l.pass()
	l.check()
	l.clean()
}

// Rows of before core named partitions by a number don't say which record they hold. A
// pass that needs one of them fails, says what to do, and changes nothing. Readers of live figures
// are told the same.
func TestRowsOfBeforeTheirLogAreRebuilt(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.drain()
	all := votesFirst(l.messages())
	voters := slices.IndexFunc(all, func(m message) bool { return m.attributes[recordbatch.AttrTopic] == "voters" })
	l.deliver(all[:voters]...)
	l.pass()
	for _, table := range []string{"core.ballots", "core.voters"} {
		l.exec("ALTER TABLE " + table + " DROP COLUMN kafka_log")
	}
	must(t, warehouse.Ensure(t.Context(), l.client))

	l.deliver(all[voters:]...) // the registrations of who has voted
	settled := l.settled()
	if code, answer := l.call(t.Context(), l.aggregate, caughtUp); code != http.StatusInternalServerError {
		t.Errorf("aggregate without the numbers: %d %s", code, answer)
	}
	_, err := query.Rows[struct{ Books int64 }](t.Context(), l.client.Query("SELECT ARRAY_LENGTH(books) AS books"+
		" FROM analytics.live_changes(TIMESTAMP_SECONDS(0), TIMESTAMP '9999-01-01 00:00:00+00', 0, 0, 0)"))
	if err == nil || !strings.Contains(err.Error(), "the kafka_log of a ballot names no partition: rebuild everything") {
		t.Errorf("live figures without the numbers: %v", err)
	}
	if got := l.settled(); got != settled {
		t.Errorf("%d records are settled after a pass that failed, want %d", got, settled)
	}
	l.rebuild(`"all"`)
	l.check()
	l.clean()
}
