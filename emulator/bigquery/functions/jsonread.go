package functions

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"sort"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// jsonReadFunctions take JSON apart.
var jsonReadFunctions = []scalar{
	{name: "bq_parse_json", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		if err != nil {
			return nil, errorf("Invalid input to PARSE_JSON: %v", err)
		}
		v, err = normalizeNumbers(v, a[1].(string))
		return writeJSON(sortKeys(v)), err
	}},
	at("bq_json_value", func(v any) any { return scalarText(v) }),
	at("bq_json_extract_scalar", func(v any) any { return scalarText(v) }),
	at("bq_json_query", func(v any) any { return writeJSON(v) }),
	at("bq_json_extract", func(v any) any { return writeJSON(v) }),
	listAt("bq_json_value_array", true), listAt("bq_json_extract_string_array", true),
	listAt("bq_json_query_array", false), listAt("bq_json_extract_array", false),
	{name: "bq_json_field", args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		key := a[1].(string)
		return follow(a[0].(string), []step{{key: &key}})
	}},
	{name: "bq_json_element", args: []duckdb.Type{text, integer}, result: text, call: func(a []driver.Value) (any, error) {
		if a[1].(int64) < 0 {
			return nil, nil
		}
		return follow(a[0].(string), []step{{index: int(a[1].(int64))}})
	}},
	typed("bq_json_bool", boolean, "BOOL", func(v any) (any, bool) { b, ok := v.(bool); return b, ok }),
	typed("bq_json_string", text, "STRING", func(v any) (any, bool) { s, ok := v.(string); return s, ok }),
	typed("bq_json_int64", integer, "INT64", func(v any) (any, bool) {
		n, ok := v.(json.Number)
		if !ok {
			return nil, false
		}
		return wholeNumber(n)
	}),
	{name: "bq_json_float64", args: []duckdb.Type{text, text}, result: double, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		if err != nil {
			return nil, err
		}
		n, ok := v.(json.Number)
		if !ok {
			return nil, errorf("The provided JSON input is not a number")
		}
		return n.Float64()
	}},
	lax("bq_json_lax_bool", boolean, laxBool),
	lax("bq_json_lax_int64", integer, laxInt),
	lax("bq_json_lax_float64", double, laxFloat),
	lax("bq_json_lax_string", text, laxString),
	{name: "bq_json_type", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		return typeName(v), err
	}},
	{name: "bq_json_keys", args: []duckdb.Type{text, integer, text}, result: textList, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
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
	{name: "bq_json_contains", args: []duckdb.Type{text, text}, result: boolean, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		w, err2 := parseJSON(a[1].(string))
		return containsJSON(v, w), errors.Join(err, err2)
	}},
}

// at is a function of a text and a path that converts what it finds there;
// text that isn't JSON is NULL.
func at(name string, convert func(v any) any) scalar {
	return scalar{name: name, args: []duckdb.Type{text, text}, result: text, call: func(a []driver.Value) (any, error) {
		path, err := parsePath(a[1].(string))
		if err != nil {
			return nil, err
		}
		v, err := parseJSON(a[0].(string))
		if err != nil {
			return nil, nil
		}
		found, ok := find(v, path)
		if !ok {
			return nil, nil
		}
		return convert(found), nil
	}}
}

// scalarText is a scalar without its quotes; nil for anything else.
func scalarText(v any) any {
	switch x := v.(type) {
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case json.Number:
		return x.String()
	}
	return nil
}

// listAt is a function of a text and a path to an array.
func listAt(name string, scalars bool) scalar {
	return scalar{name: name, args: []duckdb.Type{text, text}, result: textList, call: func(a []driver.Value) (any, error) {
		path, err := parsePath(a[1].(string))
		if err != nil {
			return nil, err
		}
		v, err := parseJSON(a[0].(string))
		if err != nil {
			return nil, nil
		}
		found, _ := find(v, path)
		list, ok := found.([]any)
		if !ok {
			return nil, nil
		}
		out := make([]any, len(list))
		for i, e := range list {
			switch {
			case !scalars:
				out[i] = writeJSON(e)
			case e == nil:
				out[i] = nil
			default:
				if out[i] = scalarText(e); out[i] == nil {
					return nil, nil
				}
			}
		}
		return out, nil
	}}
}

func follow(s string, path []step) (any, error) {
	v, err := parseJSON(s)
	if err != nil {
		return nil, err
	}
	found, ok := find(v, path)
	if !ok {
		return nil, nil
	}
	return writeJSON(found), nil
}

// typed extracts a value of one type from JSON.
func typed(name string, result duckdb.Type, typ string, convert func(v any) (any, bool)) scalar {
	return scalar{name: name, args: []duckdb.Type{text}, result: result, call: func(a []driver.Value) (any, error) {
		v, err := parseJSON(a[0].(string))
		if err != nil {
			return nil, err
		}
		out, ok := convert(v)
		if !ok {
			return nil, errorf("The provided JSON input is not %s", map[string]string{"BOOL": "a boolean", "STRING": "a string", "INT64": "an integer"}[typ])
		}
		return out, nil
	}}
}

func wholeNumber(n json.Number) (any, bool) {
	if i, err := n.Int64(); err == nil {
		return i, true
	}
	f, err := n.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return nil, false
	}
	return int64(f), true
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

// normalizeNumbers checks numbers: exact refuses what FLOAT64 would round.
func normalizeNumbers(v any, mode string) (any, error) {
	switch x := v.(type) {
	case json.Number:
		if _, err := x.Int64(); err == nil {
			return v, nil
		}
		f, err := x.Float64()
		if err != nil {
			return nil, errorf("Invalid input to PARSE_JSON: number %s is out of range", x)
		}
		exact, ok := new(big.Rat).SetString(x.String())
		if ok && mode != "round" && strings.EqualFold(mode, "exact") {
			shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
			if shortest == nil || exact.Cmp(shortest) != 0 {
				return nil, errorf("Invalid input to PARSE_JSON: Input number: %s cannot round-trip through string representation", x)
			}
		}
		return json.Number(jsonFloat(f)), nil
	case []any:
		for i := range x {
			n, err := normalizeNumbers(x[i], mode)
			if err != nil {
				return nil, err
			}
			x[i] = n
		}
	case *object:
		for _, k := range x.keys {
			n, err := normalizeNumbers(x.values[k], mode)
			if err != nil {
				return nil, err
			}
			x.values[k] = n
		}
	}
	return v, nil
}

// jsonFloat writes a float as JSON of BigQuery has it: 1.0 keeps its zero.
func jsonFloat(f float64) string {
	s := FormatFloat(f)
	if !strings.ContainsAny(s, ".eEnN") {
		s += ".0"
	}
	return s
}

// collectKeys collects the paths of keys to a depth. Arrays are left out
// (strict), or entered once (lax) or always (lax recursive).
func collectKeys(v any, prefix string, depth int64, mode string, seen map[string]bool) {
	switch x := v.(type) {
	case *object:
		if depth < 1 {
			return
		}
		for _, k := range x.keys {
			path := prefix + k
			if strings.ContainsAny(k, ". []\"") {
				path = prefix + quoteJSON(k)
			}
			seen[path] = true
			inner, isList := x.values[k].([]any)
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
			collectKeys(x.values[k], path+".", depth-1, mode, seen)
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
	case *object:
		for _, e := range x.values {
			if containsJSON(e, w) {
				return true
			}
		}
	}
	return false
}
