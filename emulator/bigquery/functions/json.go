package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"
)

// object is a JSON object in the order of its keys' lengths and names, as
// BigQuery keeps values of type JSON. Text keeps the order of its keys.
type object struct {
	keys   []string
	values map[string]any
}

// parseJSON reads JSON: nil, bool, json.Number, string, []any or *object.
func parseJSON(s string) (any, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	v, err := readJSON(d)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errorf("unexpected text behind the value")
		}
	}
	if err != nil {
		return nil, errorf("syntax error while parsing JSON: %v", err)
	}
	return v, nil
}

func readJSON(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readJSON(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		o := &object{values: map[string]any{}}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := readJSON(d)
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if _, twice := o.values[name]; !twice { // BigQuery keeps the first
				o.set(name, v)
			}
		}
		_, err := d.Token()
		return o, err
	}
	return token, nil
}

func (o *object) set(key string, v any) {
	if _, known := o.values[key]; !known {
		o.keys = append(o.keys, key)
	}
	o.values[key] = v
}

func (o *object) remove(key string) {
	delete(o.values, key)
	for i, k := range o.keys {
		if k == key {
			o.keys = append(o.keys[:i:i], o.keys[i+1:]...)
			return
		}
	}
}

// writeJSON writes JSON without spaces.
func writeJSON(v any) string {
	var b strings.Builder
	appendJSON(&b, v)
	return b.String()
}

func appendJSON(b *strings.Builder, v any) {
	switch x := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		fmt.Fprint(b, x)
	case json.Number:
		b.WriteString(x.String())
	case string:
		b.WriteString(quoteJSON(x))
	case []any:
		b.WriteByte('[')
		for i, e := range x {
			if i > 0 {
				b.WriteByte(',')
			}
			appendJSON(b, e)
		}
		b.WriteByte(']')
	case *object:
		b.WriteByte('{')
		for i, k := range x.keys {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoteJSON(k))
			b.WriteByte(':')
			appendJSON(b, x.values[k])
		}
		b.WriteByte('}')
	}
}

// quoteJSON is a JSON string without the escapes that HTML needs.
func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// sortKeys orders the keys of all objects, as the type JSON does.
func sortKeys(v any) any {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			sortKeys(e)
		}
	case *object:
		sort.Strings(x.keys)
		for _, e := range x.values {
			sortKeys(e)
		}
	}
	return v
}

// step is a step of a JSON path: a key, or an index when key is nil.
type step struct {
	key   *string
	index int
}

// parsePath reads a JSON path: $.a["b"][0]; legacy paths quote with ”.
func parsePath(path string) ([]step, error) {
	invalid := errorf("Invalid JSONPath expression: %s", path)
	if !strings.HasPrefix(path, "$") {
		return nil, errorf("JSONPath must start with '$'")
	}
	var steps []step
	for rest := path[1:]; rest != ""; {
		var s step
		var err error
		switch rest[0] {
		case '.':
			s, rest, err = dotted(rest[1:])
		case '[':
			s, rest, err = bracketed(rest[1:])
		default:
			err = invalid
		}
		if err != nil {
			return nil, invalid
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func dotted(rest string) (step, string, error) {
	if strings.HasPrefix(rest, `"`) {
		key, after, err := quoted(rest)
		return step{key: &key}, after, err
	}
	n := strings.IndexAny(rest, ".[")
	if n < 0 {
		n = len(rest)
	}
	if n == 0 {
		return step{}, "", io.ErrUnexpectedEOF
	}
	key := rest[:n]
	return step{key: &key}, rest[n:], nil
}

func bracketed(rest string) (step, string, error) {
	rest = strings.TrimLeft(rest, " ")
	if strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "'") {
		key, after, err := quoted(rest)
		if err != nil || !strings.HasPrefix(after, "]") {
			return step{}, "", io.ErrUnexpectedEOF
		}
		return step{key: &key}, after[1:], nil
	}
	inner, after, ok := strings.Cut(rest, "]")
	index := 0
	if _, err := fmt.Sscanf(strings.TrimSpace(inner), "%d", &index); err != nil || !ok || index < 0 {
		return step{}, "", io.ErrUnexpectedEOF
	}
	return step{index: index}, after, nil
}

// quoted reads a quoted key and returns what follows it.
func quoted(s string) (key, after string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == s[0]:
			return b.String(), s[i+1:], nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", io.ErrUnexpectedEOF
}

// find follows a path; found tells a JSON null from nothing.
func find(v any, path []step) (out any, found bool) {
	for _, s := range path {
		switch x := v.(type) {
		case *object:
			if s.key == nil {
				return nil, false
			}
			if v, found = x.values[*s.key]; !found {
				return nil, false
			}
		case []any:
			if s.key != nil || s.index >= len(x) {
				return nil, false
			}
			v = x[s.index]
		default:
			return nil, false
		}
	}
	return v, true
}
