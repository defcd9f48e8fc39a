package json

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// convert are conversions of JSON to other types.
var convert = function.Group{
	Scalars: map[string]function.Scalar{
		"bool":  function.SQL("bq_json_bool($1)"),
		"int64": function.SQL("bq_json_int64($1)"),
		"float64": func(c *function.Call) string {
			return "bq_json_float64(" + c.Args[0] + ", " + c.Arg(1, "'round'") + ")"
		},
		"bool_array":   jsonList("bq_json_bool"),
		"int64_array":  jsonList("bq_json_int64"),
		"string_array": jsonList("bq_json_string"),
		"float64_array": func(c *function.Call) string {
			return jsonElements(c, "bq_json_elements", "bq_json_float64", ", "+c.Arg(1, "'round'"))
		},
	},
	Natives: []function.Native{
		typed("bq_json_bool", function.Boolean, "BOOL", func(v any) (any, bool) { b, ok := v.(bool); return b, ok }),
		typed("bq_json_string", function.Text, "STRING", func(v any) (any, bool) { s, ok := v.(string); return s, ok }),
		typed("bq_json_int64", function.Integer, "INT64", func(v any) (any, bool) {
			n, ok := v.(json.Number)
			if !ok {
				return nil, false
			}
			return wholeNumber(n)
		}),
		{Name: "bq_json_float64", Args: function.Types{function.Text, function.Text}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			if err != nil {
				return nil, err
			}
			n, ok := v.(json.Number)
			if !ok {
				return nil, function.Errorf("The provided JSON input is not a number")
			}
			f, err := n.Float64()
			switch mode := a[1].(string); {
			case mode != "exact" && mode != "round":
				return nil, function.Errorf("Invalid `wide_number_mode` specified: %s", mode)
			case err != nil:
				return nil, function.Errorf("JSON number %s is out of the range of FLOAT64", n)
			case mode == "exact" && !strings.ContainsAny(n.String(), ".eE") && new(big.Rat).SetFloat64(f).Cmp(exactNumber(n)) != 0:
				return nil, function.Errorf("JSON number: %s cannot be converted to FLOAT64 without loss of precision", n)
			}
			return f, nil
		}},
		{Name: "bq_json_elements", Args: function.Types{function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			if err != nil {
				return nil, err
			}
			list, ok := v.([]any)
			if !ok {
				return nil, function.Errorf("The provided JSON input is not an array")
			}
			out := make([]string, len(list))
			for i, e := range list {
				out[i] = writeJSON(e)
			}
			return out, nil
		}},
	},
}

// jsonList converts each element of a JSON array.
func jsonList(name string) function.Scalar {
	return func(c *function.Call) string { return jsonElements(c, "bq_json_elements", name, "") }
}

// jsonElements converts the elements that a function finds.
func jsonElements(c *function.Call, elements, name, option string) string {
	e := c.Fresh("e")
	return fmt.Sprintf("list_transform(%s(%s), lambda %s: %s(%s%s))", elements, c.Args[0], e, name, e, option)
}

// typed extracts a value of one type from JSON.
func typed(name string, result duckdb.Type, typ string, convert func(v any) (any, bool)) function.Native {
	return function.Native{Name: name, Args: function.Types{function.Text}, Result: result, Call: func(a []driver.Value) (any, error) {
		v, err := Parse(a[0].(string))
		if err != nil {
			return nil, err
		}
		out, ok := convert(v)
		if !ok {
			return nil, function.Errorf("The provided JSON input is not %s", map[string]string{"BOOL": "a boolean", "STRING": "a string", "INT64": "an integer"}[typ])
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
