package dashboard

import (
	"reflect"
	"sync"
	"time"

	"github.com/tallystream/tallystream/shared/countstate"
)

// view is everything that is served of one edition. Documents are encoded on
// first use and never changed.
type view struct {
	*edition
	figures *Results // without a filter
	whole   *encoding
	results *document
	// render makes the HTML page of some results.
	render func(*Results) (*document, error)

	mu    sync.Mutex
	parts map[string]*part // by address
	kept  int              // bytes of their documents
}

// part is a document of a view, made once.
type part struct {
	once     sync.Once
	document *document
	encoding *encoding // of a results document
	err      error
}

// mostParts and mostKept are how many documents a view keeps besides the whole, and
// how many bytes of them. More are made for each request anew: someone tries out
// every filter there is.
const (
	mostParts = 200
	mostKept  = 48 << 20
)

// making bounds how many documents are made at a time: each takes a multiple of its
// size while it is.
var making = make(chan struct{}, 8)

// part returns the document of an address, which make makes where it isn't at
// hand.
func (v *view) part(address string, make func(*part) error) (*part, error) {
	v.mu.Lock()
	p, keep := v.parts[address]
	if !keep {
		p = &part{}
		if keep = len(v.parts) < mostParts && v.kept < mostKept; keep {
			v.parts[address] = p
		}
	}
	v.mu.Unlock()
	p.once.Do(func() {
		making <- struct{}{}
		defer func() { <-making }()
		if p.err = make(p); p.err == nil && keep {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.kept += len(p.document.identity.body)
		}
	})
	return p, p.err
}

// filtered returns the results through a filter.
func (v *view) filtered(f Filter) (*part, error) {
	if f.empty() {
		return &part{document: v.results, encoding: v.whole}, nil
	}
	return v.part("results?"+f.encode(), func(p *part) (err error) {
		if p.encoding, err = encode(v.edition.results(f)); err != nil {
			return err
		}
		p.document, err = newDocument(jsonType, p.encoding.body)
		return err
	})
}

// page returns the HTML page of the results through a filter.
func (v *view) page(f Filter) (*document, error) {
	p, err := v.part("page?"+f.encode(), func(p *part) (err error) {
		figures := v.figures
		if !f.empty() {
			figures = v.edition.results(f)
		}
		p.document, err = v.render(figures)
		return err
	})
	return p.document, err
}

// booksDocument is the document of GET /api/v1/books.
type booksDocument struct {
	Status     countstate.Name `json:"status"`
	State      Standing        `json:"state"`
	Stale      bool            `json:"stale"`
	StaleSince *time.Time      `json:"stale_since"`
	AsOf       *time.Time      `json:"as_of"`
	Watermark  *time.Time      `json:"watermark"`
	Books
}

// books returns the books alone.
func (v *view) books() (*document, error) {
	p, err := v.part("books", func(p *part) error {
		body, err := marshal(booksDocument{
			Status:     v.figures.Status,
			State:      v.figures.State,
			Stale:      v.figures.Stale,
			StaleSince: v.figures.StaleSince,
			AsOf:       v.figures.AsOf,
			Watermark:  v.figures.Watermark,
			Books:      v.figures.Books,
		})
		if err != nil {
			return err
		}
		p.document, err = newDocument(jsonType, body)
		return err
	})
	return p.document, err
}

// renderer turns snapshots into views.
type renderer struct {
	config Config
	assets map[string]string
	poll   time.Duration // how often a page asks for news
}

// render makes the view of a snapshot that was read at a time. Where the document
// would equal that of the view before, it is the view before: the versions that
// viewers know stay good.
func (r *renderer) render(s *Snapshot, read time.Time, before *view) (*view, error) {
	state := r.config.State(s, read)
	if before != nil && before.snapshot == s && reflect.DeepEqual(before.state, state) {
		return before, nil
	}
	return r.encode(r.config.edition(s, state), before)
}

// stale makes a view of the same figures that says since when they are old.
func (r *renderer) stale(v *view, since, now time.Time) (*view, error) {
	old := *v.edition
	since = since.UTC().Truncate(time.Millisecond)
	old.stale = &since
	old.state = r.config.unreadable(old.snapshot, since, now)
	return r.encode(&old, nil)
}

func (r *renderer) encode(ed *edition, before *view) (*view, error) {
	figures := ed.results(Filter{})
	whole, err := encode(figures)
	if err != nil {
		return nil, err
	}
	if before != nil && before.whole.version == whole.version {
		return before, nil
	}
	v := &view{
		edition: ed,
		figures: figures,
		whole:   whole,
		render:  func(figures *Results) (*document, error) { return renderPage(figures, r.assets, r.poll) },
		parts:   map[string]*part{},
	}
	v.results, err = newDocument(jsonType, whole.body)
	return v, err
}
