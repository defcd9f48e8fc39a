package dashboard

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
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
	"github.com/tallystream/tallystream/shared/election"
)

// TestPageInABrowser runs the tests of web/test in chromium. They make their own
// elections here, and say what becomes of them:
//
//	POST /sites?minutes=200&bundle=no  an election, counted up to a minute of
//	                                    its day (0: no tables yet); answers its number.
//	                                    embedder=http://localhost:1234 may show it in a frame;
//	                                    election=parliament: that file of docs/elections
//	/NUMBER/…                           its dashboard
//	POST /sites/NUMBER?minutes=210     counts on
//	POST /sites/NUMBER?minutes=900&state=complete
//	                                    as inState has it
//	POST /sites/NUMBER?fail=yes        the warehouse fails from now on, or (no) doesn't
//	POST /sites/NUMBER?refuse=yes      streams are refused
//	POST /sites/NUMBER?drop=yes        breaks all connections
//	GET  /article?src=…&section=…      a page that shows a section of one
//	GET  /sites/NUMBER                 what the streams asked to go on from
func TestPageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes long to start")
	}
	all := &sites{t: t}
	server := httptest.NewServer(all)
	defer server.Close()
	defer all.close()
	browser.Run(t, []string{"BASE=" + server.URL}, "page.js", "live.js", "access.js", "languages.js", "embed.js", "seats.js", "kinds.js", "tv.js", "units.js")
}

// sites are the elections of the browser's tests.
type sites struct {
	t    *testing.T
	mu   sync.Mutex
	list []*site
}

// site is one election and its dashboard.
type site struct {
	handler  *Handler
	election *election.Election
	config   *Config
	mux      http.Handler

	mu      sync.Mutex
	shown   *snapshot.Snapshot // nil: there are no tables
	fails   bool
	refuses bool
	dropped chan struct{} // closed to break connections
	pages   int           // how often the page was sent, or 304 for it
	resumed []string      // version that each stream goes on from
}

func (all *sites) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name == "sites" {
		all.control(w, r, rest)
		return
	}
	if name == "article" { // of somebody else, by another name of this machine
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>News</title><main><h1>Tonight</h1>
			<script type="module" src="%[1]sembed.js"></script>
			<tally-stream src="%[1]s" section="%[2]s" lang="de"></tally-stream></main>`, r.FormValue("src"), r.FormValue("section"))
		return
	}
	if one := all.find(name); one != nil {
		one.mux.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

func (all *sites) find(name string) *site {
	all.mu.Lock()
	defer all.mu.Unlock()
	i, err := strconv.Atoi(name)
	if err != nil || i < 0 || i >= len(all.list) {
		return nil
	}
	return all.list[i]
}

func (all *sites) control(w http.ResponseWriter, r *http.Request, name string) {
	one := all.find(name)
	switch {
	case name == "":
		var number int
		if one, number = all.add(r.FormValue); one == nil {
			http.Error(w, "the election has no dashboard", http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprint(w, number)
	case one == nil:
		http.NotFound(w, r)
		return
	case r.Method == http.MethodGet:
		one.mu.Lock()
		defer one.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]any{"resumed": one.resumed, "pages": one.pages})
		return
	}
	one.change(r.FormValue)
}

// add makes an election, and returns its number too: files of tests run beside one another.
func (all *sites) add(form func(string) string) (*site, int) {
	c := testConfig(all.t)
	setElection(all.t, &c, sample.CountryElection(all.t))
	if name := form("election"); name != "" {
		setElection(all.t, &c, sample.Example(all.t, name))
	}
	if origin := form("embedder"); origin != "" {
		c.EmbedOrigins = []string{origin}
	}
	c.Refresh, c.MaxAge, c.Patience = 50*time.Millisecond, 2*time.Second, time.Minute
	one := &site{election: c.Election, config: &c, dropped: make(chan struct{})}
	load := web.Load
	if form("bundle") == "no" {
		load = web.LoadUnbundled
	}
	a, err := load()
	if err != nil {
		all.t.Error(err)
		return nil, 0
	}
	if one.handler, err = newHandler(c, one, a, time.Second, slog.New(slog.DiscardHandler)); err != nil {
		all.t.Error(err)
		return nil, 0
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	one.mux = http.StripPrefix(fmt.Sprintf("/%d", len(all.list)), http.HandlerFunc(one.serve))
	all.list = append(all.list, one)
	return one, len(all.list) - 1
}

func (all *sites) close() {
	for _, one := range all.list {
		_ = one.handler.Close(context.Background())
	}
}

// change does what a test's request says.
func (s *site) change(form func(string) string) {
	var counted *snapshot.Snapshot
	if minutes, err := strconv.Atoi(form("minutes")); err == nil && minutes > 0 {
		counted = sample.Country(s.election, s.election.Opens.Add(time.Duration(minutes)*time.Minute))
		inState(counted, s.config, form("state"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if counted != nil {
		s.shown = counted
	}
	set := func(flag *bool, name string) {
		if v := form(name); v != "" {
			*flag = v == "yes"
		}
	}
	set(&s.fails, "fail")
	set(&s.refuses, "refuse")
	if form("drop") == "yes" {
		close(s.dropped)
		s.dropped = make(chan struct{})
	}
}

// Snapshot implements Store.
func (s *site) Snapshot(context.Context) (*snapshot.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.fails:
		return nil, errors.New("the test wants it so")
	case s.shown == nil:
		return nil, snapshot.ErrNoTables
	}
	return s.shown, nil
}

// serve is the dashboard over a network that breaks when a test wants it to.
func (s *site) serve(rw http.ResponseWriter, r *http.Request) {
	stream := strings.HasSuffix(r.URL.Path, "/stream")
	s.mu.Lock()
	dropped, refuses := s.dropped, s.refuses
	if strings.HasSuffix(r.URL.Path, "/") {
		s.pages++
	}
	if stream {
		s.resumed = append(s.resumed, cmp.Or(r.Header.Get("Last-Event-ID"), r.FormValue("since")))
	}
	s.mu.Unlock()
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
	s.handler.ServeHTTP(breakable{rw, dropped}, r.WithContext(ctx))
	select {
	case <-dropped:
		panic(http.ErrAbortHandler) // the connection breaks off, as cables do
	default:
	}
}

// breakable is a ResponseWriter whose connection breaks off, as cables do, also when it is
// taken over.
type breakable struct {
	http.ResponseWriter
	dropped <-chan struct{}
}

func (b breakable) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func (b breakable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, buffered, err := http.NewResponseController(b.ResponseWriter).Hijack()
	if err == nil {
		go func() {
			<-b.dropped
			_ = c.Close()
		}()
	}
	return c, buffered, err
}
