package numbers

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/times"
	"github.com/tallystream/tallystream/emulator/bigquery/numeric"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// arithmetic holds + - * / and functions such as DIV, MOD and SAFE_ADD. DuckDB checks the
// overflow of INT64 itself.
var arithmetic = function.Group{
	Scalars: map[string]function.Scalar{
		"$add":          add,
		"$subtract":     subtract,
		"$multiply":     multiply,
		"$divide":       divide,
		"$unary_minus":  negate,
		"div":           checkedDivision("($1 // $2)"),
		"mod":           checkedDivision("($1 % $2)"),
		"safe_divide":   safeDivide,
		"safe_add":      safely(add),
		"safe_subtract": safely(subtract),
		"safe_multiply": safely(multiply),
		"safe_negate":   safely(negate),
		"ieee_divide":   function.SQL("(CAST($1 AS DOUBLE) / CAST($2 AS DOUBLE))"),
		"abs":           absolute,
		"sign":          sign,
		"is_nan":        function.SQL("isnan(CAST($1 AS DOUBLE))"),
		"is_inf":        function.SQL("isinf(CAST($1 AS DOUBLE))"),
	},
	Kernels: []function.Kernel{
		{Name: "bq_numeric_add", Args: function.Types{function.Decimal, function.Decimal}, Result: function.Decimal, Code: numeric.Add},
		{Name: "bq_numeric_sub", Args: function.Types{function.Decimal, function.Decimal}, Result: function.Decimal, Code: numeric.Subtract},
		{Name: "bq_numeric_mul", Args: function.Types{function.Decimal, function.Decimal}, Result: function.Decimal, Code: numeric.Multiply},
		{Name: "bq_numeric_div", Args: function.Types{function.Decimal, function.Decimal}, Result: function.Decimal, Code: numeric.Divide},
		{Name: "bq_numeric_quo", Args: function.Types{function.Decimal, function.Decimal}, Result: function.Decimal, Code: numeric.Quotient},
		{Name: "bq_numeric_mod", Args: function.Types{function.Decimal, function.Decimal}, Result: function.Decimal, Code: numeric.Remainder},
	},
	Macros: []string{
		`bq_safe_divide(a, b) AS CASE WHEN b <> 0 AND (isfinite(a / b) OR NOT isfinite(a) OR NOT isfinite(b)) THEN a / b END`,
		`bq_hours(a, b) AS to_microseconds(epoch_us(a) - epoch_us(b))`,
	},
}

// add also adds days to a DATE and an INTERVAL to a time.
func add(c *function.Call) string {
	switch {
	case c.Types[0].Kind == types.Date && c.Types[1].Kind == types.Int64,
		c.Types[0].Kind == types.Int64 && c.Types[1].Kind == types.Date:
		if c.Types[0].Kind == types.Date {
			return dated(c, "($1 + CAST($2 AS INTEGER))")
		}
		return dated(c, "($2 + CAST($1 AS INTEGER))")
	case c.Type.Kind == types.Datetime, c.Type.Kind == types.Timestamp:
		return dated(c, "($1 + $2)")
	}
	return calculated(c, "+", "bq_numeric_add")
}

// calculated is an operator on numbers of the type of the call; of is that of NUMERIC.
func calculated(c *function.Call, operator, of string) string {
	switch {
	case c.Type.Kind == types.Float64:
		return checked(c, operator)
	case isBig(c):
		return c.Fill("bq_big_calc('" + operator + "', $1, $2)")
	case c.Type.Kind == types.Numeric:
		return c.Fill(of + "($1, $2)")
	}
	return c.Fill("($1 " + operator + " $2)")
}

// dated is an operator whose result is a time, which must be in range.
func dated(c *function.Call, template string) string {
	return c.Once(func(c *function.Call) string {
		return times.InRange(c.Fill(template), c.Type, times.OutOfRange(c.Type))
	})
}

// checked is an operator on FLOAT64 whose result may not be infinite where the arguments
// are finite.
func checked(c *function.Call, operator string) string {
	return c.Once(func(c *function.Call) string {
		message := fmt.Sprintf("'double overflow: ' || %s || ' %s ' || %s", shown(c, 0), operator, shown(c, 1))
		return c.Fill("CASE WHEN isfinite($1 "+operator+" $2) OR NOT isfinite($1) OR NOT isfinite($2) THEN $1 "+operator+" $2 ELSE ") +
			ducksql.Error(message, c.Type) + " END"
	})
}

// safely makes an error of an operator a NULL.
func safely(f function.Scalar) function.Scalar {
	return func(c *function.Call) string { return c.Safe(f) }
}

// zero is 0 as a BIGNUMERIC.
const zero = "bq_text_big('0')"

func negate(c *function.Call) string {
	if isBig(c) {
		return c.Fill("bq_big_calc('-', " + zero + ", $1)")
	}
	return c.Fill("(-$1)")
}

func absolute(c *function.Call) string {
	if isBig(c) {
		return c.Once(function.SQL("CASE WHEN $1 < " + zero + " THEN bq_big_calc('-', " + zero + ", $1) ELSE $1 END"))
	}
	return c.Fill("abs($1)")
}

// sign of a NaN is a NaN.
func sign(c *function.Call) string {
	if isBig(c) {
		return c.Once(function.SQL("bq_text_big(CASE WHEN $1 < " + zero + " THEN '-1' WHEN $1 > " + zero + " THEN '1' WHEN $1 = " + zero + " THEN '0' END)"))
	}
	if c.Type.Kind != types.Float64 {
		return c.Fill("sign($1)")
	}
	return c.Once(function.SQL("CASE WHEN isnan($1) THEN $1 ELSE sign($1) END"))
}

// subtract also takes dates and times from each other.
func subtract(c *function.Call) string {
	if c.Types[0].Kind == types.Date && c.Types[1].Kind == types.Int64 {
		return dated(c, "($1 - CAST($2 AS INTEGER))")
	}
	if c.Type.Kind == types.Datetime || c.Type.Kind == types.Timestamp {
		return dated(c, "($1 - $2)")
	}
	if c.Type.Kind == types.Interval && c.Types[0].Kind != types.Interval {
		if c.Types[0].Kind == types.Date {
			return c.Fill("to_days(CAST($1 - $2 AS INTEGER))")
		}
		return c.Fill("bq_hours(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP))")
	}
	return calculated(c, "-", "bq_numeric_sub")
}

func multiply(c *function.Call) string { return calculated(c, "*", "bq_numeric_mul") }

// divide is the operator /.
func divide(c *function.Call) string {
	if isBig(c) {
		return c.Fill("bq_big_calc('/', $1, $2)")
	}
	if c.Type.Kind == types.Numeric {
		return c.Fill("bq_numeric_div($1, $2)")
	}
	return c.Once(quotient)
}

func quotient(c *function.Call) string {
	byZero := fmt.Sprintf("'division by zero: ' || %s || ' / ' || %s", shown(c, 0), shown(c, 1))
	quotient := "$1 / $2"
	if c.Type.Kind == types.Float64 {
		quotient = checked(c, "/")
	}
	if c.Type.Kind == types.Interval {
		byZero = c.Fill("'division by zero: ' || bq_interval_to_string($1) || ' / 0'")
		quotient = "bq_interval(bq_interval_div(bq_interval_to_string($1), $2))"
	}
	return c.Fill("CASE WHEN $2 = 0 THEN ") + ducksql.Error(byZero, c.Type) + " ELSE " + c.Fill(quotient) + " END"
}

// shown is an argument as error messages show it.
func shown(c *function.Call, i int) string {
	if c.Types[i].Kind == types.Float64 {
		return "bq_float_to_string(" + c.Args[i] + ")"
	}
	if c.Types[i].Kind == types.BigNumeric {
		return cast.Digits(c.Args[i], c.Types[i])
	}
	return "CAST(" + c.Args[i] + " AS VARCHAR)"
}

// checkedDivision is DIV or MOD.
func checkedDivision(template string) function.Scalar {
	return func(c *function.Call) string {
		if isBig(c) {
			return c.Fill("bq_big_calc('" + strings.ToUpper(c.Name) + "', $1, $2)")
		}
		if c.Type.Kind == types.Numeric {
			return c.Fill(map[string]string{"div": "bq_numeric_quo($1, $2)", "mod": "bq_numeric_mod($1, $2)"}[c.Name])
		}
		if c.Type.Kind == types.Int64 && c.Name == "mod" { // DuckDB computes the quotient, which overflows for -1
			template = "CASE WHEN $2 = -1 THEN 0 ELSE $1 % $2 END"
		}
		operator := " / "
		message := "'division by zero: ' || "
		if c.Name == "mod" {
			operator, message = ", ", "'division by zero: MOD(' || "
		}
		text := message + shown(c, 0) + " || '" + operator + "' || " + shown(c, 1)
		if c.Name == "mod" {
			text += " || ')'"
		}
		return c.Fill("CASE WHEN $2 = 0 THEN ") + ducksql.Error(text, c.Type) + " ELSE " + c.Fill(template) + " END"
	}
}

func safeDivide(c *function.Call) string {
	if isBig(c) {
		return c.Fill(ducksql.OrNull("bq_big_calc('/', $1, $2)"))
	}
	if c.Type.Kind == types.Numeric {
		return c.Fill(ducksql.OrNull("bq_numeric_div($1, nullif($2, 0))"))
	}
	return c.Once(function.SQL("bq_safe_divide(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))"))
}

// inRange checks that a NUMERIC has at most 29 digits before the point.
func inRange(s string) (any, error) {
	whole, _, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(whole) > 29 {
		return nil, function.Errorf("numeric overflow")
	}
	return s, nil
}
