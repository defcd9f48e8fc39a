package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// mathematical functions. DuckDB checks the overflow of INT64 itself.
var _ = register(map[string]function{
	"$add":         add,
	"$subtract":    subtract,
	"$multiply":    multiply,
	"$divide":      divide,
	"$unary_minus": sql("(-$1)"),
	"$unary_plus":  sql("$1"),

	"div":                  checkedDivision("($1 // $2)"),
	"mod":                  checkedDivision("($1 % $2)"),
	"safe_divide":          safeDivide,
	"safe_add":             sql("TRY($1 + $2)"),
	"safe_subtract":        sql("TRY($1 - $2)"),
	"safe_multiply":        sql("TRY($1 * $2)"),
	"safe_negate":          sql("TRY(-$1)"),
	"ieee_divide":          sql("(CAST($1 AS DOUBLE) / CAST($2 AS DOUBLE))"),
	"abs":                  sql("abs($1)"),
	"sign":                 sql("sign($1)"),
	"round":                round,
	"trunc":                truncate,
	"ceil":                 sql("ceil($1)"),
	"ceiling":              sql("ceil($1)"),
	"floor":                sql("floor($1)"),
	"sqrt":                 domain("$1 < 0", "sqrt(CAST($1 AS DOUBLE))", "Argument to SQRT cannot be negative"),
	"cbrt":                 sql("bq_cbrt(CAST($1 AS DOUBLE))"),
	"pow":                  power,
	"power":                power,
	"exp":                  checkedFloat("exp(CAST($1 AS DOUBLE))"),
	"ln":                   logarithm("ln"),
	"log":                  logBase,
	"log10":                logarithm("log10"),
	"log2":                 logarithm("log2"),
	"is_nan":               sql("isnan(CAST($1 AS DOUBLE))"),
	"is_inf":               sql("isinf(CAST($1 AS DOUBLE))"),
	"range_bucket":         sql("bq_range_bucket($1, $2)"),
	"pi":                   sql("pi()"),
	"sin":                  sql("sin(CAST($1 AS DOUBLE))"),
	"cos":                  sql("cos(CAST($1 AS DOUBLE))"),
	"tan":                  sql("tan(CAST($1 AS DOUBLE))"),
	"asin":                 domain("abs($1) > 1", "asin(CAST($1 AS DOUBLE))", "Argument to ASIN is out of range"),
	"acos":                 domain("abs($1) > 1", "acos(CAST($1 AS DOUBLE))", "Argument to ACOS is out of range"),
	"atan":                 sql("atan(CAST($1 AS DOUBLE))"),
	"atan2":                sql("atan2(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))"),
	"sinh":                 checkedFloat("sinh(CAST($1 AS DOUBLE))"),
	"cosh":                 checkedFloat("cosh(CAST($1 AS DOUBLE))"),
	"tanh":                 sql("tanh(CAST($1 AS DOUBLE))"),
	"asinh":                sql("asinh(CAST($1 AS DOUBLE))"),
	"acosh":                domain("$1 < 1", "acosh(CAST($1 AS DOUBLE))", "Argument to ACOSH is out of range"),
	"atanh":                domain("abs($1) >= 1", "atanh(CAST($1 AS DOUBLE))", "Argument to ATANH is out of range"),
	"cot":                  reciprocal("tan"),
	"coth":                 reciprocal("tanh"),
	"csc":                  reciprocal("sin"),
	"csch":                 reciprocal("sinh"),
	"sec":                  reciprocal("cos"),
	"sech":                 reciprocal("cosh"),
	"radians":              sql("radians(CAST($1 AS DOUBLE))"),
	"degrees":              sql("degrees(CAST($1 AS DOUBLE))"),
	"bit_count":            bitCount,
	"$bitwise_and":         sql("($1 & $2)"),
	"$bitwise_or":          sql("($1 | $2)"),
	"$bitwise_xor":         sql("xor($1, $2)"),
	"$bitwise_not":         sql("(~$1)"),
	"$bitwise_left_shift":  sql("bq_shift_left($1, $2)"),
	"$bitwise_right_shift": sql("bq_shift_right($1, $2)"),

	"dot_product":        sql("list_dot_product(CAST($1 AS DOUBLE[]), CAST($2 AS DOUBLE[]))"),
	"manhattan_distance": sql("list_sum(list_transform(range(len($1)), lambda i_: abs($1[i_ + 1] - $2[i_ + 1])))"),
	"l1_norm":            sql("list_sum(list_transform($1, lambda e_: abs(e_)))"),
	"l2_norm":            sql("sqrt(list_sum(list_transform($1, lambda e_: e_ * e_)))"),
	"euclidean_distance": vectorDistance("euclidean"),
	"cosine_distance":    vectorDistance("cosine"),
})

// add also adds days to a DATE and an INTERVAL to a time.
func add(c *call) string {
	switch {
	case c.types[0].Kind == types.Date && c.types[1].Kind == types.Int64,
		c.types[0].Kind == types.Int64 && c.types[1].Kind == types.Date:
		if c.types[0].Kind == types.Date {
			return c.fill("($1 + CAST($2 AS INTEGER))")
		}
		return c.fill("($2 + CAST($1 AS INTEGER))")
	}
	return c.fill("($1 + $2)")
}

// subtract also takes dates and times from each other.
func subtract(c *call) string {
	if c.types[0].Kind == types.Date && c.types[1].Kind == types.Int64 {
		return c.fill("($1 - CAST($2 AS INTEGER))")
	}
	if c.typ.Kind == types.Interval && c.types[0].Kind != types.Interval {
		if c.types[0].Kind == types.Date {
			return c.fill("to_days(CAST($1 - $2 AS INTEGER))")
		}
		return c.fill("bq_hours(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP))")
	}
	return c.fill("($1 - $2)")
}

func multiply(c *call) string {
	if c.typ.Kind == types.Numeric || c.typ.Kind == types.BigNumeric {
		return c.fill("bq_numeric_mul($1, $2)")
	}
	return c.fill("($1 * $2)")
}

// divide is the operator /.
func divide(c *call) string {
	zero := fmt.Sprintf("'division by zero: ' || %s || ' / ' || %s", c.shown(0), c.shown(1))
	quotient := "$1 / $2"
	switch c.typ.Kind {
	case types.Numeric, types.BigNumeric:
		quotient = "bq_numeric_div($1, $2)"
	case types.Interval:
		unsupported("division of an INTERVAL")
	}
	return c.fill("CASE WHEN $2 = 0 THEN ") + failing(zero, c.typ) + " ELSE " + c.fill(quotient) + " END"
}

// shown is an argument as error messages show it.
func (c *call) shown(i int) string {
	if c.types[i].Kind == types.Float64 {
		return "bq_float_to_string(" + c.args[i] + ")"
	}
	return "CAST(" + c.args[i] + " AS VARCHAR)"
}

// checkedDivision is DIV or MOD.
func checkedDivision(template string) function {
	return func(c *call) string {
		operator := " / "
		message := "'division by zero: ' || "
		if c.name == "mod" {
			operator, message = ", ", "'division by zero: MOD(' || "
		}
		text := message + c.shown(0) + " || '" + operator + "' || " + c.shown(1)
		if c.name == "mod" {
			text += " || ')'"
		}
		if c.typ.Kind != types.Int64 && c.name == "div" {
			return c.fill("CASE WHEN $2 = 0 THEN ") + failing(text, c.typ) + c.fill(" ELSE trunc(bq_numeric_div($1, $2)) END")
		}
		return c.fill("CASE WHEN $2 = 0 THEN ") + failing(text, c.typ) + " ELSE " + c.fill(template) + " END"
	}
}

func safeDivide(c *call) string {
	if c.typ.Kind == types.Numeric || c.typ.Kind == types.BigNumeric {
		return c.fill("TRY(bq_numeric_div($1, nullif($2, 0)))")
	}
	return c.fill("(CAST($1 AS DOUBLE) / nullif(CAST($2 AS DOUBLE), 0))")
}

// round rounds half away from zero.
func round(c *call) string {
	if len(c.args) > 2 {
		unsupported("ROUND with a rounding mode")
	}
	if c.typ.Kind == types.Float64 {
		return c.fill("bq_round(") + c.args[0] + ", " + c.arg(1, "0") + ")"
	}
	return "bq_round_numeric(" + c.args[0] + ", " + c.arg(1, "0") + ")"
}

func truncate(c *call) string {
	if c.typ.Kind == types.Float64 {
		return "bq_trunc(" + c.args[0] + ", " + c.arg(1, "0") + ")"
	}
	return "bq_trunc_numeric(" + c.args[0] + ", " + c.arg(1, "0") + ")"
}

// domain raises an error for arguments outside of a function's domain.
func domain(outside, template, message string) function {
	return func(c *call) string {
		return c.fill("CASE WHEN "+outside+" THEN ") + failing("'"+message+": ' || "+c.shown(0), c.typ) + c.fill(" ELSE "+template+" END")
	}
}

// checkedFloat raises an error when a finite argument has an infinite result.
func checkedFloat(template string) function {
	return func(c *call) string {
		value := c.fill(template)
		name := strings.ToUpper(c.name)
		return fmt.Sprintf("CASE WHEN isinf(%s) AND NOT isinf(CAST(%s AS DOUBLE)) THEN %s ELSE %s END", value, c.args[0],
			failing(fmt.Sprintf("'Floating point overflow in function: %s(' || %s || ')'", name, c.shown(0)), c.typ), value)
	}
}

func logarithm(name string) function {
	return func(c *call) string {
		message := fmt.Sprintf("'Floating point error in function: %s(' || %s || ')'", strings.ToUpper(c.name), c.shown(0))
		return c.fill("CASE WHEN $1 <= 0 THEN ") + failing(message, c.typ) + c.fill(" ELSE "+name+"(CAST($1 AS DOUBLE)) END")
	}
}

func logBase(c *call) string {
	if len(c.args) == 1 {
		return logarithm("ln")(c)
	}
	message := fmt.Sprintf("'Floating point error in function: LOG(' || %s || ', ' || %s || ')'", c.shown(0), c.shown(1))
	return c.fill("CASE WHEN $1 <= 0 OR $2 <= 0 OR $2 = 1 THEN ") + failing(message, c.typ) +
		c.fill(" ELSE ln(CAST($1 AS DOUBLE)) / ln(CAST($2 AS DOUBLE)) END")
}

func power(c *call) string {
	value := c.fill("pow(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))")
	message := fmt.Sprintf("'Floating point error in function: POW(' || %s || ', ' || %s || ')'", c.shown(0), c.shown(1))
	return c.fill("CASE WHEN ($1 < 0 AND $2 <> floor($2)) OR ($1 = 0 AND $2 < 0) THEN ") + failing(message, c.typ) + " ELSE " + value + " END"
}

func reciprocal(name string) function {
	return func(c *call) string {
		message := fmt.Sprintf("'Floating point error in function: %s(' || %s || ')'", strings.ToUpper(c.name), c.shown(0))
		value := fmt.Sprintf("%s(CAST(%s AS DOUBLE))", name, c.args[0])
		return fmt.Sprintf("CASE WHEN %s = 0 THEN %s ELSE 1 / %s END", value, failing(message, c.typ), value)
	}
}

func bitCount(c *call) string {
	if c.types[0].Kind == types.Bytes {
		return c.fill("bq_bit_count_bytes($1)")
	}
	return c.fill("bit_count($1)")
}

func vectorDistance(kind string) function {
	return func(c *call) string {
		if c.types[0].Elem.Kind == types.Struct {
			unsupported("%s of sparse vectors", displayName(c.name))
		}
		if kind == "euclidean" {
			return c.fill("list_distance(CAST($1 AS DOUBLE[]), CAST($2 AS DOUBLE[]))")
		}
		return c.fill("list_cosine_distance(CAST($1 AS DOUBLE[]), CAST($2 AS DOUBLE[]))")
	}
}
