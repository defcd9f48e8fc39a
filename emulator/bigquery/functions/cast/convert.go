package cast

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// conversion names a pair of kinds.
type conversion struct{ from, to types.Kind }

// conversions are the casts that DuckDB does differently; %s is the operand.
var conversions = map[conversion]string{
	{types.Float64, types.Int64}:      "bq_float_to_int(%s)",
	{types.Float64, types.String}:     "bq_float_to_string(%s)",
	{types.Float64, types.Bool}:       "(%s <> 0)",
	{types.Numeric, types.Int64}:      "bq_numeric_int(%s)",
	{types.BigNumeric, types.Int64}:   "bq_big_int(%s)",
	{types.BigNumeric, types.Float64}: "bq_big_double(%s)",
	{types.BigNumeric, types.Numeric}: "bq_string_to_numeric(bq_big_text(%s))",
	{types.Float64, types.BigNumeric}: "bq_double_big(%s)",
	{types.Float64, types.Numeric}:    "bq_double_numeric(%s)",
	{types.Int64, types.BigNumeric}:   "bq_text_big(CAST(%s AS VARCHAR))",
	{types.Numeric, types.BigNumeric}: "bq_text_big(CAST(%s AS VARCHAR))",
	{types.Numeric, types.String}:     "rtrim(rtrim(CAST(%s AS VARCHAR), '0'), '.')", // nine digits after the point,
	{types.BigNumeric, types.String}:  "bq_big_text(%s)",
	{types.String, types.Int64}:       "bq_string_to_int(%s)",
	{types.String, types.Float64}:     "bq_string_to_float(%s)",
	{types.String, types.Bool}:        "bq_string_to_bool(%s)",
	{types.String, types.Numeric}:     "bq_string_to_numeric(%s)",
	{types.String, types.BigNumeric}:  "bq_text_big(%s)",
	{types.String, types.Bytes}:       "encode(%s)",
	{types.Bytes, types.String}:       "bq_bytes_to_string(%s)",
	{types.String, types.Date}:        "bq_string_to_date(%s)",
	{types.String, types.Time}:        "bq_string_to_time(%s)",
	{types.String, types.Datetime}:    "bq_string_to_datetime(%s)",
	{types.String, types.Timestamp}:   "bq_string_to_timestamp(%s, 'UTC')",
	{types.String, types.Interval}:    "bq_interval(bq_string_to_interval(%s))",
	{types.Date, types.String}:        "strftime(%s, '%%Y-%%m-%%d')",
	{types.Time, types.String}:        "bq_time_to_string(%s)",
	{types.Datetime, types.String}:    "bq_datetime_to_string(%s)",
	{types.Timestamp, types.String}:   "bq_timestamp_to_string(%s, 'UTC')",
	{types.Interval, types.String}:    "bq_interval_to_string(%s)",
	{types.Timestamp, types.Date}:     "CAST(%s AS DATE)",
	{types.Timestamp, types.Time}:     "CAST(%s AS TIME)",
	{types.Timestamp, types.Datetime}: "%s",
	{types.Datetime, types.Timestamp}: "%s",
	{types.Datetime, types.Time}:      "CAST(%s AS TIME)",
	{types.Int64, types.Bool}:         "(%s <> 0)",
}

// zoned are the casts that need a time zone, where it isn't UTC; %[2]s is the zone.
var zoned = map[conversion]string{
	{types.String, types.Timestamp}:   "bq_string_to_timestamp(%[1]s, %[2]s)",
	{types.Timestamp, types.String}:   "bq_timestamp_to_string(%[1]s, %[2]s)",
	{types.Timestamp, types.Date}:     "CAST(bq_to_datetime(%[1]s, %[2]s) AS DATE)",
	{types.Timestamp, types.Time}:     "CAST(bq_to_local(%[1]s, %[2]s) AS TIME)",
	{types.Timestamp, types.Datetime}: "bq_to_datetime(%[1]s, %[2]s)",
	{types.Date, types.Timestamp}:     "bq_from_local(CAST(%[1]s AS TIMESTAMP), %[2]s)",
	{types.Datetime, types.Timestamp}: "bq_from_local(%[1]s, %[2]s)",
}

// template is the cast between two kinds of a statement, "" where it is DuckDB's.
func template(s function.Statement, c conversion, x string) string {
	if f, ok := zoned[c]; ok && s.Zone() != function.UTC {
		return fmt.Sprintf(f, x, s.Zone())
	}
	if f, ok := conversions[c]; ok {
		return fmt.Sprintf(f, x)
	}
	return ""
}

// Digits is a NUMERIC or a BIGNUMERIC as text, with digits only.
func Digits(x string, t *types.Type) string {
	if t.Kind == types.BigNumeric {
		return "bq_big_text(" + x + ")"
	}
	return "CAST(" + x + " AS VARCHAR)"
}

// ConvertOrNull is Convert where an error is to be a NULL. TRY makes any one so, but takes microseconds for each.
func ConvertOrNull(s function.Statement, x string, from, to *types.Type) string {
	if call, ok := strings.CutPrefix(template(s, conversion{from.Kind, to.Kind}, x), "bq_string_to_"); ok {
		return ducksql.Cast("bq_safe_string_to_"+call, to)
	}
	return Convert(s, x, from, to)
}

// Convert casts between types.
func Convert(s function.Statement, x string, from, to *types.Type) string {
	if from.Kind == to.Kind && from.Kind != types.Array && from.Kind != types.Struct {
		return x
	}
	switch {
	case from.Kind == types.Array && to.Kind == types.Array:
		if from.Elem.Equal(to.Elem) {
			return x
		}
		e := s.Fresh("e")
		return fmt.Sprintf("list_transform(%s, lambda %s: %s)", x, e, Convert(s, e, from.Elem, to.Elem))
	case from.Kind == types.Struct && to.Kind == types.Struct:
		if from.Equal(to) {
			return x
		}
		return convertStruct(s, x, from, to)
	}
	switch {
	case from.Kind == types.Range && to.Kind == types.String:
		return rangeText(s, x, from)
	case from.Kind == types.String && to.Kind == types.Range:
		return textRange(x, to)
	}
	if cast := template(s, conversion{from.Kind, to.Kind}, x); cast != "" {
		return ducksql.Cast(cast, to)
	}
	return ducksql.Cast(x, to)
}

func convertStruct(s function.Statement, x string, from, to *types.Type) string {
	fields := make([]string, len(to.Fields))
	for i := range to.Fields {
		part := ducksql.Field(x, from, i)
		fields[i] = types.Quote(to.Key(i)) + " := " + Convert(s, part, from.Fields[i].Type, to.Fields[i].Type)
	}
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL ELSE struct_pack(%s) END", x, strings.Join(fields, ", "))
}

// Format is CAST … FORMAT.
func Format(x string, from, to *types.Type, format, zone string) string {
	switch {
	case from.Kind == types.Bytes && to.Kind == types.String:
		return fmt.Sprintf("bq_bytes_format(%s, %s)", x, format)
	case from.Kind == types.String && to.Kind == types.Bytes:
		return fmt.Sprintf("bq_bytes_parse(%s, %s)", x, format)
	case to.Kind == types.String && from.Kind == types.Float64:
		return fmt.Sprintf("bq_float_format(%s, %s)", x, format)
	case to.Kind == types.String && from.Kind == types.Int64:
		return fmt.Sprintf("bq_decimal_format(CAST(%s AS VARCHAR), %s)", x, format)
	case to.Kind == types.String && (from.Kind == types.Numeric || from.Kind == types.BigNumeric):
		return fmt.Sprintf("bq_decimal_format(%s, %s)", Digits(x, from), format)
	case to.Kind == types.String && from.Kind == types.Time:
		return fmt.Sprintf("bq_cast_format(DATE '1970-01-01' + %s, %s, %s, 'TIME')", x, format, zone)
	case to.Kind == types.String && (from.Kind == types.Date || from.Kind == types.Datetime || from.Kind == types.Timestamp):
		return fmt.Sprintf("bq_cast_format(CAST(%s AS TIMESTAMP), %s, %s, '%s')", x, format, zone, from.Kind)
	}
	if from.Kind == types.String && slices.Contains([]types.Kind{types.Date, types.Datetime, types.Time, types.Timestamp}, to.Kind) {
		return ducksql.Cast(fmt.Sprintf("bq_cast_parse(%s, %s, %s, '%s')", x, format, zone, to.Kind), to)
	}
	bqerror.Refuse("CAST from %s to %s with FORMAT", from, to)
	return ""
}

// Limit applies the parameters of a type, as in CAST(x AS STRING(3)).
func Limit(l types.Limits, sql string, to *types.Type) string {
	switch {
	case l.Precision > 0:
		limited := fmt.Sprintf("bq_limit_decimal(%s, '%s', %d, %d)", Digits(sql, to), to.Kind, l.Precision, l.Scale)
		if to.Kind == types.BigNumeric {
			return "bq_text_big(" + limited + ")"
		}
		return ducksql.Cast(limited, to)
	case l.Length > 0 && to.Kind == types.Bytes:
		return fmt.Sprintf("bq_limit_bytes(%s, %d)", sql, l.Length)
	case l.Length > 0:
		return fmt.Sprintf("bq_limit_length(%s, %d)", sql, l.Length)
	}
	return sql
}

// Stored is a value as a column stores it: a REPEATED column has no NULL and no element that
// is one, and the parameters of the type apply.
func Stored(s function.Statement, x string, f *types.Field) string {
	if f.Type.Kind != types.Array {
		return fitted(s, x, f)
	}
	out := fmt.Sprintf("bq_no_null_elements(coalesce(%s, []), %s)", x, ducksql.String(f.Name))
	if !f.Limited() {
		return out
	}
	e := s.Fresh("e")
	return fmt.Sprintf("list_transform(%s, lambda %s: %s)", out, e, fitted(s, e, &types.Field{Type: f.Type.Elem, Limits: f.Limits}))
}

// fitted is a value that fits the parameters of its type.
func fitted(s function.Statement, x string, f *types.Field) string {
	if f.Type.Kind != types.Struct {
		return Limit(f.Limits, x, f.Type)
	}
	if !f.Limited() {
		return x
	}
	fields := make([]string, len(f.Type.Fields))
	for i := range f.Type.Fields {
		sub := &f.Type.Fields[i]
		fields[i] = types.Quote(f.Type.Key(i)) + " := " + Stored(s, ducksql.Field(x, f.Type, i), sub)
	}
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL ELSE struct_pack(%s) END", x, strings.Join(fields, ", "))
}
