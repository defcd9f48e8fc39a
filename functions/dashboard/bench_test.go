package dashboard

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// discard is a ResponseWriter that keeps its headers and nothing else.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header { return d.header }
func (d *discard) WriteHeader(s int)   { d.status = s }
func (d *discard) Write(b []byte) (int, error) {
	d.bytes += len(b)
	return len(b), nil
}

// BenchmarkResults is the cost of an answer from the cache, without the
// network: divide a second by it for requests per second and core.
func BenchmarkResults(b *testing.B) {
	for name, headers := range map[string]http.Header{
		"identity":    {},
		"gzip":        {"Accept-Encoding": {"gzip"}},
		"notmodified": nil, // set below
	} {
		b.Run(name, func(b *testing.B) {
			e := sample.Election(b)
			h := newTestHandler(b, &sample.Store{Next: sample.Returns(sample.Simulate(e, 20_000, 0.8), nil)})
			r := httptest.NewRequest("GET", "/api/v1/results", nil)
			want := http.StatusOK
			if r.Header = headers; headers == nil {
				tag := ask(h, "GET", "/api/v1/results", "Accept-Encoding", "gzip").Header.Get("ETag")
				r.Header, want = http.Header{"If-None-Match": {tag}}, http.StatusNotModified
			}
			b.ReportAllocs()
			for b.Loop() {
				w := &discard{header: http.Header{}}
				if h.ServeHTTP(w, r); w.status != want {
					b.Fatalf("status %d, want %d", w.status, want)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// BenchmarkResultsHTTP includes net/http and a loopback connection per client.
func BenchmarkResultsHTTP(b *testing.B) {
	e := sample.Election(b)
	h := newTestHandler(b, &sample.Store{Next: sample.Returns(sample.Simulate(e, 20_000, 0.8), nil)})
	server := httptest.NewServer(h)
	defer server.Close()
	server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 100
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := server.Client().Get(server.URL + "/api/v1/results")
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
