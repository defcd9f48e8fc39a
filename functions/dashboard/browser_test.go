package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/web"
	"github.com/tallystream/tallystream/functions/dashboard/web/browser"
)

// TestPageInABrowser runs the tests of web/test in chromium. They make their own
// elections here, and say what becomes of them:
//
//	POST /worlds?minutes=200&bundle=no  an election, counted up to a minute of
//	                                    its day (0: no tables yet); answers its number
//	/NUMBER/…                           its dashboard
//	POST /worlds/NUMBER?minutes=210     counts on
//	POST /worlds/NUMBER?fail=yes        the warehouse fails from now on, or (no) doesn't
//	POST /worlds/NUMBER?refuse=yes      streams are refused
//	POST /worlds/NUMBER?drop=yes        breaks all connections
//	GET  /worlds/NUMBER                 what the streams asked to go on from
func TestPageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes long to start")
	}
	w := &worlds{t: t}
	server := httptest.NewServer(w)
	defer server.Close()
	defer w.close()
	browser.Run(t, []string{"BASE=" + server.URL}, "page.js", "live.js", "access.js", "units.js")
}

// worlds are the elections of the browser's tests.
type worlds struct {
	t    *testing.T
	mu   sync.Mutex
	list []*world
}

// world is one election and its dashboard.
type world struct {
	handler *Handler
	mux     http.Handler

	mu      sync.Mutex
	shown   *snapshot.Snapshot // nil: there are no tables
	fails   bool
	refuses bool
	dropped chan struct{} // closed to break connections
	resumed []string      // Last-Event-ID of each stream
}

func (ws *worlds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name == "worlds" {
		ws.control(w, r, rest)
		return
	}
	if one := ws.find(name); one != nil {
		one.mux.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

func (ws *worlds) find(name string) *world {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	i, err := strconv.Atoi(name)
	if err != nil || i < 0 || i >= len(ws.list) {
		return nil
	}
	return ws.list[i]
}

func (ws *worlds) control(w http.ResponseWriter, r *http.Request, name string) {
	one := ws.find(name)
	switch {
	case name == "":
		one = ws.add(r.FormValue("bundle") == "no")
		ws.mu.Lock()
		_, _ = fmt.Fprint(w, len(ws.list)-1)
		ws.mu.Unlock()
	case one == nil:
		http.NotFound(w, r)
		return
	case r.Method == http.MethodGet:
		one.mu.Lock()
		defer one.mu.Unlock()
		_ = json.NewEncoder(w).Encode(one.resumed)
		return
	}
	one.change(ws.t, r.FormValue)
}

func (ws *worlds) add(bare bool) *world {
	c := testConfig(ws.t)
	c.Election = sample.CountryElection(ws.t)
	c.Refresh, c.MaxAge = 50*time.Millisecond, 2*time.Second
	one := &world{dropped: make(chan struct{})}
	load := web.Load
	if bare {
		load = web.LoadUnbundled
	}
	a, err := load()
	if err != nil {
		ws.t.Error(err)
		return nil
	}
	one.handler = newHandler(c, one, a, time.Second, slog.New(slog.DiscardHandler))
	ws.mu.Lock()
	defer ws.mu.Unlock()
	one.mux = http.StripPrefix(fmt.Sprintf("/%d", len(ws.list)), http.HandlerFunc(one.serve))
	ws.list = append(ws.list, one)
	return one
}

func (ws *worlds) close() {
	for _, one := range ws.list {
		_ = one.handler.Close(context.Background())
	}
}

// change does what a test's request says.
func (w *world) change(t *testing.T, form func(string) string) {
	var s *snapshot.Snapshot
	if minutes, err := strconv.Atoi(form("minutes")); err == nil && minutes > 0 {
		e := sample.CountryElection(t)
		s = sample.Country(e, e.Opens.Add(time.Duration(minutes)*time.Minute))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if s != nil {
		w.shown = s
	}
	set := func(flag *bool, name string) {
		if v := form(name); v != "" {
			*flag = v == "yes"
		}
	}
	set(&w.fails, "fail")
	set(&w.refuses, "refuse")
	if form("drop") == "yes" {
		close(w.dropped)
		w.dropped = make(chan struct{})
	}
}

// Snapshot implements Store.
func (w *world) Snapshot(context.Context) (*snapshot.Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.fails:
		return nil, errors.New("the test wants it so")
	case w.shown == nil:
		return nil, snapshot.ErrNoTables
	}
	return w.shown, nil
}

// serve is the dashboard over a network that breaks when a test wants it to.
func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	stream := strings.HasSuffix(r.URL.Path, "/stream")
	w.mu.Lock()
	dropped, refuses := w.dropped, w.refuses
	if stream {
		w.resumed = append(w.resumed, r.Header.Get("Last-Event-ID"))
	}
	w.mu.Unlock()
	if stream && refuses {
		http.Error(rw, "refused", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-dropped:
			cancel()
		case <-ctx.Done():
		}
	}()
	w.handler.ServeHTTP(rw, r.WithContext(ctx))
	select {
	case <-dropped:
		panic(http.ErrAbortHandler) // the connection breaks off, as cables do
	default:
	}
}
