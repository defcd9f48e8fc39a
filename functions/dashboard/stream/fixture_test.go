package stream

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/functions/dashboard/web"
)

// streamed is a server of the results and of quick streams, over a store that goes on
// with every step.
type streamed struct {
	*httptest.Server
	streams *Hub
	cache   *refresh.Cache
	store   *sample.Waker
	rules   results.Rules
	step    int
}

func newStreamed(t *testing.T, change func(*Limits)) *streamed {
	t.Helper()
	a, err := web.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules := results.Rules{
		Election: sample.Election(t), Topics: snapshot.Topics{Votes: "votes", Voters: "voters"},
		Refresh: time.Nanosecond, // every poll is a read
		MaxAge:  10 * time.Second, FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute,
	}
	rules.Election.SmallCell = new(0)
	limits := Limits{Pace: time.Millisecond, Life: 4 * time.Minute, Most: 500, Patience: time.Minute}
	if change != nil {
		change(&limits)
	}
	s := &streamed{store: sample.NewWaker(), rules: rules}
	s.advance()
	log := slog.New(slog.DiscardHandler)
	s.cache = refresh.New(rules, page.Renderer{Assets: a, Poll: time.Second}, s.store, 30*time.Second, log)
	s.streams = New(s.cache, limits, log)
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		_ = s.streams.Close(context.Background())
		s.cache.Close()
		s.Close()
	})
	return s
}

// ServeHTTP answers with a stream, through the filter of the query.
func (s *streamed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := s.streams.Serve(w, r, func() (Source, *refresh.View, error) {
		v, err := s.cache.Get(r.Context())
		if err != nil {
			return Source{}, nil, err
		}
		if r.URL.Path == "/page" {
			return Page(filter.Filter{}, look), v, nil
		}
		f, err := filter.Parse(r.URL.Query(), v.Known(), "since")
		return Results(f), v, err
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// filtered is what the results are now through the filter of a query.
func (s *streamed) filtered(query string) (*refresh.Part, filter.Filter, error) {
	v, err := s.cache.Get(context.Background())
	if err != nil {
		return nil, filter.Filter{}, err
	}
	q, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil {
		return nil, filter.Filter{}, err
	}
	f, err := filter.Parse(q, v.Known(), "since")
	if err != nil {
		return nil, f, err
	}
	p, err := v.Filtered(f)
	return p, f, err
}

// look is how the tests' page shows the results.
var look = page.Look{Language: text.Languages[0]}

// page is the page now, and the version that it shows.
func (s *streamed) page(t *testing.T) (version string, doc *httpdoc.Document) {
	t.Helper()
	v, err := s.cache.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.Filtered(filter.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if doc, err = v.Page(filter.Filter{}, look); err != nil {
		t.Fatal(err)
	}
	return p.Encoding.Version, doc
}

// advance lets more of the votes be counted.
func (s *streamed) advance() {
	s.step++
	s.store.Set(sample.Returns(sample.Simulate(s.rules.Election, 3000, 0.5+0.01*float64(s.step)), nil))
}

// connect opens a stream.
func (s *streamed) connect(t *testing.T, query, last string) *reader {
	t.Helper()
	return s.open(t, "/"+query, last)
}

func (s *streamed) open(t *testing.T, target, last string) *reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Fatalf("stream: %s, %s", resp.Status, resp.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 10<<20)
	return &reader{t: t, lines: lines, protocol: resp.Proto}
}

// follow applies events until the reader has what the API answers.
func (s *streamed) follow(t *testing.T, r *reader, query string) []string {
	t.Helper()
	var kinds []string
	for {
		e, ok := r.next()
		if !ok {
			t.Fatalf("the stream ended after %v: %v", kinds, r.lines.Err())
		}
		kinds = append(kinds, e.kind)
		r.apply(e)
		now, _, err := s.filtered(query)
		if err != nil {
			t.Fatal(err)
		}
		want := sample.Decode(t, now.Encoding.Body)
		if want["version"] != r.version {
			continue // there is more to come
		}
		if diff := cmp.Diff(withoutNulls(want), withoutNulls(r.document)); diff != "" {
			t.Fatalf("the document after %v differs from the API's (-want +got):\n%s", kinds, diff)
		}
		return kinds
	}
}
