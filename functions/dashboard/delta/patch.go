// Package delta works out what has changed between two versions of the document of the
// results. Two encodings go in; a Patch comes out that turns one into the other.
// Patches that follow each other can be joined.
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
	From    string                       `json:"from"`
	Version string                       `json:"version"`
	Patch   map[string]any               `json:"patch"`          // an RFC 7396 merge patch
	Rows    map[string][]json.RawMessage `json:"rows,omitempty"` // new and changed ones
	Keys    map[string][]string          `json:"keys,omitempty"` // of all rows, in order

	changed map[string][]results.Row // Rows with their keys
}

// Between compares two versions of a document.
func Between(from, to *results.Encoding) (*Patch, error) {
	p := &Patch{From: from.Version, Version: to.Version, Keys: map[string][]string{}, changed: map[string][]results.Row{}}
	before, after := newObject(from.Version), newObject(to.Version)
	for i, m := range to.Members {
		was := from.Members[i] // every document has the same members
		switch {
		case bytes.Equal(was.Raw, m.Raw):
		case m.List:
			p.compareRows(was, m)
		default:
			before.add(was)
			after.add(m)
		}
	}
	merge, err := jsonpatch.CreateMergePatch(before.bytes(), after.bytes())
	if err == nil {
		err = json.Unmarshal(merge, &p.Patch)
	}
	if err != nil {
		return nil, fmt.Errorf("compare versions %s and %s: %w", from.Version, to.Version, err)
	}
	p.fill()
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

// compareRows notes which rows are new or have changed, and all keys where they
// or their order did.
func (p *Patch) compareRows(before, after results.Member) {
	old := make(map[string]json.RawMessage, len(before.Rows))
	for _, r := range before.Rows {
		old[r.Key] = r.Raw
	}
	for _, r := range after.Rows {
		if !bytes.Equal(old[r.Key], r.Raw) {
			p.changed[after.Name] = append(p.changed[after.Name], r)
		}
	}
	if keys := keysOf(after); !slices.Equal(keysOf(before), keys) {
		p.Keys[after.Name] = keys
	}
}

func keysOf(m results.Member) []string {
	keys := make([]string, 0, len(m.Rows))
	for _, r := range m.Rows {
		keys = append(keys, r.Key)
	}
	return keys
}

// fill sets Rows from changed.
func (p *Patch) fill() {
	p.Rows = map[string][]json.RawMessage{}
	for name, rows := range p.changed {
		for _, r := range rows {
			p.Rows[name] = append(p.Rows[name], r.Raw)
		}
	}
}

// Join puts patches that follow each other together.
func Join(patches []*Patch) *Patch {
	first, last := patches[0], patches[len(patches)-1]
	j := &Patch{From: first.From, Version: last.Version, Patch: map[string]any{}, Keys: map[string][]string{}, changed: map[string][]results.Row{}}
	rows := map[string]map[string]results.Row{}
	for _, p := range patches {
		j.Patch = mergeBoth(j.Patch, p.Patch)
		for name, keys := range p.Keys {
			j.Keys[name] = keys
		}
		for name, changed := range p.changed {
			if rows[name] == nil {
				rows[name] = map[string]results.Row{}
			}
			for _, r := range changed {
				rows[name][r.Key] = r
			}
		}
	}
	for name, byKey := range rows {
		keys, moved := j.Keys[name]
		for _, r := range byKey {
			if !moved || slices.Contains(keys, r.Key) { // rows that have gone again
				j.changed[name] = append(j.changed[name], r)
			}
		}
	}
	j.fill()
	return j
}

// mergeBoth is the merge patch that does what one and then another do. No
// object of the document is ever null and an object again later, the one case
// that this would get wrong. jsonpatch.MergeMergePatches also takes the nulls out
// of rows that stand in a list, which the document has.
func mergeBoth(first, then map[string]any) map[string]any {
	both := map[string]any{}
	for name, value := range first {
		both[name] = value
	}
	for name, value := range then {
		a, isObject := both[name].(map[string]any)
		b, stillIs := value.(map[string]any)
		if isObject && stillIs {
			both[name] = mergeBoth(a, b)
			continue
		}
		both[name] = value
	}
	return both
}
