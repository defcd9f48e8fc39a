package json

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
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
			if a[1].(int64) < 1 {
				return nil, function.Errorf("max_depth must be positive.")
			}
			mode := strings.Join(strings.Fields(strings.ToLower(a[2].(string))), " ")
			if mode == "recursive lax" {
				mode = "lax recursive"
			}
			if mode != "strict" && mode != "lax" && mode != "lax recursive" {
				return nil, function.Errorf("Invalid JSON mode specified: %s", a[2])
			}
			seen := map[string]bool{}
			collectKeys(v, "", a[1].(int64), mode, seen)
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
			return containsJSON(v, w, true), errors.Join(err, err2)
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

// containsJSON reports whether JSON has all of another: each member of an object, each element of an array, whose order and
// number don't count. An array also contains a scalar that is one of its elements, unless it is itself inside.
func containsJSON(v, w any, outermost bool) bool {
	switch target := w.(type) {
	case *Object:
		o, _ := v.(*Object)
		if o == nil {
			return false
		}
		for k, e := range target.Values {
			if member, found := o.Values[k]; !found || !containsJSON(member, e, false) {
				return false
			}
		}
		return true
	case []any:
		list, isList := v.([]any)
		for _, e := range target {
			if !slices.ContainsFunc(list, func(x any) bool { return containsJSON(x, e, false) }) {
				return false
			}
		}
		return isList
	}
	if list, ok := v.([]any); ok {
		return outermost && slices.ContainsFunc(list, func(x any) bool { return containsJSON(x, w, false) })
	}
	if _, ok := v.(*Object); ok {
		return false
	}
	return sameScalar(v, w)
}

// sameScalar compares numbers by value: a whole one exactly, another as the FLOAT64 that it is.
func sameScalar(v, w any) bool {
	n, ok := v.(json.Number)
	m, ok2 := w.(json.Number)
	if !ok || !ok2 {
		return v == w
	}
	a, b := exactNumber(n), exactNumber(m)
	return a != nil && b != nil && a.Cmp(b) == 0
}

func exactNumber(n json.Number) *big.Rat {
	if i, ok := new(big.Int).SetString(n.String(), 10); ok && (i.IsInt64() || i.IsUint64()) {
		return new(big.Rat).SetInt(i)
	}
	f, err := n.Float64()
	if err != nil {
		return nil
	}
	return new(big.Rat).SetFloat64(f)
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
