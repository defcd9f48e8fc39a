package cloudrun

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// service is a handler whose requests wait until they are let go.
type service struct {
	arrived chan struct{} // one for each request
	release chan struct{}
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a server notices that its client has gone once it has read the body
	s.arrived <- struct{}{}
	select {
	case <-s.release:
		_, _ = io.WriteString(w, "done at "+r.URL.Path)
	case <-r.Context().Done():
	}
}

// gated starts a service with a gate before it and returns the gate's URL.
func gated(t *testing.T, s Service) (*service, string) {
	t.Helper()
	p, err := profile.Parse("cloud/100", profile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	behind := &service{arrived: make(chan struct{}, 100), release: make(chan struct{})}
	target := httptest.NewServer(behind)
	t.Cleanup(target.Close)
	s.Name, s.URL, s.Start = "service", target.URL, profile.RunStart
	if s.Timeout == 0 {
		s.Timeout = time.Hour
	}
	g, err := New(s, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(g)
	t.Cleanup(front.Close)
	return behind, front.URL
}

// answer is the status and the body of an answer.
type answer struct {
	status int
	body   string
}

// send posts a request as somebody and returns where its answer will be.
func send(t *testing.T, ctx context.Context, url, as string) <-chan answer {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", as)
	got := make(chan answer, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			got <- answer{body: err.Error()}
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		got <- answer{resp.StatusCode, string(body)}
	}()
	return got
}

func want(t *testing.T, got <-chan answer, status int, body string) {
	t.Helper()
	if a := <-got; a.status != status || !strings.Contains(a.body, body) {
		t.Errorf("answer %d %q, want %d %q", a.status, a.body, status, body)
	}
}

func TestAnInternalServiceIsNotFound(t *testing.T) {
	behind, url := gated(t, Service{Concurrency: 1, MaxInstances: 1, Internal: true})
	close(behind.release)
	want(t, send(t, t.Context(), url, "curl/8.5.0"), http.StatusNotFound, "Error: Page not found")
	want(t, send(t, t.Context(), url+"/there", "Google-Cloud-Scheduler"), http.StatusOK, "done at /there")
	want(t, send(t, t.Context(), url, "CloudPubSub-Google"), http.StatusOK, "done")
	if n := len(behind.arrived); n != 2 {
		t.Errorf("%d requests arrived, want 2", n)
	}
}

// Two instances of two requests each take four; the fifth waits and is refused.
func TestRequestsBeyondTheInstances(t *testing.T) {
	behind, url := gated(t, Service{Concurrency: 2, MaxInstances: 2})
	var first []<-chan answer
	for range 4 {
		first = append(first, send(t, t.Context(), url, "curl"))
		<-behind.arrived
	}
	want(t, send(t, t.Context(), url, "curl"), http.StatusTooManyRequests, "Rate exceeded.")
	close(behind.release)
	for _, got := range first {
		want(t, got, http.StatusOK, "done")
	}
	want(t, send(t, t.Context(), url, "curl"), http.StatusOK, "done")
}

func TestAPlaceGoesToTheRequestThatWaits(t *testing.T) {
	p, err := profile.Parse("cloud", profile.Options{Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	l := newInstances(&Service{Concurrency: 1, MaxInstances: 1, Start: profile.RunStart}, p)
	first, err := l.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan error, 1)
	go func() {
		next, err := l.enter(t.Context())
		if err == nil {
			l.leave(next)
		}
		entered <- err
	}()
	for waiting := 0; waiting == 0; {
		l.mu.Lock()
		waiting = len(l.pending)
		l.mu.Unlock()
	}
	l.leave(first)
	if err := <-entered; err != nil {
		t.Error(err)
	}
	if l.all[0].running != 0 {
		t.Errorf("%d requests run", l.all[0].running)
	}
}

// A request whose client has gone waits for nothing and holds no place.
func TestClientsThatGo(t *testing.T) {
	p, err := profile.Parse("cloud", profile.Options{Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	l := newInstances(&Service{Concurrency: 1, MinInstances: 1, MaxInstances: 1, Start: profile.RunStart}, p)
	first, err := l.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.enter(gone); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	if len(l.pending) != 0 {
		t.Errorf("%d requests wait", len(l.pending))
	}
	l.leave(first)
}

func TestTimeout(t *testing.T) {
	_, url := gated(t, Service{Concurrency: 1, MaxInstances: 1, Timeout: time.Second})
	want(t, send(t, t.Context(), url, "curl"), http.StatusGatewayTimeout, "upstream request timeout")
}

// fakeProcessor writes down what happens to it.
type fakeProcessor struct {
	mu     sync.Mutex
	events []string
}

func (p *fakeProcessor) Pause()  { p.note("pause") }
func (p *fakeProcessor) Resume() { p.note("resume") }

func (p *fakeProcessor) note(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, s)
}

// The service has its processor from the first of overlapping requests to the end of
// the last.
func TestProcessor(t *testing.T) {
	cpu := &fakeProcessor{}
	behind, url := gated(t, Service{Concurrency: 10, MaxInstances: 1, Processor: cpu})
	one, two := send(t, t.Context(), url, "curl"), send(t, t.Context(), url, "curl")
	<-behind.arrived
	<-behind.arrived
	close(behind.release)
	want(t, one, http.StatusOK, "done")
	want(t, two, http.StatusOK, "done")
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(time.Millisecond) {
		cpu.mu.Lock()
		events := strings.Join(cpu.events, " ")
		cpu.mu.Unlock()
		if events == "pause resume pause" {
			return
		}
		// The last answer may have come before the gate has noticed.
		if events != "pause resume" || time.Now().After(end) {
			t.Fatalf("the processor: %s, want another pause", events)
		}
	}
}

func TestServiceErrors(t *testing.T) {
	_, err := New(Service{Name: "x", URL: "nowhere", MinInstances: 2, MaxInstances: 1}, nil, nil)
	for _, part := range []string{"service x", `"nowhere"`, "concurrency 0", "2 to 1 instances", "time-out 0s"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v doesn't say %q", err, part)
		}
	}
}
