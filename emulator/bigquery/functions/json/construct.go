package json

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/times"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// construct are functions that make JSON of values.
var construct = function.Group{
	Scalars: map[string]function.Scalar{
		"parse_json":     func(c *function.Call) string { return "bq_parse_json(" + c.Args[0] + ", " + c.Arg(1, "'exact'") + ")" },
		"to_json":        toJSON,
		"to_json_string": toJSONString,
		"json_array":     jsonArray,
		"json_object":    jsonObject,
	},
	Natives: []function.Native{
		{Name: "bq_parse_json", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			v, err := Parse(a[0].(string))
			if err != nil {
				return nil, function.Errorf("Invalid input to PARSE_JSON: %v", err)
			}
			v, err = normalizeNumbers(v, a[1].(string))
			return writeJSON(sortKeys(v)), err
		}},
		{Name: "bq_quote_json", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return quoteJSON(a[0].(string)), nil
		}},
		{Name: "bq_float_to_json", Args: function.Types{function.Double}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			f := a[0].(float64)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return quoteJSON(cast.FormatFloat(f)), nil
			}
			return cast.FormatFloat(f), nil
		}},
		{Name: "bq_numeric_to_json", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			s := cast.TrimDecimal(a[0].(string))
			f, err := json.Number(s).Float64()
			if err == nil && cast.FormatFloat(f) == s {
				return s, nil
			}
			return quoteJSON(s), nil
		}},
		{Name: "bq_numeric_to_json_string", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			s := cast.TrimDecimal(a[0].(string))
			if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= -1<<53 && n <= 1<<53 {
				return s, nil
			}
			return quoteJSON(s), nil
		}},
		{Name: "bq_timestamp_to_json", Args: function.Types{function.Timestamp}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return quoteJSON(times.WithFraction(a[0].(time.Time), "2006-01-02T15:04:05") + "Z"), nil
		}},
		{Name: "bq_datetime_to_json", Args: function.Types{function.Timestamp}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return quoteJSON(times.WithFraction(a[0].(time.Time), "2006-01-02T15:04:05")), nil
		}},
		{Name: "bq_json_pretty", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			var b bytes.Buffer
			err := json.Indent(&b, []byte(a[0].(string)), "", "  ")
			return b.String(), err
		}},
		{Name: "bq_json_object", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			var keys []*string
			var values []string
			if err := errors.Join(json.Unmarshal([]byte(a[0].(string)), &keys), json.Unmarshal([]byte(a[1].(string)), &values)); err != nil {
				return nil, err
			}
			for i, name := range []string{"keys", "values"} {
				if a[i].(string) == "null" {
					return nil, function.Errorf("Invalid input to JSON_OBJECT: The %s array cannot be NULL", name)
				}
			}
			if len(keys) != len(values) {
				return nil, function.Errorf("Invalid input to JSON_OBJECT: The number of keys and values must match")
			}
			o := &Object{Values: map[string]any{}}
			for i, k := range keys {
				if k == nil {
					return nil, function.Errorf("Invalid input to JSON_OBJECT: A key cannot be NULL")
				}
				v, err := Parse(values[i])
				if err != nil {
					return nil, err
				}
				if _, twice := o.Values[*k]; !twice {
					o.set(*k, v)
				}
			}
			return writeJSON(sortKeys(o)), nil
		}},
	},
}

// Text is a value of any type as JSON text.
func Text(s function.Statement, x string, typ *types.Type) string { return text(s, x, typ, false) }

// text is Text; with quoted, numbers that FLOAT64 can't hold, and NUMERICs with a fraction,
// are strings
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions#json_encodings).
func text(s function.Statement, x string, typ *types.Type, quoted bool) string {
	if quoted {
		switch typ.Kind {
		case types.Int64:
			return fmt.Sprintf("coalesce(CASE WHEN %[1]s BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(%[1]s AS VARCHAR) ELSE '\"' || %[1]s || '\"' END, 'null')", x)
		case types.Numeric, types.BigNumeric:
			return "coalesce(bq_numeric_to_json_string(" + cast.Digits(x, typ) + "), 'null')"
		}
	}
	switch typ.Kind {
	case types.JSON:
		return "coalesce(" + x + ", 'null')"
	case types.Geography:
		bqerror.Refuse("JSON of GEOGRAPHY")
		return ""
	case types.Bool:
		return "coalesce(CAST(" + x + " AS VARCHAR), 'null')"
	case types.Int64:
		return "coalesce(CAST(" + x + " AS VARCHAR), 'null')"
	case types.Float64:
		return "coalesce(bq_float_to_json(" + x + "), 'null')"
	case types.Numeric, types.BigNumeric:
		return "coalesce(bq_numeric_to_json(" + cast.Digits(x, typ) + "), 'null')"
	case types.Bytes:
		return "coalesce(bq_quote_json(to_base64(" + x + ")), 'null')"
	case types.Timestamp:
		return "coalesce(bq_timestamp_to_json(" + x + "), 'null')"
	case types.Datetime:
		return "coalesce(bq_datetime_to_json(" + x + "), 'null')"
	case types.Array:
		e := s.Fresh("e")
		return fmt.Sprintf("coalesce('[' || array_to_string(list_transform(%s, lambda %s: %s), ',') || ']', 'null')", x, e, text(s, e, typ.Elem, quoted))
	case types.Range:
		bound := func(end string) string { return text(s, "bq_range_"+end+"("+x+")", typ.Elem, quoted) }
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN 'null' ELSE '{\"start\":' || %s || ',\"end\":' || %s || '}' END", x, bound("start"), bound("end"))
	case types.Struct:
		parts := make([]string, len(typ.Fields))
		for i, f := range typ.Fields {
			parts[i] = fmt.Sprintf("bq_quote_json(%s) || ':' || %s", ducksql.String(f.Name), text(s, ducksql.Field(x, typ, i), f.Type, quoted))
		}
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN 'null' ELSE '{' || %s || '}' END", x, strings.Join(parts, " || ',' || "))
	default:
		return "coalesce(bq_quote_json(" + cast.Convert(s, x, typ, types.Of(types.String)) + "), 'null')"
	}
}

// toJSON takes the argument stringify_wide_numbers.
func toJSON(c *function.Call) string {
	plain := Text(c, c.Args[0], c.Types[0])
	if len(c.Args) < 2 {
		return plain
	}
	return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", c.Args[1], text(c, c.Args[0], c.Types[0], true), plain)
}

func toJSONString(c *function.Call) string {
	json := text(c, c.Args[0], c.Types[0], true)
	if len(c.Args) > 1 {
		return fmt.Sprintf("CASE WHEN %[1]s THEN bq_json_pretty(%[2]s) WHEN NOT %[1]s THEN %[2]s END", c.Args[1], json)
	}
	return json
}

func jsonArray(c *function.Call) string {
	parts := make([]string, len(c.Args))
	for i, a := range c.Args {
		parts[i] = Text(c, a, c.Types[i])
	}
	if len(parts) == 0 {
		return "'[]'"
	}
	return "('[' || " + strings.Join(parts, " || ',' || ") + " || ']')"
}

// jsonObject takes pairs, or an array of keys and one of values.
func jsonObject(c *function.Call) string {
	if len(c.Args) == 2 && c.Types[0].Kind == types.Array {
		e := c.Fresh("e")
		values := fmt.Sprintf("list_transform(%s, lambda %s: %s)", c.Args[1], e, Text(c, e, c.Types[1].Elem))
		return fmt.Sprintf("bq_json_object(coalesce(to_json(%s)::VARCHAR, 'null'), coalesce(to_json(%s)::VARCHAR, 'null'))", c.Args[0], values)
	}
	var keys, values []string
	for i := 0; i+1 < len(c.Args); i += 2 {
		keys = append(keys, c.Args[i])
		values = append(values, Text(c, c.Args[i+1], c.Types[i+1]))
	}
	if len(keys) == 0 {
		return "'{}'"
	}
	return fmt.Sprintf("bq_json_object(to_json([%s])::VARCHAR, to_json([%s])::VARCHAR)", strings.Join(keys, ", "), strings.Join(values, ", "))
}

// normalizeNumbers checks numbers: exact refuses what FLOAT64 would round.
func normalizeNumbers(v any, mode string) (any, error) {
	switch x := v.(type) {
	case json.Number:
		if _, err := x.Int64(); err == nil {
			return v, nil
		}
		if _, err := strconv.ParseUint(x.String(), 10, 64); err == nil {
			return v, nil
		}
		f, err := x.Float64()
		if err != nil {
			return nil, function.Errorf("Invalid input to PARSE_JSON: number %s is out of range", x)
		}
		exact, ok := new(big.Rat).SetString(x.String())
		if ok && mode != "round" && strings.EqualFold(mode, "exact") {
			shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
			if shortest == nil || exact.Cmp(shortest) != 0 {
				return nil, function.Errorf("Invalid input to PARSE_JSON: Input number: %s cannot round-trip through string representation", x)
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
	case *Object:
		for _, k := range x.Keys {
			n, err := normalizeNumbers(x.Values[k], mode)
			if err != nil {
				return nil, err
			}
			x.Values[k] = n
		}
	}
	return v, nil
}

// jsonFloat writes a float as JSON of BigQuery has it: 1.0 keeps its zero.
func jsonFloat(f float64) string {
	s := cast.FormatFloat(f)
	if !strings.ContainsAny(s, ".eEnN") {
		s += ".0"
	}
	return s
}
