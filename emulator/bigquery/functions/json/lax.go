package json

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
)

// laxly are conversions of JSON that are NULL where they can't be done.
var laxly = function.Group{
	Scalars: map[string]function.Scalar{
		"lax_bool":          function.SQL("bq_json_lax_bool($1)"),
		"lax_int64":         function.SQL("bq_json_lax_int64($1)"),
		"lax_float64":       function.SQL("bq_json_lax_float64($1)"),
		"lax_string":        function.SQL("bq_json_lax_string($1)"),
		"lax_bool_array":    laxList("bq_json_lax_bool"),
		"lax_int64_array":   laxList("bq_json_lax_int64"),
		"lax_float64_array": laxList("bq_json_lax_float64"),
		"lax_string_array":  laxList("bq_json_lax_string"),
	},
	Natives: []function.Native{
		lax("bq_json_lax_bool", function.Boolean, laxBool),
		lax("bq_json_lax_int64", function.Integer, laxInt),
		lax("bq_json_lax_float64", function.Double, laxFloat),
		lax("bq_json_lax_string", function.Text, laxString),
	},
}

// laxList converts each element of a JSON array; it is NULL of what is no array.
func laxList(name string) function.Scalar {
	return func(c *function.Call) string {
		e := c.Fresh("e")
		return fmt.Sprintf("list_transform(bq_json_query_array(%s, '$'), lambda %s: %s(%s))", c.Args[0], e, name, e)
	}
}

// lax is a conversion whose result is NULL where the value can't be converted.
func lax(name string, result duckdb.Type, convert func(v any) any) function.Native {
	return function.Native{Name: name, Args: function.Types{function.Text}, Result: result, Call: func(a []driver.Value) (any, error) {
		v, err := Parse(a[0].(string))
		if err != nil {
			return nil, err
		}
		return convert(v), nil
	}}
}

func laxBool(v any) any {
	switch x := v.(type) {
	case bool:
		return x
	case string:
		switch strings.ToLower(x) {
		case "true":
			return true
		case "false":
			return false
		}
	case json.Number:
		if f, err := x.Float64(); err == nil {
			return f != 0
		}
	}
	return nil
}

func laxInt(v any) any {
	switch x := v.(type) {
	case bool:
		if x {
			return int64(1)
		}
		return int64(0)
	case string:
		v = json.Number(strings.TrimSpace(x))
	}
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := n.Float64()
	if r := math.Round(f); err == nil && math.Abs(r) < 1<<63 {
		return int64(r)
	}
	return nil
}

func laxFloat(v any) any {
	switch x := v.(type) {
	case string:
		if f, err := cast.ParseFloat(x); err == nil {
			return f
		}
	case json.Number:
		if f, err := x.Float64(); err == nil {
			return f
		}
	}
	return nil
}

// laxString writes a number that isn't whole as CAST does.
func laxString(v any) any {
	if n, ok := v.(json.Number); ok && exactNumber(n) != nil && strings.ContainsAny(n.String(), ".eE") {
		f, _ := n.Float64() // exactNumber has read it
		return cast.FormatFloat(f + 0)
	}
	return scalarText(v)
}
