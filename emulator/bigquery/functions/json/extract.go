package json

import (
	"database/sql/driver"
	"encoding/json"
	"strconv"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// extract are parts of JSON by a path.
var extract = function.Group{
	Scalars: map[string]function.Scalar{
		"json_value":                jsonPath("bq_json_value"),
		"json_extract_scalar":       jsonPath("bq_json_extract_scalar"),
		"json_query":                jsonQuery("bq_json_query"),
		"json_extract":              jsonQuery("bq_json_extract"),
		"json_value_array":          jsonPath("bq_json_value_array"),
		"json_extract_string_array": jsonPath("bq_json_extract_string_array"),
		"json_query_array":          jsonPath("bq_json_query_array"),
		"json_extract_array":        jsonPath("bq_json_extract_array"),
		"$subscript":                subscript,
	},
	Natives: []function.Native{
		at("bq_json_value", parsePath, func(v any) any { return scalarText(v) }),
		at("bq_json_extract_scalar", parseLegacyPath, func(v any) any { return scalarText(v) }),
		{Name: "bq_json_query", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			if path, recursive, lax, err := laxPath(a[1].(string)); lax || err != nil {
				if err != nil {
					return nil, err
				}
				return queryLax(a[0].(string), path, recursive)
			}
			found, ok, err := lookup(a[0], a[1], parsePath)
			if err != nil || !ok {
				return nil, err
			}
			return writeJSON(found), nil
		}},
		at("bq_json_extract", parseLegacyPath, func(v any) any { return writeJSON(v) }),
		listAt("bq_json_value_array", parsePath, true),
		listAt("bq_json_extract_string_array", parseLegacyPath, true),
		listAt("bq_json_query_array", parsePath, false),
		listAt("bq_json_extract_array", parseLegacyPath, false),
		{Name: "bq_json_field", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			key := a[1].(string)
			return follow(a[0].(string), []segment{{key: &key}})
		}},
		{Name: "bq_json_element", Args: function.Types{function.Text, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			if a[1].(int64) < 0 {
				return nil, nil
			}
			return follow(a[0].(string), []segment{{index: int(a[1].(int64))}})
		}},
	},
}

func jsonPath(name string) function.Scalar {
	return func(c *function.Call) string { return name + "(" + c.Args[0] + ", " + c.Arg(1, "'$'") + ")" }
}

// jsonQuery is a function whose result has the type of its argument. A JSON
// null stays one in JSON, and is NULL as text.
func jsonQuery(name string) function.Scalar {
	return func(c *function.Call) string {
		out := jsonPath(name)(c)
		if c.Types[0].Kind == types.String {
			return "nullif(" + out + ", 'null')"
		}
		return out
	}
}

// subscript is JSON's x['a'] or x[0].
func subscript(c *function.Call) string {
	if c.Types[0].Kind != types.JSON {
		bqerror.Refuse("a subscript of %s", c.Types[0])
	}
	if c.Types[1].Kind == types.Int64 {
		return c.Fill("bq_json_element($1, $2)")
	}
	return c.Fill("bq_json_field($1, $2)")
}

// lookup returns the value at a path of a JSON text; nothing if the text isn't JSON.
func lookup(text, path driver.Value, parse func(string) ([]segment, error)) (found any, ok bool, err error) {
	segments, err := parse(path.(string))
	if err != nil {
		return nil, false, err
	}
	if !json.Valid([]byte(text.(string))) {
		return nil, false, nil
	}
	inner, ok := part(text.(string), segments)
	if !ok {
		return nil, false, nil
	}
	found, err = value(inner)
	return found, err == nil, nil
}

// at is a function of a text and a path that converts what it finds there; NULL
// where it finds nothing.
func at(name string, parse func(string) ([]segment, error), convert func(v any) any) function.Native {
	return function.Native{Name: name, Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
		found, ok, err := lookup(a[0], a[1], parse)
		if err != nil || !ok {
			return nil, err
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
func listAt(name string, parse func(string) ([]segment, error), scalars bool) function.Native {
	return function.Native{Name: name, Args: function.Types{function.Text, function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
		found, _, err := lookup(a[0], a[1], parse)
		if err != nil {
			return nil, err
		}
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

func follow(s string, path []segment) (any, error) {
	v, err := Parse(s)
	if err != nil {
		return nil, err
	}
	found, ok := find(v, path)
	if !ok {
		return nil, nil
	}
	return writeJSON(found), nil
}
