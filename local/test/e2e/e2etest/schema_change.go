package e2etest

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
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/query"
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
func changingFixture(t *testing.T, field *newField) (f *Fixture, wait func()) {
	t.Helper()
	options := Small()
	options.Voters, options.Votes = 800, 600
	f, producer := NewSilentFixture(t, options, kgo.WithHooks(field))
	sent := make(chan error, 1)
	go func() { sent <- producer.Run(t.Context()) }()
	return f, func() { must(t, <-sent) }
}

// Producers add a field, and every table gets columns, while votes come in. No stage
// is restarted. No record is lost or counted in another way, and raw keeps the field
// if it has a column for it.
func schemaChangeWhileVotesComeIn(t *testing.T, w Warehouse) {
	field := newNewField(900)
	f, sendRest := changingFixture(t, field)
	<-field.reached
	l := NewLine(t, w, f)
	l.Env["BATCH_RECORDS"] = "20"
	l.Start()
	l.Push(l.answering(http.StatusNoContent, l.Ingest))
	stop := l.inBackground(l.Bridge, l.Aggregate)
	l.Await("records of the first shape are counted", func() bool { return l.Settled() > 0 })

	close(field.release)
	l.Tables.AddColumns(t, func(table warehouse.Table) string {
		if table.Dataset == "raw" {
			return "channel"
		}
		return "note"
	})
	sendRest()
	stop()
	l.Drain()
	l.PassUntilAll()

	// Rows that came before ingest knew the columns lack the field. Their records are
	// read from Kafka again.
	l.Await("the field of every record is in raw", func() bool {
		l.Replay(`{}`)
		return l.lacking("raw.votes", "votes", field)+l.lacking("raw.voters", "voters", field) == 0
	})
	l.Await("views show it, and all is counted", func() bool {
		l.Pass()
		return l.lacking("staging.stg_votes", "votes", field)+l.lacking("staging.stg_voters", "voters", field) == 0 && l.Verify().OK()
	})
	l.Check()
	l.Amended()
	for _, v := range warehouse.Views() {
		l.Count("SELECT COUNT(*) FROM " + v.ID())
	}
	if code, answer := l.Get("/api/v1/results"); code != http.StatusOK {
		t.Errorf("dashboard: %d %s", code, answer)
	}
}

// inBackground calls stages over and over, as their schedules do, until the
// returned function is called. No call may fail.
func (l *Line) inBackground(stages ...http.Handler) (stop func()) {
	var wg sync.WaitGroup
	end := make(chan struct{})
	for _, stage := range stages {
		wg.Go(func() {
			for {
				if code, answer := l.Call(l.t.Context(), stage, CaughtUp); code != http.StatusOK {
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
func (l *Line) answering(want int, stage http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		if stage.ServeHTTP(answer, r); answer.Code != want && r.Context().Err() == nil {
			l.t.Errorf("%d %s", answer.Code, answer.Body)
		}
		w.WriteHeader(answer.Code)
	})
}

// betweenLooks is how long Await leaves the stages alone.
const betweenLooks = 5 * time.Millisecond

// Await waits until something is so.
func (l *Line) Await(what string, so func() bool) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), Patience)
	defer cancel()
	for ; !so(); time.Sleep(betweenLooks) {
		if ctx.Err() != nil {
			l.t.Fatalf("after %v, it still isn't so that %s", Patience, what)
		}
	}
}

// lacking is how many records with the new field lack it in a table. A record
// without the field must not have it there.
func (l *Line) lacking(table, topic string, field *newField) (n int) {
	l.t.Helper()
	all, err := query.Select[struct {
		Part, Place int64
		Channel     string
	}](l.t.Context(), l.Tables.Client(), `SELECT kafka_partition AS part, kafka_offset AS place, COALESCE(MAX(channel), '') AS channel FROM `+table+
		` WHERE kafka_topic = '`+topic+`' GROUP BY kafka_partition, kafka_offset`, nil)
	must(l.t, err)
	found := 0
	for _, row := range all {
		given := field.given[fmt.Sprintf("%s/%d/%d", topic, row.Part, row.Place)]
		switch row.Channel {
		case given:
			found++
		case "":
			n++
		default:
			l.t.Fatalf("%s has %q at %d/%d, want %q", table, row.Channel, row.Part, row.Place, given)
		}
	}
	if found == 0 {
		return 1 // nothing has come through yet
	}
	return n
}

// Get asks the dashboard.
func (l *Line) Get(path string) (int, string) {
	w := httptest.NewRecorder()
	l.Dashboard.ServeHTTP(w, httptest.NewRequestWithContext(l.t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// A stage that is newer than its tables says which column is missing. It loses
// nothing, and goes on without a restart when the column is there.
func columnComesAfterItsWriter(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Drain()
	all := VotesFirst(l.Messages())
	voters := slices.IndexFunc(all, func(m Message) bool { return m.Attributes[recordbatch.AttrTopic] == "voters" })
	restore := l.Tables.WithoutColumn(t, "raw.votes", "polling_station")
	l.Deliver(all[voters:]...)

	// The largest has votes, not rejects alone.
	votes := slices.MaxFunc(all[:voters], func(a, b Message) int { return len(a.Data) - len(b.Data) })
	code, answer := l.Call(t.Context(), l.Ingest, votes.body(t))
	if code != http.StatusServiceUnavailable || !strings.Contains(answer, "raw") || !strings.Contains(answer, "votes") || !strings.Contains(answer, "polling_station") || !strings.Contains(answer, "add it") {
		t.Errorf("ingest without the column: %d %s", code, answer)
	}
	if code, answer := l.Call(t.Context(), l.Aggregate, CaughtUp); code != http.StatusInternalServerError {
		t.Errorf("aggregate without the column: %d %s", code, answer)
	}

	restore()
	l.Deliver(all...)
	l.Pass()
	l.Check()
	l.Clean()
}
