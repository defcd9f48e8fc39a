package dashboard

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/countstate"
)

// rowKeys are the members that make the key of a row, as api.md has them.
var rowKeys = map[string][]string{
	"candidates":   {"id"},
	"regions":      {"state"},
	"hourly":       {"hour"},
	"minutes":      {"minute"},
	"demographics": {"state", "age_group", "gender"},
	"amendments":   {"window_start", "candidate", "revision", "amended_at"},
}

// sse is an event as a reader gets it.
type sse struct{ id, kind, data string }

// reader is a reader of a stream that follows api.md.
type reader struct {
	t        *testing.T
	lines    *bufio.Scanner
	document map[string]any
	version  string
}

func (r *reader) next() (e sse, ok bool) {
	for r.lines.Scan() {
		name, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			if e.kind != "" {
				return e, true
			}
		}
	}
	return e, false
}

// apply brings the reader's document up to date.
func (r *reader) apply(e sse) {
	r.t.Helper()
	switch e.kind {
	case "results":
		r.document = decode(r.t, []byte(e.data))
	case "patch":
		p := decode(r.t, []byte(e.data))
		if p["from"] != r.version {
			r.t.Fatalf("patch from %v for a reader of %s", p["from"], r.version)
		}
		merge(r.document, p["patch"].(map[string]any))
		r.rows(p)
	}
	if r.version = e.id; r.document["version"] != e.id {
		r.t.Fatalf("event %s has the id %s, and the document the version %v", e.kind, e.id, r.document["version"])
	}
}

func (r *reader) rows(p map[string]any) {
	rows, _ := p["rows"].(map[string]any)
	keys, _ := p["keys"].(map[string]any)
	for section, members := range rowKeys {
		byKey, order := map[string]any{}, []string{}
		put := func(row any) string {
			var parts []string
			for _, name := range members {
				part := ""
				if value := row.(map[string]any)[name]; value != nil {
					part = fmt.Sprint(value)
				}
				parts = append(parts, part)
			}
			key := strings.Join(parts, "|")
			byKey[key] = row
			return key
		}
		for _, row := range r.document[section].([]any) {
			order = append(order, put(row))
		}
		if changed, ok := rows[section].([]any); ok {
			for _, row := range changed {
				put(row)
			}
		}
		if all, ok := keys[section].([]any); ok {
			order = order[:0]
			for _, key := range all {
				order = append(order, key.(string))
			}
		}
		list := []any{}
		for _, key := range order {
			if byKey[key] == nil {
				r.t.Fatalf("%s has no row %s", section, key)
			}
			list = append(list, byKey[key])
		}
		r.document[section] = list
	}
}

// merge applies an RFC 7396 merge patch.
func merge(target, patch map[string]any) {
	for name, value := range patch {
		sub, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(target, name)
		case isObject:
			inner, ok := target[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				target[name] = inner
			}
			merge(inner, sub)
		default:
			target[name] = value
		}
	}
}

// withoutNulls drops members that are null: readers treat them as absent.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		clean := map[string]any{}
		for name, inner := range v {
			if inner != nil {
				clean[name] = withoutNulls(inner)
			}
		}
		return clean
	case []any:
		clean := []any{}
		for _, inner := range v {
			clean = append(clean, withoutNulls(inner))
		}
		return clean
	}
	return value
}

func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return v
}

// streamed is a server whose streams are quick, over a store that goes on with
// every step.
type streamed struct {
	*httptest.Server
	handler *Handler
	store   *fakeStore
	config  Config
	step    int
}

func newStreamed(t *testing.T, change func(*Config)) *streamed {
	t.Helper()
	c := testConfig(t)
	c.Refresh = time.Nanosecond // every look is a read
	c.Election.SmallCell = new(0)
	if change != nil {
		change(&c)
	}
	s := &streamed{store: &fakeStore{}, config: c}
	s.advance()
	s.handler = newHandlerWith(t, c, s.store)
	s.handler.streams.pace = time.Millisecond
	s.Server = httptest.NewServer(s.handler)
	t.Cleanup(s.Close)
	return s
}

// advance lets more of the votes be counted.
func (s *streamed) advance() {
	s.step++
	s.store.set(returns(simulate(s.config.Election, 3000, 0.5+0.01*float64(s.step)), nil))
}

// connect opens a stream.
func (s *streamed) connect(t *testing.T, query, last string) *reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/stream"+query, nil)
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
	return &reader{t: t, lines: lines}
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
		want := decode(t, []byte(body(t, ask(s.handler, "GET", "/api/v1/results"+query))))
		if want["version"] != r.version {
			continue // there is more to come
		}
		if diff := cmp.Diff(withoutNulls(want), withoutNulls(r.document)); diff != "" {
			t.Fatalf("the document after %v differs from the API's (-want +got):\n%s", kinds, diff)
		}
		return kinds
	}
}

func TestStreamFollowsTheResults(t *testing.T) {
	for _, query := range []string{"", "?region=CA", "?group=age:18-24", "?from=2026-11-03T13:00:00Z&to=2026-11-03T16:30:00Z"} {
		t.Run(query, func(t *testing.T) {
			s := newStreamed(t, nil)
			r := s.connect(t, query, "")
			if kinds := s.follow(t, r, query); kinds[0] != "results" {
				t.Errorf("events %v, want the whole document first", kinds)
			}
			for range 6 {
				s.advance()
				for _, kind := range s.follow(t, r, query) {
					if kind != "patch" {
						t.Errorf("a change came as %s, want a patch", kind)
					}
				}
				if t.Failed() || r.document["status"] == string(countstate.Complete) {
					break
				}
			}
		})
	}
}

// TestStreamResumes disconnects a reader while the count goes on.
func TestStreamResumes(t *testing.T) {
	s := newStreamed(t, nil)
	stays := s.connect(t, "", "") // keeps the topic moving
	s.follow(t, stays, "")
	leaves := s.connect(t, "", "")
	s.follow(t, leaves, "")
	for range 3 {
		s.advance()
		s.follow(t, stays, "")
	}
	again := s.connect(t, "", leaves.version)
	again.document, again.version = leaves.document, leaves.version
	if kinds := s.follow(t, again, ""); !slices.Equal(kinds, []string{"patch"}) {
		t.Errorf("events %v, want one patch over three versions", kinds)
	}
	since := s.connect(t, "?since="+stays.version, "")
	since.document, since.version = stays.document, stays.version
	s.advance()
	if kinds := s.follow(t, since, ""); slices.Contains(kinds, "results") {
		t.Errorf("events %v for a reader who has what is current, want patches", kinds)
	}
	stranger := s.connect(t, "", "unheard-of")
	if kinds := s.follow(t, stranger, ""); kinds[0] != "results" {
		t.Errorf("events %v for a version that isn't known, want the whole document", kinds)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	s := newStreamed(t, func(c *Config) { c.Streams = 1 })
	r := s.connect(t, "", "")
	s.follow(t, r, "")
	over := ask(s.handler, "GET", "/api/v1/stream")
	if text := body(t, over); over.StatusCode != http.StatusServiceUnavailable || over.Header.Get("Retry-After") == "" || !strings.Contains(text, "There are 1 streams already, as many as may be. Please read api/v1/results") {
		t.Errorf("second stream: %s %s, want 503 that says what to do", over.Status, text)
	}
	if bad := ask(newStreamed(t, nil).handler, "GET", "/api/v1/stream?region=XX"); bad.StatusCode != http.StatusBadRequest {
		t.Errorf("unknown region: %s, want 400", bad.Status)
	}
}

func TestStreamsEnd(t *testing.T) {
	for reason, act := range map[string]func(*streamed){
		"time":     func(*streamed) {},
		"shutdown": func(s *streamed) { s.handler.streams.close() },
	} {
		t.Run(reason, func(t *testing.T) {
			s := newStreamed(t, func(c *Config) {
				if reason == "time" {
					c.StreamTime = time.Millisecond
				}
			})
			r := s.connect(t, "", "")
			if e, ok := r.next(); !ok || e.kind != "results" {
				t.Fatalf("first event %+v", e)
			}
			act(s)
			e, ok := r.next()
			for ok && e.kind == "patch" {
				e, ok = r.next()
			}
			if !ok || e.kind != "end" || e.data != `{"reason":"`+reason+`"}` {
				t.Errorf("last event %+v, want the end by %s", e, reason)
			}
			if _, ok := r.next(); ok {
				t.Error("the stream goes on after its end")
			}
		})
	}
}

// TestSlowReaders has readers that never read: they hold up neither others nor
// the end.
func TestSlowReaders(t *testing.T) {
	s := newStreamed(t, nil)
	for range 20 {
		s.connect(t, "", "")
	}
	quick := s.connect(t, "", "")
	for range 5 {
		s.follow(t, quick, "")
		s.advance()
	}
	s.handler.streams.close()
}

// TestViewersNeverQuery checks that what reaches the store doesn't depend on
// how many look, at what, and how.
func TestViewersNeverQuery(t *testing.T) {
	s := newStreamed(t, func(c *Config) { c.Refresh, c.MaxAge = time.Hour, time.Hour })
	var viewers sync.WaitGroup
	for i := range 30 {
		viewers.Go(func() {
			for _, target := range []string{
				"/", "/api/v1/results", "/api/v1/books", "/api/v1/results?region=CA", "/api/v1/hourly.csv?region=NY",
				"/api/v1/demographics.json?group=gender:female", "/api/v1/results?from=2026-11-03T13:00:00Z",
				fmt.Sprintf("/api/v1/minutes.csv?to=2026-11-03T%02d:00:00Z", 10+i%14),
			} {
				if r := ask(s.handler, "GET", target); r.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", target, r.Status)
				}
			}
		})
	}
	for range 30 {
		viewers.Go(func() {
			if e, ok := s.connect(t, "?region=TX", "").next(); !ok {
				t.Errorf("no event: %+v", e)
			}
		})
	}
	viewers.Wait()
	if got := s.store.count(); got != 1 {
		t.Errorf("%d queries within one refresh, want 1", got)
	}
}

// TestStreamsStopLooking checks that nothing is queried once the last reader
// has gone.
func TestStreamsStopLooking(t *testing.T) {
	s := newStreamed(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	resp.Body.Close()
	looking := func() bool {
		s.handler.streams.mu.Lock()
		defer s.handler.streams.mu.Unlock()
		return s.handler.streams.looking
	}
	for looking() {
		select {
		case <-t.Context().Done():
			t.Fatal("still looking")
		case <-time.After(time.Millisecond):
		}
	}
}
