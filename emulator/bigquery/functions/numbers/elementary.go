package numbers

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// elementary are powers, logarithms and trigonometry.
var elementary = function.Group{
	Scalars: map[string]function.Scalar{
		"sqrt":  squareRootOf,
		"cbrt":  alsoDecimal("CBRT", function.SQL("bq_cbrt(CAST($1 AS DOUBLE))")),
		"pow":   alsoDecimal("POW", power),
		"exp":   alsoDecimal("EXP", checkedFloat("exp(CAST($1 AS DOUBLE))")),
		"ln":    alsoDecimal("LN", logarithm("ln")),
		"log":   logOf,
		"log10": alsoDecimal("LOG10", logarithm("log10")),
		"pi":    function.SQL("pi()"),
		"sin":   function.SQL("bq_finite_sin(CAST($1 AS DOUBLE))"),
		"cos":   function.SQL("bq_finite_cos(CAST($1 AS DOUBLE))"),
		"tan":   function.SQL("bq_finite_tan(CAST($1 AS DOUBLE))"),
		"asin":  onNumbers("abs($1) > 1", "asin", "Argument to ASIN is out of range"),
		"acos":  onNumbers("abs($1) > 1", "acos", "Argument to ACOS is out of range"),
		"atan":  function.SQL("atan(CAST($1 AS DOUBLE))"),
		"atan2": function.SQL("atan2(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))"),
		"sinh":  checkedFloat("sinh(CAST($1 AS DOUBLE))"),
		"cosh":  checkedFloat("cosh(CAST($1 AS DOUBLE))"),
		"tanh":  function.SQL("tanh(CAST($1 AS DOUBLE))"),
		"asinh": function.SQL("asinh(CAST($1 AS DOUBLE))"),
		"acosh": onNumbers("$1 < 1", "acosh", "Argument to ACOSH is out of range"),
		"atanh": onNumbers("abs($1) >= 1", "atanh", "Argument to ATANH is out of range"),
		"cot":   reciprocal("bq_finite_tan"),
		"coth":  reciprocal("tanh"),
		"csc":   reciprocal("bq_finite_sin"),
		"csch":  reciprocal("sinh"),
		"sec":   reciprocal("bq_finite_cos"),
		"sech":  reciprocal("cosh"),
	},
	Macros: []string{
		`bq_finite_sin(x) AS CASE WHEN isinf(x) THEN CAST('nan' AS DOUBLE) ELSE sin(x) END`,
		`bq_finite_cos(x) AS CASE WHEN isinf(x) THEN CAST('nan' AS DOUBLE) ELSE cos(x) END`,
		`bq_finite_tan(x) AS CASE WHEN isinf(x) THEN CAST('nan' AS DOUBLE) ELSE tan(x) END`,
	},
	Natives: []function.Native{
		{Name: "bq_cbrt", Args: function.Types{function.Double}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			return math.Cbrt(a[0].(float64)), nil
		}},
	},
}

// squareRootOf is exact for decimal types.
func squareRootOf(c *function.Call) string {
	const message = "Argument to SQRT cannot be negative"
	switch c.Type.Kind {
	case types.BigNumeric:
		return domain("$1 < "+zero, "bq_big_sqrt($1)", message)(c)
	case types.Numeric:
		return domain("$1 < 0", "CAST(bq_decimal_sqrt(CAST($1 AS VARCHAR)) AS DECIMAL(38,9))", message)(c)
	}
	return domain("$1 < 0", "sqrt(CAST($1 AS DOUBLE))", message)(c)
}

// domain raises an error for arguments outside of a function's domain.
func domain(outside, template, message string) function.Scalar {
	return func(c *function.Call) string {
		return c.Fill("CASE WHEN "+outside+" THEN ") + ducksql.Error("'"+message+": ' || "+shown(c, 0), c.Type) + c.Fill(" ELSE "+template+" END")
	}
}

// onNumbers is a function whose domain has bounds: of an infinity beyond them, and of NaN, it is NaN.
func onNumbers(outside, name, message string) function.Scalar {
	return func(c *function.Call) string {
		nan := "WHEN NOT isfinite(CAST($1 AS DOUBLE)) AND (isnan(CAST($1 AS DOUBLE)) OR " + outside + ") THEN CAST('nan' AS DOUBLE) "
		return c.Fill("CASE "+nan+"WHEN "+outside+" THEN ") + ducksql.Error("'"+message+": ' || "+shown(c, 0), c.Type) + c.Fill(" ELSE "+name+"(CAST($1 AS DOUBLE)) END")
	}
}

// checkedFloat raises an error when a finite argument has an infinite result.
func checkedFloat(template string) function.Scalar {
	return func(c *function.Call) string {
		value := c.Fill(template)
		name := strings.ToUpper(c.Name)
		return fmt.Sprintf("CASE WHEN isinf(%s) AND NOT isinf(CAST(%s AS DOUBLE)) THEN %s ELSE %s END", value, c.Args[0],
			ducksql.Error(fmt.Sprintf("'Floating point overflow in function: %s(' || %s || ')'", name, shown(c, 0)), c.Type), value)
	}
}

func logarithm(name string) function.Scalar {
	return func(c *function.Call) string {
		message := fmt.Sprintf("'Floating point error in function: %s(' || %s || ')'", strings.ToUpper(c.Name), shown(c, 0))
		return c.Fill("CASE WHEN CAST($1 AS DOUBLE) = '-inf' THEN CAST('nan' AS DOUBLE) WHEN $1 <= 0 THEN ") + ducksql.Error(message, c.Type) +
			c.Fill(" ELSE "+name+"(CAST($1 AS DOUBLE)) END")
	}
}

// logOf is LN where it has no base.
func logOf(c *function.Call) string {
	if len(c.Args) == 1 {
		return alsoDecimal("LN", logarithm("ln"))(c)
	}
	return alsoDecimal("LOG", logBase)(c)
}

func logBase(c *function.Call) string {
	message := fmt.Sprintf("'Floating point error in function: LOG(' || %s || ', ' || %s || ')'", shown(c, 0), shown(c, 1))
	return c.Fill("CASE WHEN CAST($1 AS DOUBLE) = '-inf' OR isinf(CAST($2 AS DOUBLE)) THEN CAST('nan' AS DOUBLE) WHEN $1 <= 0 OR $2 <= 0 OR $2 = 1 THEN ") + ducksql.Error(message, c.Type) +
		c.Fill(" ELSE ln(CAST($1 AS DOUBLE)) / ln(CAST($2 AS DOUBLE)) END")
}

func power(c *function.Call) string {
	value := c.Fill("pow(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))")
	message := fmt.Sprintf("'Floating point error in function: POW(' || %s || ', ' || %s || ')'", shown(c, 0), shown(c, 1))
	overflow := " OR isinf(" + value + ") AND isfinite(CAST($1 AS DOUBLE)) AND isfinite(CAST($2 AS DOUBLE))"
	return c.Fill("CASE WHEN ($1 < 0 AND $2 <> floor($2) OR $1 = 0 AND $2 < 0) AND isfinite(CAST($1 AS DOUBLE)) AND isfinite(CAST($2 AS DOUBLE))"+overflow+" THEN ") + ducksql.Error(message, c.Type) + " ELSE " + value + " END"
}

func reciprocal(name string) function.Scalar {
	return func(c *function.Call) string {
		message := fmt.Sprintf("'Floating point error in function: %s(' || %s || ')'", strings.ToUpper(c.Name), shown(c, 0))
		value := fmt.Sprintf("%s(CAST(%s AS DOUBLE))", name, c.Args[0])
		return fmt.Sprintf("CASE WHEN %s = 0 THEN %s ELSE 1 / %s END", value, ducksql.Error(message, c.Type), value)
	}
}
