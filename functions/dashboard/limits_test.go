package dashboard

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRequestsHaveNoBody(t *testing.T) {
	h := newTestHandler(t, &fakeStore{next: returns(small(), nil)})
	for name, sent := range map[string]io.Reader{
		"with a length": strings.NewReader("x"),
		"in chunks":     io.MultiReader(strings.NewReader("x")),
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/results", sent)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "no body") {
			t.Errorf("a body %s: %d %s", name, w.Code, w.Body)
		}
	}
}

// Somebody who opens streams through every filter there is gets no more than
// their share, and takes nobody's place who is there.
func TestFiltersOfStreamsAreBounded(t *testing.T) {
	s := newStreamed(t, nil)
	f := func(hour int) string { return fmt.Sprintf("?from=2026-%02d-01T%02d:00:00Z", 1+hour/24, hour%24) }
	for i := range mostTopics {
		if e, ok := s.connect(t, f(i), "").next(); !ok || e.kind != "results" {
			t.Fatalf("stream %d: %+v", i, e)
		}
	}
	over := ask(s.handler, "GET", "/api/v1/stream"+f(mostTopics))
	if text := body(t, over); over.StatusCode != http.StatusServiceUnavailable || over.Header.Get("Retry-After") == "" || !strings.Contains(text, "through 100 filters already") {
		t.Errorf("one filter too many: %s %s", over.Status, text)
	}
	if e, ok := s.connect(t, f(0), "").next(); !ok {
		t.Errorf("another stream through a filter that is open: %+v", e)
	}
}

// Whatever versions readers claim to have, what is kept for them is bounded.
func TestVersionsOfStreamsAreBounded(t *testing.T) {
	encodings := make([]*encoding, 20)
	for i := range encodings {
		encodings[i] = &encoding{version: fmt.Sprint(i), body: fmt.Appendf(nil, `{"version":"%d","pad":"%01000d"}`, i, i), members: []member{
			{name: "pad", raw: fmt.Appendf(nil, `"%01000d"`, i)},
		}}
	}
	const room = 5_000
	topic := newTopic(Filter{}, encodings[0], room)
	for _, e := range encodings[1:] {
		if err := topic.publish(e, room); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			if event, _, err := topic.since(strings.Repeat("x", i)); err != nil || len(event.text) < len(e.body) {
				t.Fatalf("event for an unknown version: %q, %v", event.text, err)
			}
		}
	}
	if n := len(topic.patches); n != 4 {
		t.Errorf("%d patches are kept of versions of a thousand bytes, want as many as there is room for", n)
	}
	if n := len(topic.events); n != 1 {
		t.Errorf("%d events are kept for versions that nobody ever had, want one for all", n)
	}
	for i := range encodings {
		if _, _, err := topic.since(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if topic.kept > room {
		t.Errorf("events take %d bytes, more than %d", topic.kept, room)
	}
}

// Streams that come and go, each through another filter, leave no more behind than
// all topics may keep together.
func TestTopicsShareTheirRoom(t *testing.T) {
	s := newStreams(Config{}, nil, time.Hour, slog.New(slog.DiscardHandler))
	defer s.close()
	body := make([]byte, 1<<20)
	for hour := range 5 {
		from := time.Date(2026, 11, 3, hour, 0, 0, 0, time.UTC)
		topic, err := s.join(Filter{From: &from}, &encoding{version: "0", body: body})
		if err != nil {
			t.Fatal(err)
		}
		for i := range mostPatches {
			if err := topic.publish(&encoding{version: fmt.Sprint(i + 1), body: body}, s.room()); err != nil {
				t.Fatal(err)
			}
		}
		s.part(topic)
		kept := 0
		for _, topic := range s.topics {
			kept += len(topic.patches) * len(body)
		}
		if kept > mostPast || kept < mostPast/2 {
			t.Errorf("%d topics keep %d bytes of the past, want up to %d", hour+1, kept, mostPast)
		}
	}
}

// Somebody who asks for every filter there is gets answers, and fills no memory.
func TestDocumentsThroughFiltersAreBounded(t *testing.T) {
	h := newTestHandler(t, &fakeStore{next: returns(small(), nil)})
	for i := range mostParts + 50 {
		if r := ask(h, "GET", fmt.Sprintf("/api/v1/results?from=2026-%02d-01T%02d:00:00Z", 1+i/24, i%24)); r.StatusCode != http.StatusOK {
			t.Fatalf("filter %d: %s", i, r.Status)
		}
	}
	v, err := h.cache.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	size := 0
	for _, p := range v.parts {
		size += len(p.document.identity.body)
	}
	if len(v.parts) != mostParts || v.kept != size {
		t.Errorf("%d documents are kept, want %d; they have %d bytes, of which %d are counted", len(v.parts), mostParts, size, v.kept)
	}
}
