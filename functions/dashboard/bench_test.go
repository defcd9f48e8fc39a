package dashboard

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
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
			e := testElection(b)
			h := newTestHandler(b, &fakeStore{next: returns(simulate(e, 20_000, 0.8), nil)})
			r := httptest.NewRequest("GET", "/api/v1/results", nil)
			want := http.StatusOK
			if r.Header = headers; headers == nil {
				v, err := h.cache.get(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				r.Header, want = http.Header{"If-None-Match": {v.results.zipped().tag}}, http.StatusNotModified
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
	e := testElection(b)
	h := newTestHandler(b, &fakeStore{next: returns(simulate(e, 20_000, 0.8), nil)})
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

// BenchmarkRender is the cost of a refresh that finds new figures.
func BenchmarkRender(b *testing.B) {
	c := testConfig(b)
	a, err := newAssets()
	if err != nil {
		b.Fatal(err)
	}
	r := &renderer{config: c, assets: a.names, poll: time.Second}
	s := simulate(c.Election, 20_000, 0.8)
	var size int
	for b.Loop() {
		v, err := r.render(s, time.Time{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		size = len(v.results.identity.body)
	}
	b.ReportMetric(float64(size), "bytes")
}

// BenchmarkNight is the cost of a refresh in the middle of a night with the
// whole country counted a second further.
func BenchmarkNight(b *testing.B) {
	c := testConfig(b)
	c.Election = nightElection(b)
	r := &renderer{config: c, poll: time.Second}
	middle := c.Election.Opens.Add(10 * time.Hour)
	first, second := night(c.Election, middle), night(c.Election, middle.Add(time.Second))
	v, err := r.render(first, middle, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("render", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.render(second, middle, v); err != nil {
				b.Fatal(err)
			}
		}
	})
	next, err := r.render(second, middle, v)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			publish(second, c.Election.SmallestGroup(), false)
		}
	})
	b.Run("withhold", func(b *testing.B) {
		for b.Loop() {
			publish(second, c.Election.SmallestGroup(), true)
		}
	})
	b.Run("results", func(b *testing.B) {
		for b.Loop() {
			next.edition.results(Filter{})
		}
	})
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			if _, err := encode(next.figures); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(next.whole.body)), "bytes")
	})
	b.Run("compress", func(b *testing.B) {
		var z []byte
		for b.Loop() {
			z = compress(next.whole.body)
		}
		b.ReportMetric(float64(len(z)), "bytes")
	})
	b.Run("patch", func(b *testing.B) {
		var size int
		for b.Loop() {
			p, err := newPatch(v.whole, next.whole)
			if err != nil {
				b.Fatal(err)
			}
			text, err := marshal(p)
			if err != nil {
				b.Fatal(err)
			}
			size = len(text)
		}
		b.ReportMetric(float64(size), "bytes")
	})
}
