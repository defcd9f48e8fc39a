package dashboard

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// TestViewersNeverQuery checks that what reaches the store doesn't depend on
// how many look, at what, and how.
func TestViewersNeverQuery(t *testing.T) {
	c := testConfig(t)
	c.Refresh, c.MaxAge = time.Hour, time.Hour
	store := &sample.Store{Next: sample.Returns(sample.Simulate(c.Election, 3000, 0.5), nil)}
	h := newHandlerWith(t, c, store)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	var viewers sync.WaitGroup
	for i := range 30 {
		viewers.Go(func() {
			for _, target := range []string{
				"/", "/api/v1/results", "/api/v1/books", "/api/v1/results?region=CA", "/api/v1/hourly.csv?region=NY",
				"/api/v1/demographics.json?group=gender:female", "/api/v1/results?from=2026-11-03T13:00:00Z",
				fmt.Sprintf("/api/v1/minutes.csv?to=2026-11-03T%02d:00:00Z", 10+i%14),
			} {
				if r := ask(h, "GET", target); r.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", target, r.Status)
				}
			}
		})
	}
	for range 30 {
		viewers.Go(func() {
			e, err := firstEvent(t, server.URL+"/api/v1/stream?region=TX")
			if err != nil || !strings.HasPrefix(e, "retry: ") {
				t.Errorf("first line %q, %v", e, err)
			}
		})
	}
	viewers.Wait()
	if got := store.Calls(); got != 1 {
		t.Errorf("%d queries within one refresh, want 1", got)
	}
}

// firstEvent is the first line of a stream.
func firstEvent(t *testing.T, address string) (string, error) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	return bufio.NewReader(resp.Body).ReadString('\n')
}

func TestStreamsAreBounded(t *testing.T) {
	c := testConfig(t)
	c.Streams = 0
	h := newHandlerWith(t, c, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	over := ask(h, "GET", "/api/v1/stream")
	if text := body(t, over); over.StatusCode != http.StatusServiceUnavailable || over.Header.Get("Retry-After") == "" || !strings.Contains(text, "There are 0 streams already, as many as may be. Please read api/v1/results") {
		t.Errorf("one stream too many: %s %s, want 503 that says what to do", over.Status, text)
	}
	h = newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	if bad := ask(h, "GET", "/api/v1/stream?region=XX"); bad.StatusCode != http.StatusBadRequest {
		t.Errorf("unknown region: %s, want 400", bad.Status)
	}
}
