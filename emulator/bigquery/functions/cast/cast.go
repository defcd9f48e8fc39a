package cast

import (
	"database/sql/driver"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/numeric"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// casts are casts that BigQuery words or rounds differently.
var casts = function.Group{
	Natives: []function.Native{
		{Name: "bq_float_to_int", Args: function.Types{function.Double}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return floatToInt(a[0].(float64))
		}},
		{Name: "bq_float_to_string", Args: function.Types{function.Double}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return FormatFloat(a[0].(float64)), nil
		}},
		{Name: "bq_string_to_int", Safe: true, Args: function.Types{function.Text}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return parseInt(a[0].(string))
		}},
		{Name: "bq_string_to_float", Safe: true, Args: function.Types{function.Text}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			return ParseFloat(a[0].(string))
		}},
		{Name: "bq_string_to_bool", Safe: true, Args: function.Types{function.Text}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			switch s := a[0].(string); {
			case strings.EqualFold(s, "true"):
				return true, nil
			case strings.EqualFold(s, "false"):
				return false, nil
			default:
				return nil, function.Errorf("Bad bool value: %s", s)
			}
		}},
		{Name: "bq_bytes_to_string", Args: function.Types{function.Blob}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			b := a[0].([]byte)
			if !utf8.Valid(b) {
				return nil, function.Errorf("Invalid UTF-8")
			}
			return string(b), nil
		}},
		{Name: "bq_limit_length", Args: function.Types{function.Text, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			s, limit := a[0].(string), types.Limits{Length: a[1].(int64)}
			if n := utf8.RuneCountInString(s); int64(n) > limit.Length {
				return nil, function.Message(limit.TooLong(types.String, n))
			}
			return s, nil
		}},
		{Name: "bq_limit_bytes", Args: function.Types{function.Blob, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b, limit := a[0].([]byte), types.Limits{Length: a[1].(int64)}
			if int64(len(b)) > limit.Length {
				return nil, function.Message(limit.TooLong(types.Bytes, len(b)))
			}
			return b, nil
		}},
		{Name: "bq_limit_decimal", Args: function.Types{function.Text, function.Text, function.Integer, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			kind, _ := types.KindOf(a[1].(string))
			s, err := types.Limits{Precision: a[2].(int64), Scale: a[3].(int64)}.Decimal(kind, a[0].(string))
			if err != nil {
				return nil, function.Message(err.Error())
			}
			return s, nil
		}},
		{Name: "bq_bytes_format", Args: function.Types{function.Blob, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return bytesText(a[0].([]byte), a[1].(string))
		}},
		{Name: "bq_bytes_parse", Args: function.Types{function.Text, function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return textBytes(a[0].(string), a[1].(string))
		}},
		{Name: "bq_float_format", Args: function.Types{function.Double, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return floatText(a[0].(float64), a[1].(string))
		}},
		{Name: "bq_decimal_format", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return decimalText(a[0].(string), a[1].(string))
		}},
	},
	Kernels: []function.Kernel{
		{Name: "bq_numeric_int", Args: function.Types{function.Decimal}, Result: function.Integer, Code: numeric.Integer},
	},
	Macros: []string{
		`bq_no_null_elements(a, name) AS CASE WHEN list_count(a) < len(a)
		THEN error('Array cannot have a null element; error in writing field ' || name) ELSE a END`,
	},
}

// floatToInt rounds half away from zero.
func floatToInt(f float64) (any, error) {
	r := math.Round(f)
	if math.IsNaN(f) || r < -9223372036854775808 || r >= 9223372036854775808 {
		return nil, function.Errorf("Illegal conversion of non-finite or out of range floating point number to an integer: %s", FormatFloat(f))
	}
	return int64(r), nil
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
		return nil, function.Errorf("Bad int64 value: %s", s)
	}
	return n, nil
}
