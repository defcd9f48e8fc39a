package dashboard

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/countstate"
)

func newTestHandler(t testing.TB, store snapshot.Store) *Handler {
	t.Helper()
	return newHandlerWith(t, testConfig(t), store)
}

func newHandlerWith(t testing.TB, c Config, store snapshot.Store) *Handler {
	t.Helper()
	h, err := NewHandler(c, store, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return h
}

// ask sends a request with headers given as name, value, name, value …
func ask(h http.Handler, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRoutes(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	const html = "text/html,application/xhtml+xml"
	for _, tc := range []struct {
		method, target, accept string
		status                 int
		contentType            string
		contains               string
	}{
		{"GET", "/", html, 200, "text/html; charset=utf-8", "Elena Rivera leads by 20.0 points"},
		{"GET", "/?view=wall", html, 200, "text/html; charset=utf-8", "Elena Rivera"},
		{"GET", "/api/v1/results", "", 200, httpdoc.JSONType, `"candidates":[{"id":"rivera"`},
		{"GET", "/api/v1/books", "", 200, httpdoc.JSONType, `"records":111`},
		{"GET", "/healthz", "", 200, httpdoc.JSONType, `"ok"`},
		{"HEAD", "/api/v1/results", "", 200, httpdoc.JSONType, ""},
		{"HEAD", "/", html, 200, "text/html; charset=utf-8", ""},
		{"GET", "/nothing", html, 404, "text/html; charset=utf-8", "There is no such page."},
		{"GET", "/nothing?lang=de", html, 404, "text/html; charset=utf-8", "Diese Seite gibt es nicht."},
		{"GET", "/nothing", "", 404, httpdoc.JSONType, `{"error":"There is no such page."}`},
		{"GET", "/api/v2/results", html, 404, httpdoc.JSONType, `{"error":`},
		{"GET", "/api/v1", "", 404, httpdoc.JSONType, `no such page`},
		{"GET", "/api/v1/", "", 404, httpdoc.JSONType, `There are results, stream, books`},
		{"GET", "/api/v1/regions", "", 404, httpdoc.JSONType, `There are results, stream, books`},
		{"GET", "/api/v1/regions.csv/x", "", 404, httpdoc.JSONType, `There are results, stream, books`},
		{"GET", "//api/v1/results", "", 404, httpdoc.JSONType, `no such page`},
		{"GET", "/api/v1//results", "", 404, httpdoc.JSONType, `no such page`},
		{"GET", "/static", "", 404, httpdoc.JSONType, `no such page`},
		{"GET", "/healthz/", "", 404, httpdoc.JSONType, `no such page`},
		{"GET", "/static/app.js", "", 404, httpdoc.JSONType, `{"error":`},
		{"GET", "/static/../page.html", "", 404, httpdoc.JSONType, `{"error":`},
		{"POST", "/api/v1/results", "", 405, httpdoc.JSONType, "use GET or HEAD"},
		{"DELETE", "/", html, 405, "text/html; charset=utf-8", "use GET or HEAD"},
		{"OPTIONS", "/", "", 405, httpdoc.JSONType, "use GET or HEAD"},
		{"OPTIONS", "/api/v1/results", "", 204, "", ""},
		{"GET", "/" + strings.Repeat("x", maxURI), "", 414, httpdoc.JSONType, "more than 2048"},
		{"GET", "/?q=" + strings.Repeat("x", maxURI), html, 414, "text/html; charset=utf-8", "more than 2048"},
	} {
		name := tc.method + " " + tc.target[:min(len(tc.target), 30)]
		t.Run(name, func(t *testing.T) {
			r := ask(h, tc.method, tc.target, "Accept", tc.accept)
			text := body(t, r)
			if r.StatusCode != tc.status || r.Header.Get("Content-Type") != tc.contentType {
				t.Errorf("%d %q, want %d %q", r.StatusCode, r.Header.Get("Content-Type"), tc.status, tc.contentType)
			}
			if !strings.Contains(text, tc.contains) {
				t.Errorf("body lacks %q:\n%.300s", tc.contains, text)
			}
			if tc.method == http.MethodHead && text != "" {
				t.Errorf("HEAD has a body of %d bytes", len(text))
			}
			if tc.status == http.StatusMethodNotAllowed && r.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("Allow is %q", r.Header.Get("Allow"))
			}
			data := strings.HasPrefix(tc.target, "/api/") // nobody's page
			for header, wanted := range map[string]bool{"Content-Security-Policy": !data, "X-Content-Type-Options": true, "Referrer-Policy": !data} {
				if got := r.Header.Get(header); (got != "") != wanted {
					t.Errorf("%s is %q, want it: %t", header, got, wanted)
				}
			}
		})
	}
}

func TestConditionalRequests(t *testing.T) {
	store := &sample.Store{Next: sample.Returns(sample.Small(), nil)}
	h := newTestHandler(t, store)
	for _, target := range []string{"/", "/api/v1/results", "/api/v1/books", "/static/" + h.pages.Assets.Names["app.js"]} {
		plain := ask(h, "GET", target)
		zipped := ask(h, "GET", target, "Accept-Encoding", "deflate, gzip")
		if a, b := plain.Header.Get("ETag"), zipped.Header.Get("ETag"); a == b || a == "" || b == "" || strings.HasPrefix(a, "W/") {
			t.Errorf("%s: ETags %q and %q, want two different strong ones", target, a, b)
		}
		if got := zipped.Header.Get("Content-Encoding"); got != "gzip" {
			t.Fatalf("%s: Content-Encoding %q, want gzip", target, got)
		}
		z, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		unzipped, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if cached := plain.Header.Get("Cache-Control"); strings.HasPrefix(target, "/static/") != strings.Contains(cached, "immutable") {
			t.Errorf("%s: Cache-Control %q", target, cached)
		}
		if got := body(t, plain); got != string(unzipped) {
			t.Errorf("%s: the compressed body holds other content", target)
		}
		for _, tag := range []string{plain.Header.Get("ETag"), zipped.Header.Get("ETag"), "*", `"x", W/` + plain.Header.Get("ETag")} {
			r := ask(h, "GET", target, "If-None-Match", tag, "Accept-Encoding", "gzip")
			if text := body(t, r); r.StatusCode != http.StatusNotModified || text != "" || r.Header.Get("ETag") == "" || r.Header.Get("Cache-Control") == "" {
				t.Errorf("%s with If-None-Match %s: %d with %d bytes, headers %v", target, tag, r.StatusCode, len(text), r.Header)
			}
		}
		if r := ask(h, "GET", target, "If-None-Match", `"other"`); r.StatusCode != http.StatusOK {
			t.Errorf("%s with another tag: %d, want 200", target, r.StatusCode)
		}
	}
	if got := store.Calls(); got != 1 {
		t.Errorf("%d queries, want 1", got)
	}
}

// TestUnavailable checks that an error page says nothing of what is inside.
func TestUnavailable(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(nil, errors.New("dial tcp 10.1.2.3:9050: secret-project refused"))})
	for _, target := range []string{"/", "/api/v1/results", "/api/v1/books"} {
		r := ask(h, "GET", target, "Accept", "text/html")
		text := body(t, r)
		if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, headers %v; want 503, Retry-After and no-store", target, r.StatusCode, r.Header)
		}
		if !strings.Contains(text, "be read at the moment") || strings.Contains(text, "secret") || strings.Contains(text, "10.1.2.3") {
			t.Errorf("%s: body %q, want a sentence without internals", target, text)
		}
	}
	if r := ask(h, "GET", "/healthz"); r.StatusCode != http.StatusOK {
		t.Errorf("healthz: %d, want 200: the process lives", r.StatusCode)
	}
}

func TestWaiting(t *testing.T) {
	c := testConfig(t)
	c.Election.Opens, c.Election.Closes = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	h := newHandlerWith(t, c, &sample.Store{Next: sample.Returns(nil, snapshot.ErrNoTables)})
	r := ask(h, "GET", "/api/v1/results")
	var got results.Document
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusOK || got.Status != countstate.Waiting || len(got.Candidates) != 4 || got.Totals.Votes != 0 || !got.Books.Balanced {
		t.Errorf("%d %+v, want 200, waiting, four candidates without votes, balanced books", r.StatusCode, got)
	}
	if text := body(t, ask(h, "GET", "/")); !strings.Contains(text, "No votes counted yet.") {
		t.Errorf("the page doesn't say that it waits:\n%.500s", text)
	}
}

// TestMounted follows every link of the page below a prefix.
func TestMounted(t *testing.T) {
	h := http.StripPrefix("/a/dashboard", newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)}))
	server := httptest.NewServer(h)
	defer server.Close()
	get := func(target string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/html")
		r, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Body.Close() })
		return r
	}
	for _, start := range []string{"/a/dashboard", "/a/dashboard/", "/a/dashboard/no/such/page"} {
		page := get(server.URL + start)
		links := regexp.MustCompile(`(?:href|src)="([^"#][^"]*)"`).FindAllStringSubmatch(body(t, page), -1)
		if len(links) == 0 {
			t.Errorf("%s has no link", start)
		}
		for _, l := range links {
			if strings.HasPrefix(l[1], "https:") {
				continue
			}
			u, err := page.Request.URL.Parse(l[1])
			if err != nil {
				t.Fatal(err)
			}
			if r := get(u.String()); r.StatusCode != http.StatusOK {
				t.Errorf("%s links to %s: %d", start, l[1], r.StatusCode)
			}
		}
	}
}

// TestConcurrentViewers is for the race detector: viewers of all documents
// while the figures change.
func TestConcurrentViewers(t *testing.T) {
	c := testConfig(t)
	c.Refresh = time.Nanosecond // always due
	snapshots := make(chan *snapshot.Snapshot, 3)
	for i := range cap(snapshots) {
		snapshots <- sample.Simulate(c.Election, 500, 0.3*float64(i+1))
	}
	store := &sample.Store{Next: func(context.Context) (*snapshot.Snapshot, error) {
		s := <-snapshots
		snapshots <- s
		return s, nil
	}}
	h, err := NewHandler(c, store, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(t.Context())
	done := make(chan struct{})
	for range 16 {
		go func() {
			defer func() { done <- struct{}{} }()
			for _, target := range []string{"/", "/api/v1/results", "/api/v1/books", "/", "/api/v1/results"} {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
				if w.Code != http.StatusOK {
					t.Errorf("%s: %d", target, w.Code)
				}
			}
		}()
	}
	for range 16 {
		<-done
	}
}

func TestPageIsFiltered(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	for address, want := range map[string]struct {
		status int
		holds  string
	}{
		"/?region=TX": {http.StatusOK, `<option value="TX" selected>Texas</option>`},
		"/?region=VT&group=age:18-24": {
			http.StatusOK, `<p class="kicker" data-kicker data-filtered>Vermont</p>`,
		},
		"/?region=XX":                  {http.StatusBadRequest, `XX`},
		"/?view=wall&utm_source=paper": {http.StatusOK, `<p class="kicker" data-kicker>All regions</p>`},
	} {
		r := ask(h, "GET", address)
		if page := body(t, r); r.StatusCode != want.status || !strings.Contains(page, want.holds) {
			t.Errorf("%s: %d, want %d and a page with %s", address, r.StatusCode, want.status, want.holds)
		}
	}
}

// TestPortraitsComeFromPermittedHosts checks the document and the policy.
func TestPortraitsComeFromPermittedHosts(t *testing.T) {
	e := sample.Election(t)
	e.Candidates[1].Portrait = "https://cdn.example.net:8443/chen.png"
	e.Candidates[2].Portrait = "https://evil.example;script-src/okafor.png"
	config := testConfig(t)
	config.Election = e
	policyOf := func() string {
		return ask(newHandlerWith(t, config, &sample.Store{}), "GET", "/healthz").Header.Get("Content-Security-Policy")
	}
	want := "img-src 'self' data: https://cdn.example.net:8443 https://example.org;"
	if got := policyOf(); !strings.Contains(got, want) {
		t.Errorf("policy %q, want %s", got, want)
	}
	images := func() (list []string) {
		for _, c := range resultsOf(t, newHandlerWith(t, config, &sample.Store{Next: sample.Returns(sample.Small(), nil)}), "/api/v1/results").Candidates {
			list = append(list, cmp.Or(c.Portrait, c.Image))
		}
		return list
	}
	if got := images(); got[0] != "https://example.org/rivera.png" || got[1] != e.Candidates[1].Portrait {
		t.Errorf("pictures %q, want that of the votes and that of the election", got)
	}
	e.Portraits = nil
	if got := images(); got[0] != "" {
		t.Errorf("picture %q of a vote, which the election doesn't permit", got[0])
	}
	if got := policyOf(); strings.Contains(got, "example.org") {
		t.Errorf("policy %q, want nothing of hosts that aren't permitted", got)
	}
}
