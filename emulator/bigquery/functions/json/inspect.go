package json

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"sort"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// inspect are functions that say what JSON holds.
var inspect = function.Group{
	Scalars: map[string]function.Scalar{
		"json_type": function.SQL("bq_json_type($1)"),
		"json_keys": func(c *function.Call) string {
			return "bq_json_keys(" + c.Args[0] + ", " + c.Arg(1, "9223372036854775807") + ", " + c.Arg(2, "'strict'") + ")"
		},
		"json_contains": function.SQL("bq_json_contains($1, $2)"),
		"json_flatten":  function.SQL("bq_json_flatten($1)"),
	},
	Natives: []function.Native{
		{Name: "bq_json_type", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			return typeName(v), err
		}},
		{Name: "bq_json_flatten", Args: function.Types{function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			if err != nil {
				return nil, err
			}
			return flattened([]string{}, v), nil
		}},
		{Name: "bq_json_keys", Args: function.Types{function.Text, function.Integer, function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			if err != nil {
				return nil, err
			}
			seen := map[string]bool{}
			collectKeys(v, "", a[1].(int64), strings.ToLower(a[2].(string)), seen)
			keys := []string{}
			for k := range seen {
				keys = append(keys, k)
			}
			sort.Strings(keys)
			return keys, nil
		}},
		{Name: "bq_json_contains", Args: function.Types{function.Text, function.Text}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			w, err2 := Parse(a[1].(string))
			return containsJSON(v, w), errors.Join(err, err2)
		}},
	},
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	default:
		return "object"
	}
}

// collectKeys collects the paths of keys to a depth. Arrays are left out
// (strict), or entered once (lax) or always (lax recursive).
func collectKeys(v any, prefix string, depth int64, mode string, seen map[string]bool) {
	switch x := v.(type) {
	case *Object:
		if depth < 1 {
			return
		}
		for _, k := range x.Keys {
			path := prefix + k
			if strings.ContainsAny(k, ". []\"") {
				path = prefix + quoteJSON(k)
			}
			seen[path] = true
			inner, isList := x.Values[k].([]any)
			if isList && mode == "strict" {
				continue
			}
			if isList && mode == "lax" {
				for _, e := range inner {
					if _, nested := e.([]any); !nested {
						collectKeys(e, path+".", depth-1, mode, seen)
					}
				}
				continue
			}
			collectKeys(x.Values[k], path+".", depth-1, mode, seen)
		}
	case []any:
		if mode == "strict" {
			return
		}
		for _, e := range x {
			if _, nested := e.([]any); nested && mode == "lax" {
				continue
			}
			collectKeys(e, prefix, depth, mode, seen)
		}
	}
}

func containsJSON(v, w any) bool {
	if writeJSON(sortKeys(v)) == writeJSON(sortKeys(w)) {
		return true
	}
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			if containsJSON(e, w) {
				return true
			}
		}
	case *Object:
		for _, e := range x.Values {
			if containsJSON(e, w) {
				return true
			}
		}
	}
	return false
}

// flattened adds a value to a list, or those in an array and the arrays in it.
func flattened(list []string, v any) []string {
	elements, ok := v.([]any)
	if !ok {
		return append(list, writeJSON(v))
	}
	for _, e := range elements {
		list = flattened(list, e)
	}
	return list
}
