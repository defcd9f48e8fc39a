package stream

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/delta"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// Source is what a stream tells of. Streams of equal sources share a channel.
type Source struct {
	name string
	of   func(*refresh.View) (edition, error)
}

// Results are the document of the results through a filter, and then what changes in it: the
// streams of the API.
func Results(f filter.Filter) Source {
	return Source{name: "results?" + f.Encode(), of: func(v *refresh.View) (edition, error) {
		p, err := v.Filtered(f)
		if err != nil {
			return nil, err
		}
		return document{p.Encoding}, nil
	}}
}

// Page is what changes in the page through a filter, as a look has it: the streams of pages.
func Page(f filter.Filter, look page.Look) Source {
	return Source{name: "page " + look.Key() + "?" + f.Encode(), of: func(v *refresh.View) (edition, error) {
		p, err := v.Filtered(f)
		if err != nil {
			return nil, err
		}
		doc, err := v.Page(f, look)
		if err != nil {
			return nil, err
		}
		return rendered{p.Encoding.Version, doc}, nil
	}}
}

// edition is one version of what a stream tells of.
type edition interface {
	version() string
	// size is how many bytes it takes to keep it.
	size() int
	// whole is the event for who has no edition that is known.
	whole() (kind string, data []byte, err error)
	// patch is the data of the event for who has an edition before; nil where the whole is better.
	// The search for a short one takes patience at most.
	patch(before edition, patience time.Duration) ([]byte, error)
}

// document is an edition of the results.
type document struct{ *results.Encoding }

func (d document) version() string { return d.Version }
func (d document) size() int       { return len(d.Body) }

func (d document) whole() (string, []byte, error) { return "results", d.Body, nil }

func (d document) patch(before edition, _ time.Duration) ([]byte, error) {
	from := before.(document)
	p, err := delta.Between(from.Encoding, d.Encoding)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode a patch from %s to %s: %w", from.Version, d.Version, err)
	}
	if len(data) >= len(d.Body) {
		return nil, nil
	}
	return data, nil
}

// rendered is an edition of a page. The page is too large to be sent to everybody: who has no
// edition before fetches it, which a cache may answer.
type rendered struct {
	of  string // the version of the results
	doc *httpdoc.Document
}

func (r rendered) version() string { return r.of }
func (r rendered) size() int       { return r.doc.Size() }

func (r rendered) whole() (string, []byte, error) {
	data, err := json.Marshal(map[string]string{"version": r.of})
	return "version", data, err
}

// pagePatch says how the text of a page becomes that of another. The tags are those of the two
// texts, as in their ETags: who has another one fetches the page.
type pagePatch struct {
	Version string       `json:"version"`
	From    string       `json:"from"`
	To      string       `json:"to"`
	Edits   []delta.Edit `json:"edits"`
}

func (r rendered) patch(before edition, patience time.Duration) ([]byte, error) {
	from := before.(rendered)
	data, err := json.Marshal(pagePatch{r.of, from.doc.Tag, r.doc.Tag, delta.Edits(from.doc.Body(), r.doc.Body(), patience)})
	if err != nil {
		return nil, fmt.Errorf("encode a patch of a page from %s to %s: %w", from.of, r.of, err)
	}
	if 2*len(data) >= r.doc.Size() {
		return nil, nil
	}
	return data, nil
}
