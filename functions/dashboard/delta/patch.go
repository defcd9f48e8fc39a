// Package delta works out what has changed between two versions of the document of the
// results. Two encodings go in; a Patch comes out that turns one into the other.
// Patches that follow each other can be joined.
package delta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

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
	p := &Patch{From: from.Version, Version: to.Version, Patch: map[string]any{"version": to.Version}, Keys: map[string][]string{}, changed: map[string][]results.Row{}}
	for i, after := range to.Members {
		before := from.Members[i] // every document has the same members
		switch {
		case bytes.Equal(before.Raw, after.Raw):
		case after.List:
			p.compareRows(before, after)
		default:
			var old, new any
			if err := json.Unmarshal(before.Raw, &old); err != nil {
				return nil, fmt.Errorf("compare %s: %w", after.Name, err)
			}
			if err := json.Unmarshal(after.Raw, &new); err != nil {
				return nil, fmt.Errorf("compare %s: %w", after.Name, err)
			}
			p.Patch[after.Name] = mergePatch(old, new)
		}
	}
	p.fill()
	return p, nil
}

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

// mergePatch is what turns old into new, as RFC 7396 has it: only members that
// differ, null for those that are gone.
func mergePatch(old, new any) any {
	before, isObject := old.(map[string]any)
	after, stillIs := new.(map[string]any)
	if !isObject || !stillIs {
		return new
	}
	p := map[string]any{}
	for name, value := range after {
		was, had := before[name]
		if !had || !equal(was, value) {
			p[name] = mergePatch(was, value)
		}
	}
	for name := range before {
		if _, has := after[name]; !has {
			p[name] = nil
		}
	}
	return p
}

// equal compares decoded JSON.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, value := range a {
			if other, has := b[name]; !has || !equal(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	default:
		return a == b
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
// that this would get wrong.
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
