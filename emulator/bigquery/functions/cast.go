package functions

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"
)

// castFunctions are conversions that BigQuery words or rounds differently.
var castFunctions = []scalar{
	{name: "bq_error", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return nil, message(a[0].(string))
	}},
	{name: "bq_float_to_int", args: []duckdb.Type{double}, result: integer, call: func(a []driver.Value) (any, error) {
		return floatToInt(a[0].(float64))
	}},
	{name: "bq_float_to_string", args: []duckdb.Type{double}, result: text, call: func(a []driver.Value) (any, error) {
		return FormatFloat(a[0].(float64)), nil
	}},
	{name: "bq_numeric_to_string", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return trimDecimal(a[0].(string)), nil
	}},
	{name: "bq_string_to_int", args: []duckdb.Type{text}, result: integer, call: func(a []driver.Value) (any, error) {
		return parseInt(a[0].(string))
	}},
	{name: "bq_string_to_float", args: []duckdb.Type{text}, result: double, call: func(a []driver.Value) (any, error) {
		return parseFloat(a[0].(string))
	}},
	{name: "bq_string_to_bool", args: []duckdb.Type{text}, result: boolean, call: func(a []driver.Value) (any, error) {
		switch s := a[0].(string); {
		case strings.EqualFold(s, "true"):
			return true, nil
		case strings.EqualFold(s, "false"):
			return false, nil
		default:
			return nil, errorf("Bad bool value: %s", s)
		}
	}},
	{name: "bq_bytes_to_string", args: []duckdb.Type{blob}, result: text, call: func(a []driver.Value) (any, error) {
		b := a[0].([]byte)
		if !utf8.Valid(b) {
			return nil, errorf("Invalid UTF-8")
		}
		return string(b), nil
	}},
	{name: "bq_limit_length", args: []duckdb.Type{text, integer}, result: text, call: func(a []driver.Value) (any, error) {
		s, limit := a[0].(string), a[1].(int64)
		if n := utf8.RuneCountInString(s); int64(n) > limit {
			return nil, errorf("STRING(%d) has maximum length %d but got a value with length %d", limit, limit, n)
		}
		return s, nil
	}},
	{name: "bq_time_to_string", args: []duckdb.Type{clock}, result: text, call: func(a []driver.Value) (any, error) {
		return withFraction(a[0].(time.Time), "15:04:05"), nil
	}},
	{name: "bq_datetime_to_string", args: []duckdb.Type{timestamp}, result: text, call: func(a []driver.Value) (any, error) {
		return withFraction(a[0].(time.Time), "2006-01-02 15:04:05"), nil
	}},
	{name: "bq_timestamp_to_string", args: []duckdb.Type{timestamp, text}, result: text, call: func(a []driver.Value) (any, error) {
		t, err := inZone(a[0].(time.Time), a[1].(string))
		if err != nil {
			return nil, err
		}
		return withFraction(t, "2006-01-02 15:04:05") + shortOffset(t), nil
	}},
}

// floatToInt rounds half away from zero.
func floatToInt(f float64) (any, error) {
	r := math.Round(f)
	if math.IsNaN(f) || r < -9223372036854775808 || r >= 9223372036854775808 {
		return nil, errorf("Illegal conversion of non-finite or out of range floating point number to an integer: %s", FormatFloat(f))
	}
	return int64(r), nil
}

// FormatFloat writes a FLOAT64 as BigQuery does: the shortest text that reads
// back as the same number.
func FormatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	}
	if abs := math.Abs(f); abs >= 1e-5 && abs < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}

// trimDecimal removes zeros after the point that say nothing.
func trimDecimal(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func parseInt(s string) (any, error) {
	t := strings.TrimSpace(s)
	sign, digits := "", t
	if strings.HasPrefix(t, "-") || strings.HasPrefix(t, "+") {
		sign, digits = t[:1], t[1:]
	}
	base := 10
	if strings.HasPrefix(digits, "0x") || strings.HasPrefix(digits, "0X") {
		base, digits = 16, digits[2:]
	}
	n, err := strconv.ParseInt(sign+digits, base, 64)
	if err != nil || digits == "" {
		return nil, errorf("Bad int64 value: %s", s)
	}
	return n, nil
}

func parseFloat(s string) (any, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	switch strings.TrimLeft(t, "+-") {
	case "inf", "infinity":
		if strings.HasPrefix(t, "-") {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	case "nan":
		return math.NaN(), nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || strings.ContainsAny(t, "_xp") {
		return nil, errorf("Bad double value: %s", s)
	}
	return f, nil
}

// withFraction writes a time with 0, 3 or 6 digits of its second, as BigQuery
// converts times to text.
func withFraction(t time.Time, layout string) string {
	s := t.Format(layout)
	micros := t.Nanosecond() / 1000
	switch {
	case micros == 0:
		return s
	case micros%1000 == 0:
		return fmt.Sprintf("%s.%03d", s, micros/1000)
	default:
		return fmt.Sprintf("%s.%06d", s, micros)
	}
}

// shortOffset is a time's offset from UTC, with minutes only if there are any.
func shortOffset(t time.Time) string {
	if _, seconds := t.Zone(); seconds%3600 == 0 {
		return t.Format("-07")
	}
	return t.Format("-07:00")
}
