package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// encoding is a document in its parts, so that two of them can be compared
// without decoding: what changes between versions is what travels to streams.
type encoding struct {
	version string
	body    []byte
	members []member
}

// member is one of the document's own. A list of rows has them one by one.
type member struct {
	name string
	raw  json.RawMessage
	rows []row // nil unless it is a list
	list bool
}

// row is one of a list, known by its key.
type row struct {
	key string
	raw json.RawMessage
}

// A keyed value tells the key by which its row is known, see api.md.
type keyed interface{ key() string }

func (c Candidate) key() string { return c.ID }
func (g Region) key() string    { return g.State }
func (h Hour) key() string      { return h.Hour.Format(time.RFC3339) }
func (m Minute) key() string    { return m.Minute.Format(time.RFC3339) }
func (g Group) key() string     { return strings.Join([]string{g.State, g.AgeGroup, g.Gender}, "|") }

func (a Amendment) key() string {
	candidate := ""
	if a.Candidate != nil {
		candidate = *a.Candidate
	}
	return strings.Join([]string{
		a.WindowStart.Format(time.RFC3339), candidate, strconv.FormatInt(a.Revision, 10), a.AmendedAt.Format(time.RFC3339Nano),
	}, "|")
}

// encode encodes a document and sets its version.
func encode(r *Results) (*encoding, error) {
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
	r.Version = version(rest)
	body := make([]byte, 0, len(rest)+64)
	body = append(body, `{"version":"`+r.Version+`"`...)
	body = append(body, rest...)
	body = append(body, "}\n"...)
	return &encoding{version: r.Version, body: body, members: e.members}, nil
}

// encoder collects members, and their text with a comma before each. After an
// error it does nothing more.
type encoder struct {
	members []member
	text    bytes.Buffer
	err     error
}

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

func (e *encoder) value(name string, value any) {
	e.add(member{name: name, raw: e.marshal(name, value)})
}

func (e *encoder) add(m member) {
	e.members = append(e.members, m)
	fmt.Fprintf(&e.text, ",%q:", m.name)
	e.text.Write(m.raw)
}

func list[T keyed](e *encoder, name string, values []T) {
	m := member{name: name, list: true}
	raw := []byte{'['}
	for i, v := range values {
		r := row{key: v.key(), raw: e.marshal(name, v)}
		m.rows = append(m.rows, r)
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = append(raw, r.raw...)
	}
	m.raw = append(raw, ']')
	e.add(m)
}

// marshal encodes a value, with a line end for those who read it in a terminal.
func marshal(value any) ([]byte, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	return append(body, '\n'), nil
}
