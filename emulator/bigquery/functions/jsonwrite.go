package functions

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// elements marks an array argument of a mutation whose elements are meant.
const elements = "\x01"

// jsonWriteFunctions make and change JSON.
var jsonWriteFunctions = []scalar{
	{name: "bq_quote_json", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return quoteJSON(a[0].(string)), nil
	}},
	{name: "bq_float_to_json", args: []duckdb.Type{double}, result: text, call: func(a []driver.Value) (any, error) {
		f := a[0].(float64)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return quoteJSON(FormatFloat(f)), nil
		}
		return FormatFloat(f), nil
	}},
	{name: "bq_numeric_to_json", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		s := trimDecimal(a[0].(string))
		f, err := json.Number(s).Float64()
		if err == nil && FormatFloat(f) == s {
			return s, nil
		}
		return quoteJSON(s), nil
	}},
	{name: "bq_timestamp_to_json", args: []duckdb.Type{timestamp}, result: text, call: func(a []driver.Value) (any, error) {
		return quoteJSON(withFraction(a[0].(time.Time), "2006-01-02T15:04:05") + "Z"), nil
	}},
	{name: "bq_datetime_to_json", args: []duckdb.Type{timestamp}, result: text, call: func(a []driver.Value) (any, error) {
		return quoteJSON(withFraction(a[0].(time.Time), "2006-01-02T15:04:05")), nil
	}},
	{name: "bq_json_pretty", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		var b bytes.Buffer
		err := json.Indent(&b, []byte(a[0].(string)), "", "  ")
		return b.String(), err
	}},
	{name: "bq_json_object", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		var keys []*string
		var values []string
		if err := errors.Join(json.Unmarshal([]byte(a[0].(string)), &keys), json.Unmarshal([]byte(a[1].(string)), &values)); err != nil {
			return nil, err
		}
		if len(keys) != len(values) {
			return nil, errorf("Invalid input to JSON_OBJECT: The number of keys and values must match")
		}
		o := &object{values: map[string]any{}}
		for i, k := range keys {
			if k == nil {
				return nil, errorf("Invalid input to JSON_OBJECT: A key cannot be NULL")
			}
			v, err := parseJSON(values[i])
			if err != nil {
				return nil, err
			}
			if _, twice := o.values[*k]; !twice {
				o.set(*k, v)
			}
		}
		return writeJSON(sortKeys(o)), nil
	}},
	mutation("bq_json_set", setJSON),
	mutation("bq_json_array_append", appendArray),
	mutation("bq_json_array_insert", insertArray),
	{name: "bq_json_remove", args: []duckdb.Type{text}, variadic: text, result: text, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		if err != nil {
			return nil, err
		}
		for _, p := range a[1:] {
			path, err := parsePath(p.(string))
			if err != nil {
				return nil, err
			}
			if len(path) == 0 {
				return nil, errorf("The JSONPath cannot be '$'")
			}
			v = removeAt(v, path)
		}
		return writeJSON(v), nil
	}},
	{name: "bq_json_strip_nulls", args: []duckdb.Type{text, text, boolean, boolean}, result: text, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		path, err2 := parsePath(a[1].(string))
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		found, ok := find(v, path)
		if !ok {
			return writeJSON(v), nil
		}
		stripped := strip(found, a[2].(bool), a[3].(bool))
		return writeJSON(replaceAt(v, path, stripped)), nil
	}},
}

// mutation is a function of an option, a text, and pairs of path and value.
// A NULL text is NULL; a NULL path or option too.
func mutation(name string, apply func(v any, path []step, value any, spread, option bool) (any, error)) scalar {
	return scalar{name: name, args: []duckdb.Type{text, text}, variadic: text, result: text, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[1].(string))
		if err != nil {
			return nil, err
		}
		for i := 2; i+1 < len(a); i += 2 {
			path, err := parsePath(a[i].(string))
			if err != nil {
				return nil, err
			}
			raw := a[i+1].(string)
			value, err := parseJSON(strings.TrimPrefix(raw, elements))
			if err != nil {
				return nil, err
			}
			if v, err = apply(v, path, value, strings.HasPrefix(raw, elements), a[0].(string) == "true"); err != nil {
				return nil, err
			}
		}
		return writeJSON(sortKeys(v)), nil
	}}
}

// setJSON sets a value, creating what is missing on the way if create.
func setJSON(v any, path []step, value any, _, create bool) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	s := path[0]
	if v == nil && create {
		if s.key != nil {
			v = &object{values: map[string]any{}}
		} else {
			v = []any{}
		}
	}
	switch x := v.(type) {
	case *object:
		if s.key == nil {
			return v, nil
		}
		old, found := x.values[*s.key]
		if !found && !create {
			return v, nil
		}
		n, err := setJSON(old, path[1:], value, false, create)
		if err == nil {
			x.set(*s.key, n)
		}
		return x, err
	case []any:
		if s.key != nil || s.index >= len(x) && !create {
			return v, nil
		}
		for len(x) <= s.index {
			x = append(x, nil)
		}
		n, err := setJSON(x[s.index], path[1:], value, false, create)
		x[s.index] = n
		return x, err
	}
	return v, nil
}

// appendArray appends a value, or the elements of an array, at a path.
func appendArray(v any, path []step, value any, spread, each bool) (any, error) {
	found, ok := find(v, path)
	if !ok {
		return v, nil
	}
	list, isList := found.([]any)
	if !isList && found != nil {
		return v, nil
	}
	if many, ok := value.([]any); ok && spread && each {
		list = append(list, many...)
	} else {
		list = append(list, value)
	}
	return replaceAt(v, path, list), nil
}

// insertArray inserts before the index that ends a path.
func insertArray(v any, path []step, value any, spread, each bool) (any, error) {
	if len(path) == 0 || path[len(path)-1].key != nil {
		return nil, errorf("The JSONPath of JSON_ARRAY_INSERT must end with an index")
	}
	index, parent := path[len(path)-1].index, path[:len(path)-1]
	found, ok := find(v, parent)
	if !ok {
		return v, nil
	}
	list, isList := found.([]any)
	if !isList && found != nil {
		return v, nil
	}
	insert := []any{value}
	if many, ok := value.([]any); ok && spread && each {
		insert = many
	}
	for len(list) < index {
		list = append(list, nil)
	}
	out := append(append(append([]any{}, list[:index]...), insert...), list[index:]...)
	return replaceAt(v, parent, out), nil
}

// replaceAt replaces the value at a path that exists.
func replaceAt(v any, path []step, value any) any {
	if len(path) == 0 {
		return value
	}
	switch x := v.(type) {
	case *object:
		x.set(*path[0].key, replaceAt(x.values[*path[0].key], path[1:], value))
	case []any:
		x[path[0].index] = replaceAt(x[path[0].index], path[1:], value)
	}
	return v
}

func removeAt(v any, path []step) any {
	s := path[0]
	switch x := v.(type) {
	case *object:
		if s.key == nil {
			return v
		}
		if len(path) == 1 {
			x.remove(*s.key)
		} else if inner, ok := x.values[*s.key]; ok {
			x.values[*s.key] = removeAt(inner, path[1:])
		}
	case []any:
		if s.key != nil || s.index >= len(x) {
			return v
		}
		if len(path) == 1 {
			return append(x[:s.index:s.index], x[s.index+1:]...)
		}
		x[s.index] = removeAt(x[s.index], path[1:])
	}
	return v
}

// strip removes nulls, from arrays too if arrays, and what is empty then if empty.
func strip(v any, arrays, empty bool) any {
	gone := func(e any) bool {
		if e == nil {
			return true
		}
		list, isList := e.([]any)
		o, isObject := e.(*object)
		return empty && (isList && len(list) == 0 || isObject && len(o.keys) == 0)
	}
	switch x := v.(type) {
	case *object:
		for _, k := range append([]string(nil), x.keys...) {
			x.values[k] = strip(x.values[k], arrays, empty)
			if gone(x.values[k]) {
				x.remove(k)
			}
		}
	case []any:
		out := []any{}
		for _, e := range x {
			if e = strip(e, arrays, empty); !arrays || !gone(e) {
				out = append(out, e)
			}
		}
		return out
	}
	return v
}
