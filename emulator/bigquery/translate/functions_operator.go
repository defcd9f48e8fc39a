package translate

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func init() {
	for _, name := range []string{
		"$equal", "$not_equal", "$less", "$less_or_equal", "$greater", "$greater_or_equal", "$and", "$or", "$not",
		"$is_null", "$is_true", "$is_false", "$in", "$in_array", "$between", "$is_distinct_from", "$is_not_distinct_from",
		"$like", "error",
	} {
		exact[name] = true
	}
}

// operators are comparisons, logic and conditionals.
var _ = register(map[string]function{
	"$equal":                sql("($1 = $2)"),
	"$not_equal":            sql("($1 <> $2)"),
	"$less":                 sql("($1 < $2)"),
	"$less_or_equal":        sql("($1 <= $2)"),
	"$greater":              sql("($1 > $2)"),
	"$greater_or_equal":     sql("($1 >= $2)"),
	"$and":                  joined(" AND "),
	"$or":                   joined(" OR "),
	"$not":                  sql("(NOT $1)"),
	"$is_null":              sql("($1 IS NULL)"),
	"$is_true":              sql("($1 IS TRUE)"),
	"$is_false":             sql("($1 IS FALSE)"),
	"$is_distinct_from":     sql("($1 IS DISTINCT FROM $2)"),
	"$is_not_distinct_from": sql("($1 IS NOT DISTINCT FROM $2)"),
	"$between":              sql("($1 BETWEEN $2 AND $3)"),
	"$in":                   func(c *call) string { return "(" + c.args[0] + " IN (" + strings.Join(c.args[1:], ", ") + "))" },
	"$in_array":             inArray,
	"$like":                 like,
	"$like_any":             anyOf(" OR ", "LIKE"),
	"$like_all":             anyOf(" AND ", "LIKE"),
	"$not_like_any":         anyOf(" OR ", "NOT LIKE"),
	"$not_like_all":         anyOf(" AND ", "NOT LIKE"),

	"$case_no_value":   caseNoValue,
	"$case_with_value": caseWithValue,
	"if":               sql("CASE WHEN $1 THEN $2 ELSE $3 END"),
	"ifnull":           sql("coalesce($1, $2)"),
	"coalesce":         sql("coalesce($*)"),
	"nullif":           sql("nullif($1, $2)"),
	"nullifzero":       sql("nullif($1, 0)"),
	"zeroifnull":       sql("coalesce($1, 0)"),
	"iferror":          sql("coalesce(TRY($1), $2)"),
	"iserror":          sql("(TRY($1) IS NULL AND $1 IS NOT NULL)"),
	"error":            func(c *call) string { return failing(c.args[0], c.typ) },
	"greatest":         extreme("greatest"),
	"least":            extreme("least"),

	"session_user":  volatile("'emulator@localhost'"),
	"generate_uuid": volatile("CAST(uuid() AS VARCHAR)"),
	"rand":          volatile("random()"),
})

// volatile makes a function whose result isn't that of its arguments alone.
func volatile(template string) function {
	return func(c *call) string {
		c.t.plan.Volatile = true
		return template
	}
}

func joined(operator string) function {
	return func(c *call) string { return "(" + strings.Join(c.args, operator) + ")" }
}

// inArray is IN UNNEST. An array that is the same for all rows becomes a hash
// join, so that a parameter may be long.
func inArray(c *call) string {
	switch c.nodes[1].(type) {
	case *gsql.ResolvedParameter, *gsql.ResolvedConstant, *gsql.ResolvedLiteral:
		return c.fill("($1 IN (SELECT unnest($2)))")
	}
	return c.fill("bq_in_array($1, $2)")
}

// like uses the backslash as BigQuery does.
func like(c *call) string {
	if c.types[0].Kind == types.Bytes {
		unsupported("LIKE of BYTES")
	}
	return c.fill(`($1 LIKE $2 ESCAPE '\')`)
}

func anyOf(operator, like string) function {
	return func(c *call) string {
		parts := make([]string, len(c.args)-1)
		for i, a := range c.args[1:] {
			parts[i] = c.args[0] + " " + like + " " + a + ` ESCAPE '\'`
		}
		return "(" + strings.Join(parts, operator) + ")"
	}
}

func caseNoValue(c *call) string {
	var b strings.Builder
	b.WriteString("CASE")
	i := 0
	for ; i+1 < len(c.args); i += 2 {
		b.WriteString(" WHEN " + c.args[i] + " THEN " + c.args[i+1])
	}
	if i < len(c.args) {
		b.WriteString(" ELSE " + c.args[i])
	}
	return b.String() + " END"
}

func caseWithValue(c *call) string {
	var b strings.Builder
	b.WriteString("CASE " + c.args[0])
	i := 1
	for ; i+1 < len(c.args); i += 2 {
		b.WriteString(" WHEN " + c.args[i] + " THEN " + c.args[i+1])
	}
	if i < len(c.args) {
		b.WriteString(" ELSE " + c.args[i])
	}
	return b.String() + " END"
}

// extreme is GREATEST or LEAST: NULL if any argument is, unlike DuckDB's.
func extreme(name string) function {
	return func(c *call) string {
		var b strings.Builder
		b.WriteString("CASE WHEN ")
		for i, a := range c.args {
			if i > 0 {
				b.WriteString(" OR ")
			}
			b.WriteString(a + " IS NULL")
		}
		b.WriteString(" THEN NULL")
		if c.typ.Kind == types.Float64 { // NaN wins in both
			b.WriteString(" WHEN ")
			for i, a := range c.args {
				if i > 0 {
					b.WriteString(" OR ")
				}
				b.WriteString("isnan(" + a + ")")
			}
			b.WriteString(" THEN 'nan'::DOUBLE")
		}
		return b.String() + " ELSE " + name + "(" + strings.Join(c.args, ", ") + ") END"
	}
}
