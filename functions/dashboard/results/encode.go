package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
)

// Encoding is an encoded document: whole, and in its parts, so that two of them can be
// compared without decoding them.
type Encoding struct {
	Version string
	Body    []byte
	Members []Member
}

// Member is a member of the document. One that is a list also has its rows one by one.
type Member struct {
	Name string
	Raw  json.RawMessage
	Rows []Row // nil unless it is a list
	List bool
}

// Row is a row of a list. The key tells it from the others.
type Row struct {
	Key string
	Raw json.RawMessage
}

// A keyed value tells the key by which its row is known, see api.md.
type keyed interface{ Key() string }

// Key tells a row from the others of its list.
func (c Candidate) Key() string { return c.ID }
func (a Area) Key() string      { return a.ID }
func (g Region) Key() string    { return g.State }
func (h Hour) Key() string      { return h.Hour.Format(time.RFC3339) }
func (m Minute) Key() string    { return m.Minute.Format(time.RFC3339) }

// Encode encodes a document and sets its version.
func Encode(r *Document) (*Encoding, error) {
	var e encoder
	e.value("filter", r.Filter)
	e.value("status", r.Status)
	e.value("exact", r.Exact)
	e.value("state", r.State)
	e.value("stale", r.Stale)
	e.value("stale_since", r.StaleSince)
	e.value("election", r.Election)
	e.value("as_of", r.AsOf)
	e.value("watermark", r.Watermark)
	e.value("freshness", r.Freshness)
	e.value("totals", r.Totals)
	list(&e, "candidates", r.Candidates)
	e.value("referendum", r.Referendum)
	e.value("seats", r.Seats)
	e.value("last", r.Last)
	list(&e, "areas", r.Areas)
	list(&e, "regions", r.Regions)
	list(&e, "hourly", r.Hourly)
	list(&e, "minutes", r.Minutes)
	list(&e, "demographics", r.Demographics)
	list(&e, "amendments", r.Amendments)
	e.value("books", r.Books)
	e.value("sources", r.Sources)
	if e.err != nil {
		return nil, e.err
	}
	rest := e.text.Bytes()
	r.Version = httpdoc.Version(rest)
	body := make([]byte, 0, len(rest)+64)
	body = append(body, `{"version":"`+r.Version+`"`...)
	body = append(body, rest...)
	body = append(body, "}\n"...)
	return &Encoding{Version: r.Version, Body: body, Members: e.members}, nil
}

// encoder collects members, and their text with a comma before each. After an
// error it does nothing more.
type encoder struct {
	members []Member
	text    bytes.Buffer
	err     error
}

// marshal encodes a value; nil after an error.
func (e *encoder) marshal(name string, value any) json.RawMessage {
	if e.err != nil {
		return nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		e.err = fmt.Errorf("encode %s: %w", name, err)
	}
	return raw
}

// value adds a member that isn't a list.
func (e *encoder) value(name string, value any) {
	e.add(Member{Name: name, Raw: e.marshal(name, value)})
}

func (e *encoder) add(m Member) {
	e.members = append(e.members, m)
	fmt.Fprintf(&e.text, ",%q:", m.Name)
	e.text.Write(m.Raw)
}

// list adds a member that is a list.
func list[T keyed](e *encoder, name string, values []T) {
	m := Member{Name: name, List: true}
	raw := []byte{'['}
	for i, v := range values {
		r := Row{Key: v.Key(), Raw: e.marshal(name, v)}
		m.Rows = append(m.Rows, r)
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = append(raw, r.Raw...)
	}
	m.Raw = append(raw, ']')
	e.add(m)
}
