package e2etest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counting counts the answers of ingest by status.
type counting struct {
	ingest  http.Handler
	answers sync.Map
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	c.ingest.ServeHTTP(answer, r)
	n, _ := c.answers.LoadOrStore(answer.Code, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
	w.WriteHeader(answer.Code)
}

func (c *counting) answered(status int) int64 {
	n, ok := c.answers.Load(status)
	if !ok {
		return 0
	}
	return n.(*atomic.Int64).Load()
}

// carry has the bridge publish one of three shards, and returns the number of
// records and messages.
func (l *Line) carry(shard string) (records, messages int64) {
	l.t.Helper()
	code, answer := l.Call(l.t.Context(), l.Bridge, `{"until":"caught_up","shard":`+shard+`,"shards":3}`)
	var summary struct{ Records, Messages, Lag int64 }
	must(l.t, json.Unmarshal([]byte(answer), &summary))
	if code != http.StatusOK || summary.Lag != 0 || summary.Records == 0 {
		l.t.Fatalf("share %s: %d %s", shard, code, answer)
	}
	return summary.Records, summary.Messages
}

// shown is the state of the results that a viewer sees.
type shown struct {
	Status     string     `json:"status"`
	Stale      bool       `json:"stale"`
	StaleSince *time.Time `json:"stale_since"`
	Freshness  struct {
		LastPassAt     *time.Time `json:"last_pass_at"`
		LastIngestedAt *time.Time `json:"last_ingested_at"`
	} `json:"freshness"`
	Books struct {
		Topics map[string]struct {
			Records int64 `json:"records"`
		} `json:"topics"`
	} `json:"books"`
}

func (s shown) records() (n int64) {
	for _, topic := range s.Books.Topics {
		n += topic.Records
	}
	return n
}

func (l *Line) shown() (s shown) {
	l.t.Helper()
	code, text := l.Get("/api/v1/results")
	if code != http.StatusOK {
		l.t.Fatalf("dashboard: %d %s", code, text)
	}
	must(l.t, json.Unmarshal([]byte(text), &s))
	return s
}

// backlog is how many messages ingest hasn't acknowledged.
func (l *Line) backlog() int64 {
	l.t.Helper()
	b, err := l.PubSub.Backlog(l.Subscription("push"))
	must(l.t, err)
	return int64(b.Messages)
}

// A warehouse takes nothing, and then takes rows slowly. The bridge, ingest, the
// aggregate and the dashboard report it, and every table is right in the end.
func backPressure(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	flow := l.Tables.FlowControl(t)
	maps.Copy(l.Env, flow.Settings)
	l.Env["MAX_AGE"], l.Env["BATCH_RECORDS"] = "1s", "40"
	l.Start()
	ingest := &counting{ingest: l.Ingest}
	l.PushUpTo(100, ingest)
	first, _ := l.carry("0")
	l.Await("the first share is counted and shown", func() bool {
		l.Pass()
		return l.backlog() == 0 && l.shown().records() == first
	})

	// It takes no rows: messages pile up, ingest says why, and the results don't
	// change.
	flow.Rows(Shut)
	refused := ingest.answered(http.StatusServiceUnavailable)
	_, second := l.carry("1")
	_, third := l.carry("2")
	l.Await("ingest has answered 503 to several pushes", func() bool { return ingest.answered(http.StatusServiceUnavailable) >= refused+5 })
	if got := l.backlog(); got < second+third {
		t.Errorf("the backlog is %d messages, want all %d that were published, and the reports of log ends", got, second+third)
	}
	l.Pass()
	var before shown
	l.Await("the results are read", func() bool { before = l.shown(); return !before.Stale })
	if before.records() != first || before.Freshness.LastIngestedAt == nil {
		t.Errorf("the results are %+v, want the first %d records, with the time of the last", before, first)
	}

	// It answers no queries: the dashboard shows what it has read last, and that it is
	// old.
	flow.Queries(Shut)
	l.Await("the results are marked as old", func() bool { return l.shown().Stale })
	if s := l.shown(); s.records() != first || s.StaleSince == nil {
		t.Errorf("the results are %+v, want the old ones, and since when", s)
	}
	if code, _ := l.Call(t.Context(), l.Aggregate, CaughtUp); code != http.StatusInternalServerError {
		t.Errorf("aggregate answers %d where no query is", code)
	}

	// It answers again, slowly at first.
	flow.Queries(Open)
	flow.Rows(Slow)
	l.Await("results are read again", func() bool { return !l.shown().Stale })
	l.Await("rows come through", func() bool { return l.backlog() < second+third })
	flow.Rows(Open)
	l.PassUntilAll()
	l.Await("the backlog is gone", func() bool { return l.backlog() == 0 })
	l.Await("all is shown", func() bool { return l.shown().records() == int64(f.Ledger.Records()) })
	if after := l.shown(); !after.Freshness.LastIngestedAt.After(*before.Freshness.LastIngestedAt) {
		t.Errorf("the last record shown is of %v, that of before of %v", after.Freshness.LastIngestedAt, before.Freshness.LastIngestedAt)
	}
	l.Check()
	l.Clean()
}
