package json

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// Object is a JSON object in the order of its keys' lengths and names, as
// BigQuery keeps values of type JSON. Text keeps the order of its keys.
type Object struct {
	Keys   []string
	Values map[string]any
}

// Parse reads JSON: nil, bool, json.Number, string, []any or *Object.
func Parse(s string) (any, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	v, err := readJSON(d)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = function.Errorf("unexpected text behind the value")
		}
	}
	if err != nil {
		return nil, function.Errorf("syntax error while parsing JSON: %v", err)
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
		o := &Object{Values: map[string]any{}}
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
			if _, twice := o.Values[name]; !twice { // BigQuery keeps the first
				o.set(name, v)
			}
		}
		_, err := d.Token()
		return o, err
	}
	return token, nil
}

func (o *Object) set(key string, v any) {
	if _, known := o.Values[key]; !known {
		o.Keys = append(o.Keys, key)
	}
	o.Values[key] = v
}

func (o *Object) remove(key string) {
	delete(o.Values, key)
	for i, k := range o.Keys {
		if k == key {
			o.Keys = append(o.Keys[:i:i], o.Keys[i+1:]...)
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
	case *Object:
		b.WriteByte('{')
		for i, k := range x.Keys {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoteJSON(k))
			b.WriteByte(':')
			appendJSON(b, x.Values[k])
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
	case *Object:
		sort.Strings(x.Keys)
		for _, e := range x.Values {
			sortKeys(e)
		}
	}
	return v
}
