package refresh

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/tallystream/tallystream/functions/dashboard/card"
	"github.com/tallystream/tallystream/functions/dashboard/chart"
	"github.com/tallystream/tallystream/functions/dashboard/export"
	"github.com/tallystream/tallystream/functions/dashboard/feed"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/shared/countstate"
)

// View is everything that is served of one publication. Documents are encoded on
// first use and never changed.
type View struct {
	*results.Publication
	figures *results.Document // without a filter
	whole   *results.Encoding
	results *httpdoc.Document
	pages   page.Renderer

	mu    sync.Mutex
	parts *simplelru.LRU[string, *Part] // by address
	kept  int                           // bytes of their documents
}

// Part is a document of a view, made once.
type Part struct {
	once     sync.Once
	Document *httpdoc.Document
	Encoding *results.Encoding // of a results document
	figures  *results.Document // the same
	err      error
	kept     int // bytes, counted by the view
}

// making bounds how many documents are made at a time: each takes a multiple of its
// size while it is.
var making = make(chan struct{}, 8)

// drawing bounds how many PNGs are drawn at a time: each takes some 10 MB while it is.
var drawing = make(chan struct{}, 2)

func newView(p *results.Publication, figures *results.Document, whole *results.Encoding, pages page.Renderer) (*View, error) {
	v := &View{
		Publication: p,
		figures:     figures,
		whole:       whole,
		results:     httpdoc.New(httpdoc.JSONType, whole.Body),
		pages:       pages,
	}
	var err error
	v.parts, err = simplelru.NewLRU(mostParts, func(_ string, p *Part) { v.kept -= p.kept })
	return v, err
}

// part returns the part with an address. Where there is none, make makes it; others who
// ask meanwhile wait for it.
func (v *View) part(address string, make func(*Part) error) (*Part, error) {
	v.mu.Lock()
	p, known := v.parts.Get(address)
	if !known {
		p = &Part{}
		v.parts.Add(address, p)
	}
	v.mu.Unlock()
	p.once.Do(func() {
		if p.err = make(p); p.err == nil {
			v.keep(address, p)
		}
	})
	return p, p.err
}

// limited makes a document. It waits while the most that may be are being made.
func limited(work func() error) error {
	making <- struct{}{}
	defer func() { <-making }()
	return work()
}

// keep counts the bytes of a part, unless the part was dropped meanwhile. It drops the
// parts that were asked for longest ago where they are too many, or too large together.
func (v *View) keep(address string, p *Part) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if now, known := v.parts.Peek(address); !known || now != p {
		return
	}
	p.kept = p.size()
	for v.kept += p.kept; v.kept > mostKept; {
		v.parts.RemoveOldest()
	}
}

// size is about how many bytes a part keeps. Figures take about as many as their JSON.
func (p *Part) size() int {
	if p.figures != nil {
		return 2 * p.Document.Size()
	}
	return p.Document.Size()
}

// Filtered returns the results through a filter.
func (v *View) Filtered(f filter.Filter) (*Part, error) {
	if f.Empty() {
		return &Part{Document: v.results, Encoding: v.whole, figures: v.figures}, nil
	}
	return v.part("results?"+f.Encode(), func(p *Part) error {
		return limited(func() (err error) {
			p.figures = v.Through(f)
			if p.Encoding, err = results.Encode(p.figures); err != nil {
				return err
			}
			p.Document = httpdoc.New(httpdoc.JSONType, p.Encoding.Body)
			return nil
		})
	})
}

// Page returns the HTML page of the results through a filter, as a look has it.
func (v *View) Page(f filter.Filter, look page.Look) (*httpdoc.Document, error) {
	return v.of(f, "page "+look.Key(), func(figures *results.Document) (*httpdoc.Document, error) { return v.pages.Render(figures, look) })
}

// Card returns the picture that social networks show of the page.
func (v *View) Card(f filter.Filter) (*httpdoc.Document, error) { return v.of(f, "card", card.Draw) }

// Chart returns the picture of a chart of the page, in a format: svg or png.
func (v *View) Chart(f filter.Filter, look page.Look, o chart.Options, format string) (*httpdoc.Document, error) {
	return v.of(f, "chart "+look.Key()+" "+o.Key()+" "+format, func(figures *results.Document) (*httpdoc.Document, error) {
		p, err := chart.Draw(v.pages.Figures(figures, look), o)
		if err != nil {
			return nil, err
		}
		if format == "svg" {
			return httpdoc.New("image/svg+xml", p.SVG()).Varying("Accept-Language"), nil
		}
		drawing <- struct{}{}
		defer func() { <-drawing }()
		body, err := p.PNG()
		if err != nil {
			return nil, err
		}
		return httpdoc.New("image/png", body).Varying("Accept-Language"), nil
	})
}

// Feed returns what has happened, as an Atom feed.
func (v *View) Feed(f filter.Filter, look page.Look) (*httpdoc.Document, error) {
	return v.of(f, "feed "+look.Key(), func(figures *results.Document) (*httpdoc.Document, error) {
		var regions map[string][]results.Hour
		if f.Region == nil || f.Area != nil {
			regions = v.HoursOf(f)
		}
		body, err := feed.Atom(v.pages.Figures(figures, look), regions, v.pages.Public)
		if err != nil {
			return nil, err
		}
		return httpdoc.New(feed.ContentType, body).Varying("Accept-Language"), nil
	})
}

// Export returns a section through a filter.
func (v *View) Export(f filter.Filter, section, format string) (*httpdoc.Document, error) {
	return v.of(f, section+"."+format, func(figures *results.Document) (*httpdoc.Document, error) {
		if format == "csv" {
			return export.CSV(figures, section)
		}
		return export.JSON(figures, section)
	})
}

// of returns a document that is made of the results through a filter.
func (v *View) of(f filter.Filter, name string, make func(*results.Document) (*httpdoc.Document, error)) (*httpdoc.Document, error) {
	p, err := v.part(name+"?"+f.Encode(), func(p *Part) error {
		r, err := v.Filtered(f)
		if err != nil {
			return err
		}
		return limited(func() (err error) {
			p.Document, err = make(r.figures)
			return err
		})
	})
	return p.Document, err
}

// BooksDocument is the document of GET /api/v1/books.
type BooksDocument struct {
	Status     countstate.Name  `json:"status"`
	State      results.Standing `json:"state"`
	Stale      bool             `json:"stale"`
	StaleSince *time.Time       `json:"stale_since"`
	AsOf       *time.Time       `json:"as_of"`
	Watermark  *time.Time       `json:"watermark"`
	results.Books
}

// Books returns the books alone.
func (v *View) Books() (*httpdoc.Document, error) {
	p, err := v.part("books", func(p *Part) (err error) {
		p.Document, err = httpdoc.JSON(BooksDocument{
			Status:     v.figures.Status,
			State:      v.figures.State,
			Stale:      v.figures.Stale,
			StaleSince: v.figures.StaleSince,
			AsOf:       v.figures.AsOf,
			Watermark:  v.figures.Watermark,
			Books:      v.figures.Books,
		})
		return err
	})
	return p.Document, err
}
