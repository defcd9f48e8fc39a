package e2e_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/tallystream/tallystream/local/stress/faults"
)

// dam is a proxy of the warehouse that can refuse or delay requests.
type dam struct {
	rows    atomic.Int32 // a faults.Fault: what happens to each append
	queries atomic.Bool  // whether queries are refused
	answers sync.Map     // of ingest, how many by status
}

// before leads the stages of a line to the dam.
func (d *dam) before(l *line) {
	l.t.Helper()
	conn, err := grpc.NewClient(warehouseServer.GRPC(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	must(l.t, err)
	l.t.Cleanup(func() { _ = conn.Close() })
	injector := &faults.Injector{
		Choose: func(op faults.Op, _ int) faults.Fault {
			if op == faults.Append || op == faults.OpenStream {
				return faults.Fault(d.rows.Load())
			}
			return faults.None
		},
		Hold: 20 * time.Millisecond,
	}
	injector.Start()
	server := grpc.NewServer(grpc.MaxRecvMsgSize(20 << 20))
	(&faults.Appender{In: injector, Upstream: storagepb.NewBigQueryWriteClient(conn)}).Register(server)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(l.t, err)
	go func() { _ = server.Serve(listener) }() // ends with Stop
	l.t.Cleanup(server.Stop)

	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: warehouseServer.REST()})
	rest := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.queries.Load() {
			http.Error(w, `{"error":{"code":403,"message":"held up by a test","errors":[{"reason":"accessDenied"}]}}`, http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	l.t.Cleanup(rest.Close)
	l.env["BIGQUERY_STORAGE_EMULATOR_HOST"] = listener.Addr().String()
	l.env["BIGQUERY_EMULATOR_HOST"] = strings.TrimPrefix(rest.URL, "http://")
	l.env["MAX_AGE"] = "1s"
	l.env["BATCH_RECORDS"] = "40"
	l.start()
}

// counting is a handler that counts its answers by status.
func (d *dam) counting(ingest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		ingest.ServeHTTP(answer, r)
		n, _ := d.answers.LoadOrStore(answer.Code, new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
		w.WriteHeader(answer.Code)
	})
}

func (d *dam) answered(status int) int64 {
	n, ok := d.answers.Load(status)
	if !ok {
		return 0
	}
	return n.(*atomic.Int64).Load()
}

// carry has the bridge publish one of three shards, and returns the number of
// records and messages.
func (l *line) carry(shard string) (records, messages int64) {
	l.t.Helper()
	code, answer := l.call(l.t.Context(), l.bridge, `{"until":"caught_up","shard":`+shard+`,"shards":3}`)
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

func (l *line) shown() (s shown) {
	l.t.Helper()
	code, text := l.get("/api/v1/results")
	if code != http.StatusOK {
		l.t.Fatalf("dashboard: %d %s", code, text)
	}
	must(l.t, json.Unmarshal([]byte(text), &s))
	return s
}

// backlog is how many messages ingest hasn't acknowledged.
func (l *line) backlog() int64 {
	l.t.Helper()
	b, err := l.pubsub.Backlog(l.subscription("push"))
	must(l.t, err)
	return int64(b.Messages)
}

// A warehouse takes nothing, and then takes rows slowly. The bridge, ingest, the
// aggregate and the dashboard report it, and every table is right in the end.
func TestBackPressure(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	var d dam
	d.before(l)
	l.pushUpTo(100, d.counting(l.ingest))
	first, _ := l.carry("0")
	l.await("the first share is counted and shown", func() bool {
		l.pass()
		return l.backlog() == 0 && l.shown().records() == first
	})

	// It takes no rows: messages pile up, ingest says why, and the results don't
	// change.
	d.rows.Store(int32(faults.Denied))
	refused := d.answered(http.StatusServiceUnavailable)
	_, second := l.carry("1")
	_, third := l.carry("2")
	l.await("ingest has answered 503 to several pushes", func() bool { return d.answered(http.StatusServiceUnavailable) >= refused+5 })
	if got := l.backlog(); got < second+third {
		t.Errorf("the backlog is %d messages, want all %d that were published, and the reports of log ends", got, second+third)
	}
	l.pass()
	var before shown
	l.await("the results are read", func() bool { before = l.shown(); return !before.Stale })
	if before.records() != first || before.Freshness.LastIngestedAt == nil {
		t.Errorf("the results are %+v, want the first %d records, with the time of the last", before, first)
	}

	// It answers no queries: the dashboard shows what it has read last, and that it is
	// old.
	d.queries.Store(true)
	l.await("the results are marked as old", func() bool { return l.shown().Stale })
	if s := l.shown(); s.records() != first || s.StaleSince == nil {
		t.Errorf("the results are %+v, want the old ones, and since when", s)
	}
	if code, _ := l.call(t.Context(), l.aggregate, caughtUp); code != http.StatusInternalServerError {
		t.Errorf("aggregate answers %d where no query is", code)
	}

	// It answers again, slowly at first.
	d.queries.Store(false)
	d.rows.Store(int32(faults.Late))
	l.await("results are read again", func() bool { return !l.shown().Stale })
	l.await("rows come through", func() bool { return l.backlog() < second+third })
	d.rows.Store(int32(faults.None))
	l.passUntilAll()
	l.await("the backlog is gone", func() bool { return l.backlog() == 0 })
	l.await("all is shown", func() bool { return l.shown().records() == int64(f.ledger.Records()) })
	if after := l.shown(); !after.Freshness.LastIngestedAt.After(*before.Freshness.LastIngestedAt) {
		t.Errorf("the last record shown is of %v, that of before of %v", after.Freshness.LastIngestedAt, before.Freshness.LastIngestedAt)
	}
	l.check()
	l.clean()
}
