package dashboard

import (
	"bytes"
	"sync"
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

// view is everything that is served of one snapshot: encoded once, never
// changed.
type view struct {
	figures *Results
	results *document
	books   *document
	// page renders the HTML page on first use: most requests are for JSON.
	page func() (*document, error)
}

// booksDocument is the document of GET /api/v1/books.
type booksDocument struct {
	Status     string     `json:"status"`
	Stale      bool       `json:"stale"`
	StaleSince *time.Time `json:"stale_since"`
	AsOf       *time.Time `json:"as_of"`
	Watermark  *time.Time `json:"watermark"`
	Books
}

// renderer turns snapshots into views.
type renderer struct {
	election *election.Election
	topics   Topics
	assets   map[string]string
	poll     time.Duration // how often a page asks for news
}

// render makes the view of a snapshot. Where it would equal the one before, it
// is the one before: the tags that viewers know stay good.
func (r *renderer) render(s *Snapshot, before *view) (*view, error) {
	return r.encode(newResults(r.election, s, r.topics), before)
}

// stale makes a view of the same figures that says since when they are old.
func (r *renderer) stale(v *view, since time.Time) (*view, error) {
	old := *v.figures
	since = since.UTC().Truncate(time.Millisecond)
	old.Stale, old.StaleSince = true, &since
	return r.encode(&old, nil)
}

func (r *renderer) encode(figures *Results, before *view) (*view, error) {
	body, err := marshal(figures)
	if err != nil {
		return nil, err
	}
	if before != nil && bytes.Equal(body, before.results.identity.body) {
		return before, nil
	}
	v := &view{
		figures: figures,
		page:    sync.OnceValues(func() (*document, error) { return renderPage(figures, r.assets, r.poll) }),
	}
	if v.results, err = newDocument(jsonType, body); err != nil {
		return nil, err
	}
	body, err = marshal(booksDocument{
		Status:     figures.Status,
		Stale:      figures.Stale,
		StaleSince: figures.StaleSince,
		AsOf:       figures.AsOf,
		Watermark:  figures.Watermark,
		Books:      figures.Books,
	})
	if err != nil {
		return nil, err
	}
	if v.books, err = newDocument(jsonType, body); err != nil {
		return nil, err
	}
	return v, nil
}
