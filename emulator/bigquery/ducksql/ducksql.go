// Package ducksql writes expressions of DuckDB's SQL. It knows no statement and no
// function of GoogleSQL.
package ducksql

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// String is a string literal.
func String(s string) string {
	if strings.ContainsRune(s, 0) { // DuckDB's parser ends at it
		parts := strings.Split(s, "\x00")
		for i, p := range parts {
			parts[i] = String(p)
		}
		return "(" + strings.Join(parts, " || chr(0) || ") + ")"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// Cast casts an expression to the DuckDB type of a GoogleSQL type.
func Cast(sql string, typ *types.Type) string {
	return "CAST(" + sql + " AS " + typ.DuckDB() + ")"
}

// Field is the i-th field of an expression that is a STRUCT.
func Field(x string, typ *types.Type, i int) string {
	return fmt.Sprintf("struct_extract(%s, %s)", x, String(typ.Key(i)))
}

// Bounds is a RANGE by its bounds, where types.Lowest and types.Highest are no bounds.
func Bounds(start, end string) string {
	return `struct_pack("start" := ` + start + `, "end" := ` + end + ")"
}

// Units is a NUMERIC as a whole number of its last digit, a HUGEINT.
func Units(x string) string {
	return fmt.Sprintf("(CAST(trunc(%[1]s) AS HUGEINT) * 1000000000 + CAST(CAST(%[1]s - trunc(%[1]s) AS DECIMAL(10,9)) * 1000000000 AS HUGEINT))", x)
}

// Try makes an error of an expression a NULL if safe.
func Try(sql string, safe bool) string {
	if safe {
		return OrNull(sql)
	}
	return sql
}

// OrNull makes an error of an expression a NULL.
//
// After an error DuckDB's TRY evaluates row by row, into a vector of one row, and CASE and COALESCE write a row at its
// place in the chunk, which is beyond that vector: into memory of something else (ExpressionExecutor::Execute of 1.5,
// execute_operator.cpp and execute_case.cpp). As the field of a STRUCT they write into a vector of a chunk's size.
func OrNull(sql string) string {
	return "TRY(struct_extract(struct_pack(x := " + sql + "), 'x'))"
}

// Error is an expression of a type that raises an error when it is evaluated, with
// a message made of expressions. It isn't volatile, so that TRY can catch it.
func Error(message string, typ *types.Type) string {
	return Cast("bq_error("+message+")", typ)
}

// Literal is a value as an expression of the exact type. Values are as in
// resolved.Literal.
func Literal(v any, typ *types.Type) string {
	if v == nil {
		return Cast("NULL", typ)
	}
	switch typ.Kind {
	case types.Array:
		list := v.([]any)
		texts := make([]string, len(list))
		for i, e := range list {
			texts[i] = Literal(e, typ.Elem)
		}
		return Cast("["+strings.Join(texts, ", ")+"]", typ)
	case types.Range:
		r := v.(types.RangeValue)
		bound := func(v any, otherwise string) string {
			if v == nil {
				return Cast(String(otherwise), typ.Elem)
			}
			return Literal(v, typ.Elem)
		}
		return Bounds(bound(r.Start, types.Lowest), bound(r.End, types.Highest))
	case types.Struct:
		list := v.([]any)
		texts := make([]string, len(list))
		for i, f := range list {
			texts[i] = types.Quote(typ.Key(i)) + " := " + Literal(f, typ.Fields[i].Type)
		}
		return "struct_pack(" + strings.Join(texts, ", ") + ")"
	default:
		return Cast(scalar(v, typ), typ)
	}
}

// scalar is a value of a simple type before it is cast to the type.
func scalar(v any, typ *types.Type) string {
	switch x := v.(type) {
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return float(x)
	case bool:
		return strconv.FormatBool(x)
	case []byte:
		return "from_hex('" + hex.EncodeToString(x) + "')"
	case time.Time:
		return fmt.Sprintf("make_timestamp(%d)", x.UnixMicro())
	case civil.Date:
		return "'" + x.String() + "'"
	case civil.DateTime:
		return "'" + x.Date.String() + " " + clock(x.Time) + "'"
	case civil.Time:
		return "'" + clock(x) + "'"
	case types.IntervalValue:
		return fmt.Sprintf("(to_months(%d) + to_days(%d) + to_microseconds(%d))", x.Months, x.Days, x.Micros)
	case string:
		switch typ.Kind {
		case types.Numeric:
			return "'" + x + "'"
		case types.BigNumeric:
			b, err := types.BigBytes(x)
			if err != nil {
				bqerror.Throw(bqerror.Query("%v", err))
			}
			return "from_hex('" + hex.EncodeToString(b) + "')"
		}
		return String(x)
	}
	bqerror.Refuse("a literal of type %s", typ)
	return ""
}

func clock(t civil.Time) string {
	return fmt.Sprintf("%02d:%02d:%02d.%06d", t.Hour, t.Minute, t.Second, t.Nanosecond/1000)
}

func float(f float64) string {
	switch {
	case math.IsNaN(f):
		return "'nan'"
	case math.IsInf(f, 1):
		return "'inf'"
	case math.IsInf(f, -1):
		return "'-inf'"
	case f == 0 && math.Signbit(f):
		return "'-0'"
	default:
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
}
