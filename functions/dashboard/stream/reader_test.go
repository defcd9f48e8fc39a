package stream

import (
	"bufio"
	"fmt"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// rowKeys are the members that make the key of a row, as api.md has them.
var rowKeys = map[string][]string{
	"candidates":   {"id"},
	"regions":      {"state"},
	"hourly":       {"hour"},
	"minutes":      {"minute"},
	"demographics": {"state", "age_group", "gender"},
	"amendments":   {"window_start", "candidate", "revision", "amended_at"},
}

// sse is an event as a reader gets it.
type sse struct{ id, kind, data string }

// reader is a reader of a stream that follows api.md.
type reader struct {
	t        *testing.T
	lines    *bufio.Scanner
	protocol string
	document map[string]any
	version  string
}

func (r *reader) next() (e sse, ok bool) {
	for r.lines.Scan() {
		name, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			if e.kind != "" {
				return e, true
			}
		}
	}
	return e, false
}

// apply brings the reader's document up to date.
func (r *reader) apply(e sse) {
	r.t.Helper()
	switch e.kind {
	case "results":
		r.document = sample.Decode(r.t, []byte(e.data))
	case "patch":
		p := sample.Decode(r.t, []byte(e.data))
		if p["from"] != r.version {
			r.t.Fatalf("patch from %v for a reader of %s", p["from"], r.version)
		}
		merge(r.document, p["patch"].(map[string]any))
		r.rows(p)
	}
	if r.version = e.id; r.document["version"] != e.id {
		r.t.Fatalf("event %s has the id %s, and the document the version %v", e.kind, e.id, r.document["version"])
	}
}

func (r *reader) rows(p map[string]any) {
	rows, _ := p["rows"].(map[string]any)
	keys, _ := p["keys"].(map[string]any)
	for section, members := range rowKeys {
		byKey, order := map[string]map[string]any{}, []string{}
		for _, row := range r.document[section].([]any) {
			key := keyOf(row.(map[string]any), members)
			byKey[key] = row.(map[string]any)
			order = append(order, key)
		}
		changed, _ := rows[section].(map[string]any)
		for key, change := range changed {
			if byKey[key] == nil {
				byKey[key] = map[string]any{}
			}
			merge(byKey[key], change.(map[string]any))
		}
		if all, ok := keys[section].([]any); ok {
			order = order[:0]
			for _, key := range all {
				order = append(order, key.(string))
			}
		}
		list := []any{}
		for _, key := range order {
			if byKey[key] == nil {
				r.t.Fatalf("%s has no row %s", section, key)
			}
			list = append(list, byKey[key])
		}
		r.document[section] = list
	}
}

// keyOf is the key of a row whose members make it.
func keyOf(row map[string]any, members []string) string {
	var parts []string
	for _, name := range members {
		part := ""
		if value := row[name]; value != nil {
			part = fmt.Sprint(value)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "|")
}

// merge applies an RFC 7396 merge patch.
func merge(target, patch map[string]any) {
	for name, value := range patch {
		sub, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(target, name)
		case isObject:
			inner, ok := target[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				target[name] = inner
			}
			merge(inner, sub)
		default:
			target[name] = value
		}
	}
}

// withoutNulls drops members that are null: readers treat them as absent.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		clean := map[string]any{}
		for name, inner := range v {
			if inner != nil {
				clean[name] = withoutNulls(inner)
			}
		}
		return clean
	case []any:
		clean := []any{}
		for _, inner := range v {
			clean = append(clean, withoutNulls(inner))
		}
		return clean
	}
	return value
}
