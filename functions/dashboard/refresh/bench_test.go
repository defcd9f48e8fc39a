package refresh

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/delta"
	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// BenchmarkRefresh is the cost of a refresh of a whole country that is counted a
// second further, and of its parts.
func BenchmarkRefresh(b *testing.B) {
	e := sample.CountryElection(b)
	p := newCacheOf(b, e, nil).publisher
	middle := e.Opens.Add(10 * time.Hour)
	first, second := sample.Country(e, middle), sample.Country(e, middle.Add(time.Second))
	before, err := p.view(first, middle, nil)
	if err != nil {
		b.Fatal(err)
	}
	after, err := p.view(second, middle, before)
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range []struct {
		name string
		do   func() (int, error) // answers with bytes
	}{
		{"view", func() (int, error) {
			v, err := p.view(second, middle, before)
			return v.results.Size(), err
		}},
		{"votes in steps", func() (int, error) {
			return int(disclosure.Publish(second, e.SmallestGroup(), false).Through(filter.Filter{}).Lag), nil
		}},
		{"exact votes", func() (int, error) {
			return int(disclosure.Publish(second, e.SmallestGroup(), true).Through(filter.Filter{}).Lag), nil
		}},
		{"results", func() (int, error) { return len(after.Through(filter.Filter{}).Regions), nil }},
		{"encode", func() (int, error) {
			e, err := results.Encode(after.figures)
			return len(e.Body), err
		}},
		{"compress", func() (int, error) {
			r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
			r.Header.Set("Accept-Encoding", "gzip")
			httpdoc.New(httpdoc.JSONType, after.whole.Body).Serve(w, r)
			return w.Body.Len(), nil
		}},
		{"page", func() (int, error) {
			d, err := p.pages.Render(after.figures, page.Look{Language: text.English})
			return d.Size(), err
		}},
		{"patch", func() (int, error) {
			d, err := delta.Between(before.whole, after.whole)
			if err != nil {
				return 0, err
			}
			text, err := json.Marshal(d)
			return len(text), err
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			var size int
			for b.Loop() {
				var err error
				if size, err = part.do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size), "size")
		})
	}
}
