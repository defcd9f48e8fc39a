package e2etest

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// A bridge that is told to end in the middle of a drain publishes and commits what it
// has read. The next drain reads the rest, and nothing twice.
func bridgeIsTerminated(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	bridge := l.instance("bridge", map[string]string{"BATCH_RECORDS": "100", "LINGER_MS": "10000"})
	answered := bridge.post(t.Context(), `{"until":"deadline","seconds":600}`)
	l.Await("messages are published", func() bool {
		b, err := l.PubSub.Backlog(l.Subscription("kafka-records"))
		must(t, err)
		return b.Messages > 1 // the first is a report
	})
	bridge.terminate()
	var first, second struct{ Records int64 }
	a := <-answered
	must(t, a.err)
	must(t, json.Unmarshal([]byte(a.body), &first))
	if a.status != http.StatusOK || first.Records == 0 {
		t.Errorf("the drain answered %d %s", a.status, a.body)
	}
	code, text := l.Call(t.Context(), l.Bridge, CaughtUp)
	must(t, json.Unmarshal([]byte(text), &second))
	if want := int64(f.Ledger.Records()); code != http.StatusOK || first.Records+second.Records != want {
		t.Errorf("%d records were carried, and then %d, of %d: %s", first.Records, second.Records, want, text)
	}
	l.Deliver(l.Messages()...)
	l.PassUntilAll()
	l.Check()
}

// An ingest that is told to end answers the pushes under way. None of them is lost.
// Another instance takes those that come meanwhile.
func ingestIsTerminated(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Env["BATCH_RECORDS"] = "20"
	l.Start()
	var current atomic.Pointer[url.URL]
	begin := func() *instance {
		i := l.instance("ingest", nil)
		u, err := url.Parse(i.url)
		must(t, err)
		current.Store(u)
		return i
	}
	first := begin()
	l.Push(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(current.Load()) }})
	l.carry("0")
	l.Await("some records have come through", func() bool { return l.Count("SELECT COUNT(*) FROM raw.votes") > 0 })
	first.terminate()
	second := begin()
	l.carry("1")
	l.carry("2")
	l.PassUntilAll()
	second.terminate()
	l.Check()
}

// An aggregate that is told to end finishes its pass.
func aggregateIsTerminated(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Drain()
	all := l.Messages()
	l.Deliver(all[:len(all)/2]...)
	aggregate := l.instance("aggregate", nil)
	answered := aggregate.post(t.Context(), `{"until":"deadline","seconds":600}`)
	l.Await("a pass has settled something", func() bool { return l.Settled() > 0 })
	l.Deliver(all[len(all)/2:]...) // the next pass may be under way
	aggregate.terminate()
	a := <-answered
	if a.err != nil || a.status != http.StatusOK || !strings.Contains(a.body, `"passes":`) {
		t.Errorf("the drain answered %d %s (%v)", a.status, a.body, a.err)
	}
	l.PassUntilAll()
	l.Check()
}

// A dashboard that is told to end ends its streams.
func dashboardIsTerminated(t *testing.T, w Warehouse) {
	l := NewLine(t, w, NewFixture(t, clean()))
	dashboard := l.instance("dashboard", nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, dashboard.url+"/api/v1/stream", nil)
	must(t, err)
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() {
		t.Fatalf("no event: %v", lines.Err())
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines.Scan() {
		}
	}()
	dashboard.terminate()
	<-ended
}
