// Package delta works out what has changed between two versions of the document of the
// results. Two encodings go in; a Patch comes out that turns one into the other.
package delta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// Patch is what changes from one version of a document to another, see api.md.
type Patch struct {
	From    string          `json:"from"`
	Version string          `json:"version"`
	Patch   json.RawMessage `json:"patch"` // an RFC 7396 merge patch
	// Rows has by section and key: a merge patch of each row that has changed, and each
	// new row whole.
	Rows map[string]map[string]json.RawMessage `json:"rows,omitempty"`
	Keys map[string][]string                   `json:"keys,omitempty"` // of all rows, in order
}

// Between compares two versions of a document.
func Between(from, to *results.Encoding) (*Patch, error) {
	p := &Patch{
		From: from.Version, Version: to.Version,
		Rows: map[string]map[string]json.RawMessage{}, Keys: map[string][]string{},
	}
	before, after := newObject(from.Version), newObject(to.Version)
	for i, m := range to.Members {
		was := from.Members[i] // every document has the same members
		switch {
		case bytes.Equal(was.Raw, m.Raw):
		case m.List:
			if err := p.compareRows(was, m); err != nil {
				return nil, fmt.Errorf("compare %s of versions %s and %s: %w", m.Name, from.Version, to.Version, err)
			}
		default:
			before.add(was)
			after.add(m)
		}
	}
	var err error
	if p.Patch, err = jsonpatch.CreateMergePatch(before.bytes(), after.bytes()); err != nil {
		return nil, fmt.Errorf("compare versions %s and %s: %w", from.Version, to.Version, err)
	}
	return p, nil
}

// object is a JSON object of some members of a document.
type object struct{ text bytes.Buffer }

func newObject(version string) *object {
	o := &object{}
	fmt.Fprintf(&o.text, `{"version":%q`, version)
	return o
}

func (o *object) add(m results.Member) {
	fmt.Fprintf(&o.text, ",%q:", m.Name)
	o.text.Write(m.Raw)
}

func (o *object) bytes() []byte { return append(o.text.Bytes(), '}') }

// compareRows notes what has changed in which rows, and all keys where they or their
// order did.
func (p *Patch) compareRows(before, after results.Member) error {
	old := make(map[string]json.RawMessage, len(before.Rows))
	for _, r := range before.Rows {
		old[r.Key] = r.Raw
	}
	rows := map[string]json.RawMessage{}
	for _, r := range after.Rows {
		was, known := old[r.Key]
		switch {
		case !known:
			rows[r.Key] = r.Raw
		case !bytes.Equal(was, r.Raw):
			change, err := jsonpatch.CreateMergePatch(was, r.Raw)
			if err != nil {
				return fmt.Errorf("row %s: %w", r.Key, err)
			}
			rows[r.Key] = change
		}
	}
	if len(rows) > 0 {
		p.Rows[after.Name] = rows
	}
	if keys := keysOf(after); !slices.Equal(keysOf(before), keys) {
		p.Keys[after.Name] = keys
	}
	return nil
}

func keysOf(m results.Member) []string {
	keys := make([]string, 0, len(m.Rows))
	for _, r := range m.Rows {
		keys = append(keys, r.Key)
	}
	return keys
}
