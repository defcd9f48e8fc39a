package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// JSON functions. A value of type JSON is its text in DuckDB.
var _ = register(map[string]function{
	"json_value": jsonPath("bq_json_value"), "json_extract_scalar": jsonPath("bq_json_extract_scalar"),
	"json_query": jsonQuery("bq_json_query"), "json_extract": jsonQuery("bq_json_extract"),
	"json_value_array": jsonPath("bq_json_value_array"), "json_extract_string_array": jsonPath("bq_json_extract_string_array"),
	"json_query_array": jsonPath("bq_json_query_array"), "json_extract_array": jsonPath("bq_json_extract_array"),
	"parse_json":        func(c *call) string { return "bq_parse_json(" + c.args[0] + ", " + c.arg(1, "'exact'") + ")" },
	"to_json":           func(c *call) string { return c.t.toJSON(c.args[0], c.types[0]) },
	"to_json_string":    toJSONString,
	"bool":              sql("bq_json_bool($1)"),
	"int64":             sql("bq_json_int64($1)"),
	"float64":           func(c *call) string { return "bq_json_float64(" + c.args[0] + ", " + c.arg(1, "'round'") + ")" },
	"double":            func(c *call) string { return "bq_json_float64(" + c.args[0] + ", " + c.arg(1, "'round'") + ")" },
	"lax_bool":          sql("bq_json_lax_bool($1)"),
	"lax_int64":         sql("bq_json_lax_int64($1)"),
	"lax_float64":       sql("bq_json_lax_float64($1)"),
	"lax_double":        sql("bq_json_lax_float64($1)"),
	"lax_string":        sql("bq_json_lax_string($1)"),
	"bool_array":        jsonList("bq_json_bool"),
	"int64_array":       jsonList("bq_json_int64"),
	"string_array":      jsonList("bq_json_string"),
	"float64_array":     func(c *call) string { return c.jsonElements("bq_json_float64", ", 'round'") },
	"lax_bool_array":    jsonList("bq_json_lax_bool"),
	"lax_int64_array":   jsonList("bq_json_lax_int64"),
	"lax_float64_array": jsonList("bq_json_lax_float64"),
	"lax_string_array":  jsonList("bq_json_lax_string"),
	"json_type":         sql("bq_json_type($1)"),
	"json_keys": func(c *call) string {
		return "bq_json_keys(" + c.args[0] + ", " + c.arg(1, "9223372036854775807") + ", " + c.arg(2, "'strict'") + ")"
	},
	"json_array":        jsonArray,
	"json_object":       jsonObject,
	"json_set":          jsonMutation("bq_json_set"),
	"json_array_append": jsonMutation("bq_json_array_append"),
	"json_array_insert": jsonMutation("bq_json_array_insert"),
	"json_remove":       func(c *call) string { return "bq_json_remove(" + strings.Join(c.args, ", ") + ")" },
	"json_strip_nulls":  jsonStripNulls,
	"json_contains":     sql("bq_json_contains($1, $2)"),
})

func jsonPath(name string) function {
	return func(c *call) string { return name + "(" + c.args[0] + ", " + c.arg(1, "'$'") + ")" }
}

// jsonList converts each element of a JSON array.
func jsonList(name string) function {
	return func(c *call) string { return c.jsonElements(name, "") }
}

func (c *call) jsonElements(name, option string) string {
	e := c.t.fresh("e")
	return fmt.Sprintf("list_transform(bq_json_query_array(%s, '$'), lambda %s: %s(%s%s))", c.args[0], e, name, e, option)
}

// jsonQuery is a function whose result has the type of its argument. A JSON
// null stays one in JSON, and is NULL as text.
func jsonQuery(name string) function {
	return func(c *call) string {
		out := jsonPath(name)(c)
		if c.types[0].Kind == types.String {
			return "nullif(" + out + ", 'null')"
		}
		return out
	}
}

// toJSON is a value of any type as JSON text.
func (t *translator) toJSON(x string, typ *types.Type) string {
	switch typ.Kind {
	case types.JSON:
		return "coalesce(" + x + ", 'null')"
	case types.Bool:
		return "coalesce(CAST(" + x + " AS VARCHAR), 'null')"
	case types.Int64:
		return "coalesce(CAST(" + x + " AS VARCHAR), 'null')"
	case types.Float64:
		return "coalesce(bq_float_to_json(" + x + "), 'null')"
	case types.Numeric, types.BigNumeric:
		return "coalesce(bq_numeric_to_json(CAST(" + x + " AS VARCHAR)), 'null')"
	case types.Bytes:
		return "coalesce(bq_quote_json(to_base64(" + x + ")), 'null')"
	case types.Timestamp:
		return "coalesce(bq_timestamp_to_json(" + x + "), 'null')"
	case types.Datetime:
		return "coalesce(bq_datetime_to_json(" + x + "), 'null')"
	case types.Array:
		e := t.fresh("e")
		return fmt.Sprintf("coalesce('[' || array_to_string(list_transform(%s, lambda %s: %s), ',') || ']', 'null')", x, e, t.toJSON(e, typ.Elem))
	case types.Struct:
		parts := make([]string, len(typ.Fields))
		for i, f := range typ.Fields {
			parts[i] = fmt.Sprintf("bq_quote_json(%s) || ':' || %s", quoteString(f.Name), t.toJSON(field(x, typ, i), f.Type))
		}
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN 'null' ELSE '{' || %s || '}' END", x, strings.Join(parts, " || ',' || "))
	default:
		return "coalesce(bq_quote_json(" + t.convert(x, typ, types.Of(types.String), false) + "), 'null')"
	}
}

func toJSONString(c *call) string {
	json := c.t.toJSON(c.args[0], c.types[0])
	if len(c.args) > 1 {
		return fmt.Sprintf("CASE WHEN %s THEN bq_json_pretty(%s) ELSE %s END", c.args[1], json, json)
	}
	return json
}

func jsonArray(c *call) string {
	parts := make([]string, len(c.args))
	for i, a := range c.args {
		parts[i] = c.t.toJSON(a, c.types[i])
	}
	if len(parts) == 0 {
		return "'[]'"
	}
	return "('[' || " + strings.Join(parts, " || ',' || ") + " || ']')"
}

// jsonObject takes pairs, or an array of keys and one of values.
func jsonObject(c *call) string {
	if len(c.args) == 2 && c.types[0].Kind == types.Array {
		e := c.t.fresh("e")
		values := fmt.Sprintf("list_transform(%s, lambda %s: %s)", c.args[1], e, c.t.toJSON(e, c.types[1].Elem))
		return fmt.Sprintf("bq_json_object(to_json(%s)::VARCHAR, to_json(%s)::VARCHAR)", c.args[0], values)
	}
	var keys, values []string
	for i := 0; i+1 < len(c.args); i += 2 {
		keys = append(keys, c.args[i])
		values = append(values, c.t.toJSON(c.args[i+1], c.types[i+1]))
	}
	if len(keys) == 0 {
		return "'{}'"
	}
	return fmt.Sprintf("bq_json_object(to_json([%s])::VARCHAR, to_json([%s])::VARCHAR)", strings.Join(keys, ", "), strings.Join(values, ", "))
}

// jsonMutation passes paths and values in turn; an option may follow.
func jsonMutation(name string) function {
	return func(c *call) string {
		args := []string{c.args[0]}
		i := 1
		for ; i+1 < len(c.args); i += 2 {
			args = append(args, c.args[i], c.t.toJSON(c.args[i+1], c.types[i+1]))
			if c.types[i+1].Kind == types.Array {
				args[len(args)-1] = "'" + "\x01" + "' || " + args[len(args)-1] // its elements, unless told otherwise
			}
		}
		option := "true"
		if i < len(c.args) {
			option = c.args[i]
		}
		return name + "(CAST(" + option + " AS VARCHAR), " + strings.Join(args, ", ") + ")"
	}
}

func jsonStripNulls(c *call) string {
	return fmt.Sprintf("bq_json_strip_nulls(%s, %s, %s, %s)", c.args[0], c.arg(1, "'$'"), c.arg(2, "TRUE"), c.arg(3, "FALSE"))
}
