package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// patch is what changes from one version of a document to another, see api.md.
type patch struct {
	From    string                       `json:"from"`
	Version string                       `json:"version"`
	Patch   map[string]any               `json:"patch"`          // an RFC 7396 merge patch
	Rows    map[string][]json.RawMessage `json:"rows,omitempty"` // new and changed ones
	Keys    map[string][]string          `json:"keys,omitempty"` // of all rows, in order

	changed map[string][]row // Rows with their keys
}

// newPatch compares two versions of a document.
func newPatch(from, to *encoding) (*patch, error) {
	p := &patch{From: from.version, Version: to.version, Patch: map[string]any{"version": to.version}, Keys: map[string][]string{}, changed: map[string][]row{}}
	for i, after := range to.members {
		before := from.members[i] // every document has the same members
		switch {
		case bytes.Equal(before.raw, after.raw):
		case after.list:
			p.compareRows(before, after)
		default:
			var old, new any
			if err := json.Unmarshal(before.raw, &old); err != nil {
				return nil, fmt.Errorf("compare %s: %w", after.name, err)
			}
			if err := json.Unmarshal(after.raw, &new); err != nil {
				return nil, fmt.Errorf("compare %s: %w", after.name, err)
			}
			p.Patch[after.name] = mergePatch(old, new)
		}
	}
	p.fill()
	return p, nil
}

// compareRows notes which rows are new or have changed, and all keys where they
// or their order did.
func (p *patch) compareRows(before, after member) {
	old := make(map[string]json.RawMessage, len(before.rows))
	for _, r := range before.rows {
		old[r.key] = r.raw
	}
	for _, r := range after.rows {
		if !bytes.Equal(old[r.key], r.raw) {
			p.changed[after.name] = append(p.changed[after.name], r)
		}
	}
	if keys := after.keys(); !slices.Equal(before.keys(), keys) {
		p.Keys[after.name] = keys
	}
}

func (m member) keys() []string {
	keys := make([]string, 0, len(m.rows))
	for _, r := range m.rows {
		keys = append(keys, r.key)
	}
	return keys
}

// fill sets Rows from changed.
func (p *patch) fill() {
	p.Rows = map[string][]json.RawMessage{}
	for name, rows := range p.changed {
		for _, r := range rows {
			p.Rows[name] = append(p.Rows[name], r.raw)
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

// joined puts patches that follow each other together.
func joined(patches []*patch) *patch {
	first, last := patches[0], patches[len(patches)-1]
	j := &patch{From: first.From, Version: last.Version, Patch: map[string]any{}, Keys: map[string][]string{}, changed: map[string][]row{}}
	rows := map[string]map[string]row{}
	for _, p := range patches {
		j.Patch = mergeBoth(j.Patch, p.Patch)
		for name, keys := range p.Keys {
			j.Keys[name] = keys
		}
		for name, changed := range p.changed {
			if rows[name] == nil {
				rows[name] = map[string]row{}
			}
			for _, r := range changed {
				rows[name][r.key] = r
			}
		}
	}
	for name, byKey := range rows {
		keys, moved := j.Keys[name]
		for _, r := range byKey {
			if !moved || slices.Contains(keys, r.key) { // rows that have gone again
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
