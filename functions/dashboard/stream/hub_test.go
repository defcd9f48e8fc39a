package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/shared/countstate"
)

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

// A change of which the store tells is published before the next poll.
func TestNewsIsPublishedAtOnce(t *testing.T) {
	s := newStreamed(t, func(l *Limits) { l.Pace = time.Hour })
	r := s.connect(t, "", "")
	s.follow(t, r, "")
	s.advance()
	s.store.Change()
	if kinds := s.follow(t, r, ""); kinds[0] != "patch" {
		t.Errorf("events %v, want a patch", kinds)
	}
}

// TestStreamsOverHTTP2 has streams that share a connection, which no stream can have to itself.
func TestStreamsOverHTTP2(t *testing.T) {
	s := newStreamed(t, nil)
	shared := httptest.NewUnstartedServer(s)
	shared.EnableHTTP2 = true
	shared.StartTLS()
	t.Cleanup(shared.Close)
	s.Server, shared = shared, s.Server
	t.Cleanup(shared.Close)
	one, other := s.connect(t, "", ""), s.connect(t, "?region=CA", "")
	for range 3 {
		s.follow(t, one, "")
		s.follow(t, other, "?region=CA")
		s.advance()
	}
	if err := s.streams.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, r := range []*reader{one, other} {
		if r.protocol != "HTTP/2.0" {
			t.Errorf("a stream over %s", r.protocol)
		}
		e, ok := r.next()
		for ok && e.kind == "patch" {
			e, ok = r.next()
		}
		if e.kind != "end" {
			t.Errorf("last event %+v, want the end", e)
		}
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

// TestPages has a page follow its stream: it gets edits of the text that it has, and nothing
// while that is current.
func TestPages(t *testing.T) {
	s := newStreamed(t, nil)
	version, doc := s.page(t)
	shown, tag := string(doc.Body()), doc.Tag
	r := s.open(t, "/page?since="+version, "")
	for range 3 {
		for s.advance(); ; {
			e, ok := r.next()
			if !ok || e.kind != "patch" {
				t.Fatalf("event %+v, want a patch", e)
			}
			var p struct {
				Version, From, To string
				Edits             json.RawMessage
			}
			if err := json.Unmarshal([]byte(e.data), &p); err != nil {
				t.Fatal(err)
			}
			if p.From != tag || p.Version != e.id {
				t.Fatalf("patch %s from %s to %s for who has the text %s", e.id, p.From, p.Version, tag)
			}
			shown, tag = sample.Patched(t, shown, p.Edits), p.To
			if version, doc = s.page(t); version == e.id {
				break
			}
		}
		if diff := cmp.Diff(strings.Split(string(doc.Body()), "\n"), strings.Split(shown, "\n")); diff != "" || tag != doc.Tag {
			t.Fatalf("the text %s differs from the page %s (-want +got):\n%s", tag, doc.Tag, diff)
		}
	}
	stranger := s.open(t, "/page", "")
	e, ok := stranger.next()
	if want := `{"version":"` + e.id + `"}`; !ok || e.kind != "version" || e.data != want {
		t.Errorf("event %+v for who has no version, want %s", e, want)
	}
}

func TestStreamsEnd(t *testing.T) {
	for reason, act := range map[string]func(*streamed){
		"time":     func(*streamed) {},
		"shutdown": func(s *streamed) { _ = s.streams.Close(context.Background()) },
	} {
		t.Run(reason, func(t *testing.T) {
			s := newStreamed(t, func(l *Limits) {
				if reason == "time" {
					l.Life = time.Millisecond
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
			if err := r.lines.Err(); err != nil { // the sum at the end of a compressed stream, too
				t.Errorf("the stream breaks off: %v", err)
			}
		})
	}
}

// TestCloseDoesNotWaitForEver has a stream that doesn't end in the time that there is.
func TestCloseDoesNotWaitForEver(t *testing.T) {
	s := New(&refresh.Cache{}, Limits{Pace: time.Hour, Most: 1}, slog.New(slog.DiscardHandler))
	if err := s.enter(); err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(over); !errors.Is(err, context.Canceled) {
		t.Errorf("Close with a stream left: %v, want %v", err, context.Canceled)
	}
	s.leave()
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("Close with none left: %v", err)
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
	if err := s.streams.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestStreamsStopPolling checks that nothing is queried once the last reader
// has gone.
func TestStreamsStopPolling(t *testing.T) {
	s := newStreamed(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	resp.Body.Close()
	polling := func() bool {
		s.streams.mu.Lock()
		defer s.streams.mu.Unlock()
		return s.streams.polling
	}
	for end := time.Now().Add(5 * time.Minute); polling(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still polling, five minutes after the last reader has gone")
		}
	}
}

// Streams through too many filters are refused. Streams through the filters that are open
// still come in.
func TestFiltersOfStreamsAreBounded(t *testing.T) {
	s := newStreamed(t, nil)
	f := func(hour int) string { return fmt.Sprintf("?from=2026-%02d-01T%02d:00:00Z", 1+hour/24, hour%24) }
	for i := range mostChannels {
		if e, ok := s.connect(t, f(i), "").next(); !ok || e.kind != "results" {
			t.Fatalf("stream %d: %+v", i, e)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+f(mostChannels), nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "through 100 filters already") {
		t.Errorf("one filter too many: %d %s", w.Code, w.Body)
	}
	if e, ok := s.connect(t, f(0), "").next(); !ok {
		t.Errorf("another stream through a filter that is open: %+v", e)
	}
}

// Whatever versions readers claim to have, what is kept for them is bounded.
func TestVersionsOfStreamsAreBounded(t *testing.T) {
	encodings := make([]*results.Encoding, 20)
	for i := range encodings {
		encodings[i] = &results.Encoding{Version: fmt.Sprint(i), Body: fmt.Appendf(nil, `{"version":"%d","pad":"%01000d"}`, i, i), Members: []results.Member{
			{Name: "pad", Raw: fmt.Appendf(nil, `"%01000d"`, i)},
		}}
	}
	const room = 5_000
	channel := newChannel(Results(filter.Filter{}), document{encodings[0]}, room, 0)
	for _, e := range encodings[1:] {
		if err := channel.publish(document{e}, room); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			if event, _, err := channel.since(strings.Repeat("x", i)); err != nil || len(event.chunk.text) < len(e.Body) {
				t.Fatalf("event for an unknown version: %q, %v", event.chunk.text, err)
			}
		}
	}
	if n := len(channel.past); n != 4 {
		t.Errorf("%d versions are kept of a thousand bytes, want as many as there is room for", n)
	}
	if n := len(channel.events); n != 2 {
		t.Errorf("%d events are kept, want one for who had the last version, and one for all that nobody ever had", n)
	}
	for i := range encodings {
		if _, _, err := channel.since(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if channel.kept > room {
		t.Errorf("events take %d bytes, more than %d", channel.kept, room)
	}
}

// Streams that come and go, each through another filter, leave no more behind than
// all channels may keep together.
func TestChannelsShareTheirRoom(t *testing.T) {
	s := New(&refresh.Cache{}, Limits{Pace: time.Hour}, slog.New(slog.DiscardHandler))
	defer s.Close(context.Background())
	body := make([]byte, 1<<20)
	for hour := range 5 {
		from := time.Date(2026, 11, 3, hour, 0, 0, 0, time.UTC)
		channel, err := s.join(Results(filter.Filter{From: &from}), document{&results.Encoding{Version: "0", Body: body}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range mostPast {
			if err := channel.publish(document{&results.Encoding{Version: fmt.Sprint(i + 1), Body: body}}, s.room()); err != nil {
				t.Fatal(err)
			}
		}
		s.part(channel, nil)
		kept := 0
		for _, channel := range s.channels {
			kept += len(channel.past) * len(body)
		}
		if kept > mostRoom || kept < mostRoom/2 {
			t.Errorf("%d channels keep %d bytes of the past, want up to %d", hour+1, kept, mostRoom)
		}
	}
}
