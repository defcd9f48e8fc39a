package translate

import (
	"fmt"
	"regexp"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/sqltype"
)

func (t *translator) cast(c *gsql.ResolvedCast) string {
	inner := must(c.Expr())
	from, to := typeOf(must(inner.Type())), typeOf(must(c.Type()))
	x := t.expr(inner)
	safe := must(c.ReturnNullOnError())
	if f := must(c.Format()); f != nil {
		zone := "'UTC'"
		if z := must(c.TimeZone()); z != nil {
			zone = t.expr(z)
		}
		return guarded(formatCast(x, from, to, t.expr(f), zone), safe)
	}
	sql := t.limitTo(c, t.convert(x, from, to, safe), to)
	return guarded(sql, safe)
}

// guarded makes an error a NULL if safe.
func guarded(sql string, safe bool) string {
	if safe {
		return "TRY(" + sql + ")"
	}
	return sql
}

var (
	numericLimits = regexp.MustCompile(`precision=(\d+),\s*scale=(\d+)`)
	lengthLimit   = regexp.MustCompile(`max_length=(\d+)`)
)

// limitTo applies the parameters of a type, as in CAST(x AS STRING(3)).
func (t *translator) limitTo(c *gsql.ResolvedCast, sql string, to *sqltype.Type) string {
	p := must(c.TypeParameters())
	if p == nil || must(p.IsEmpty()) {
		return sql
	}
	text := must(p.DebugString()) // e.g. (precision=10,scale=2); the analyzer's binding has no getters
	if m := numericLimits.FindStringSubmatch(text); m != nil {
		return pinned(fmt.Sprintf("CAST(%s AS DECIMAL(%s,%s))", sql, m[1], m[2]), to)
	}
	if m := lengthLimit.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("bq_limit_length(%s, %s)", sql, m[1])
	}
	unsupported("CAST to a type with parameters")
	return ""
}

// conversion names a pair of kinds.
type conversion struct{ from, to sqltype.Kind }

// conversions are the casts that DuckDB does differently; %s is the operand.
var conversions = map[conversion]string{
	{sqltype.Float64, sqltype.Int64}:      "bq_float_to_int(%s)",
	{sqltype.Float64, sqltype.String}:     "bq_float_to_string(%s)",
	{sqltype.Float64, sqltype.Bool}:       "(%s <> 0)",
	{sqltype.Numeric, sqltype.Int64}:      "CAST(round(%s) AS BIGINT)",
	{sqltype.BigNumeric, sqltype.Int64}:   "CAST(round(%s) AS BIGINT)",
	{sqltype.Numeric, sqltype.String}:     "bq_numeric_to_string(CAST(%s AS VARCHAR))",
	{sqltype.BigNumeric, sqltype.String}:  "bq_numeric_to_string(CAST(%s AS VARCHAR))",
	{sqltype.String, sqltype.Int64}:       "bq_string_to_int(%s)",
	{sqltype.String, sqltype.Float64}:     "bq_string_to_float(%s)",
	{sqltype.String, sqltype.Bool}:        "bq_string_to_bool(%s)",
	{sqltype.String, sqltype.Numeric}:     "CAST(bq_string_to_numeric(%s) AS DECIMAL(38,9))",
	{sqltype.String, sqltype.BigNumeric}:  "CAST(bq_string_to_bignumeric(%s) AS DECIMAL(38,18))",
	{sqltype.String, sqltype.Bytes}:       "encode(%s)",
	{sqltype.Bytes, sqltype.String}:       "bq_bytes_to_string(%s)",
	{sqltype.String, sqltype.Date}:        "bq_string_to_date(%s)",
	{sqltype.String, sqltype.Time}:        "bq_string_to_time(%s)",
	{sqltype.String, sqltype.Datetime}:    "bq_string_to_datetime(%s)",
	{sqltype.String, sqltype.Timestamp}:   "bq_string_to_timestamp(%s, 'UTC')",
	{sqltype.String, sqltype.Interval}:    "bq_interval(bq_string_to_interval(%s))",
	{sqltype.Date, sqltype.String}:        "strftime(%s, '%%Y-%%m-%%d')",
	{sqltype.Time, sqltype.String}:        "bq_time_to_string(%s)",
	{sqltype.Datetime, sqltype.String}:    "bq_datetime_to_string(%s)",
	{sqltype.Timestamp, sqltype.String}:   "bq_timestamp_to_string(%s, 'UTC')",
	{sqltype.Interval, sqltype.String}:    "bq_interval_to_string(%s)",
	{sqltype.Timestamp, sqltype.Date}:     "CAST(%s AS DATE)",
	{sqltype.Timestamp, sqltype.Time}:     "CAST(%s AS TIME)",
	{sqltype.Timestamp, sqltype.Datetime}: "%s",
	{sqltype.Datetime, sqltype.Timestamp}: "%s",
	{sqltype.Datetime, sqltype.Time}:      "CAST(%s AS TIME)",
	{sqltype.Int64, sqltype.Bool}:         "(%s <> 0)",
}

// convert casts between types.
func (t *translator) convert(x string, from, to *sqltype.Type, safe bool) string {
	if from.Kind == to.Kind && from.Kind != sqltype.Array && from.Kind != sqltype.Struct {
		return x
	}
	switch {
	case from.Kind == sqltype.Array && to.Kind == sqltype.Array:
		if from.Elem.Equal(to.Elem) {
			return x
		}
		e := t.fresh("e")
		return fmt.Sprintf("list_transform(%s, lambda %s: %s)", x, e, t.convert(e, from.Elem, to.Elem, safe))
	case from.Kind == sqltype.Struct && to.Kind == sqltype.Struct:
		if from.Equal(to) {
			return x
		}
		return t.convertStruct(x, from, to, safe)
	}
	if f, ok := conversions[conversion{from.Kind, to.Kind}]; ok {
		return pinned(fmt.Sprintf(f, x), to)
	}
	return pinned(x, to)
}

func (t *translator) convertStruct(x string, from, to *sqltype.Type, safe bool) string {
	fields := make([]string, len(to.Fields))
	for i := range to.Fields {
		part := field(x, from, i)
		fields[i] = sqltype.Quote(to.Key(i)) + " := " + t.convert(part, from.Fields[i].Type, to.Fields[i].Type, safe)
	}
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL ELSE struct_pack(%s) END", x, strings.Join(fields, ", "))
}

// formatCast is CAST … FORMAT.
func formatCast(x string, from, to *sqltype.Type, format, zone string) string {
	switch {
	case from.Kind == sqltype.Bytes && to.Kind == sqltype.String:
		return fmt.Sprintf("bq_bytes_format(%s, %s)", x, format)
	case from.Kind == sqltype.String && to.Kind == sqltype.Bytes:
		return fmt.Sprintf("bq_bytes_parse(%s, %s)", x, format)
	case to.Kind == sqltype.String && (from.Kind == sqltype.Date || from.Kind == sqltype.Datetime || from.Kind == sqltype.Timestamp):
		return fmt.Sprintf("bq_cast_format(CAST(%s AS TIMESTAMP), %s, %s)", x, format, zone)
	}
	unsupported("CAST from %s to %s with FORMAT", from, to)
	return ""
}
