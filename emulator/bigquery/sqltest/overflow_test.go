package sqltest

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// outcome is the text of a result, or overflows.
const overflows = "error"

// arithmetic says what the operators of a type yield, independently of the emulator.
type arithmetic struct {
	typ     string
	samples []string
	// of computes a result as CAST … AS STRING writes it, or overflows.
	of func(op, a, b string) string
	// partly says that the emulator may refuse by name what it can't hold.
	partly bool
}

func integer(text string) *big.Int {
	n, _ := new(big.Int).SetString(text, 10)
	return n
}

// combine has r hold the sum, difference or product of two numbers; false for another operator.
func combine[N interface {
	Add(x, y N) N
	Sub(x, y N) N
	Mul(x, y N) N
}](r N, op string, x, y N) bool {
	do := map[string]func(x, y N) N{"+": r.Add, "-": r.Sub, "*": r.Mul}[op]
	if do != nil {
		do(x, y)
	}
	return do != nil
}

// integers are exact between the bounds of int64.
func integers(op, a, b string) string {
	x, y, r := integer(a), integer(b), new(big.Int)
	if !combine(r, op, x, y) { // DIV and MOD truncate
		if y.Sign() == 0 {
			return overflows
		}
		r.Quo(x, y)
		if op == "MOD" {
			r.Rem(x, y)
		}
	}
	if !r.IsInt64() {
		return overflows
	}
	return r.String()
}

// decimals are rounded half away from zero to the scale, and bounded.
func decimals(scale int, most string) func(op, a, b string) string {
	bound, _ := new(big.Rat).SetString(most)
	return func(op, a, b string) string {
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		r := new(big.Rat)
		if !combine(r, op, x, y) { // DIV and MOD truncate
			if y.Sign() == 0 {
				return overflows
			}
			whole := new(big.Int).Quo(new(big.Int).Mul(x.Num(), y.Denom()), new(big.Int).Mul(x.Denom(), y.Num()))
			switch r.SetInt(whole); op {
			case "/":
				r.Quo(x, y)
			case "MOD":
				r.Sub(x, r.Mul(r, y))
			}
		}
		text := r.FloatString(scale)
		if r.SetString(text); new(big.Rat).Abs(r).Cmp(bound) > 0 {
			return overflows
		}
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
		if text == "-0" {
			return "0"
		}
		return text
	}
}

// floats are those of the processor, but for what becomes infinite and was not.
func floats(op, a, b string) string {
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	var r float64
	switch op {
	case "+":
		r = x + y
	case "-":
		r = x - y
	case "*":
		r = x * y
	default:
		if y == 0 {
			return overflows
		}
		r = x / y
	}
	if math.IsInf(r, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return overflows
	}
	switch {
	case math.IsNaN(r):
		return "NaN"
	case math.IsInf(r, 0):
		return strings.TrimPrefix(fmt.Sprintf("%+f", r), "+") // as Go writes it, see same
	}
	return strconv.FormatFloat(r, 'g', -1, 64)
}

var arithmetics = []arithmetic{
	{typ: "INT64", of: integers, samples: []string{
		"-9223372036854775808", "-9223372036854775807", "-3037000500", "-3", "-1", "0", "1", "2", "3037000500", "9223372036854775806", "9223372036854775807",
	}},
	{typ: "NUMERIC", of: decimals(9, "99999999999999999999999999999.999999999"), samples: []string{
		"-99999999999999999999999999999.999999999", "-3.5", "-0.000000001", "0", "0.000000001", "0.5", "3", "1000000000000000", "33333333333333333333333333333.333333333", "99999999999999999999999999999.999999999",
	}},
	{
		typ: "BIGNUMERIC", partly: true,
		of: decimals(38, "578960446186580977117854925043439539266.34992332820282019728792003956564819967"), samples: []string{
			"-12345678901234567890.123456789012345678", "-3", "-0.000000000000000001", "0", "0.000000000000000001", "0.5", "3", "12345678901234567890",
		},
	},
	{typ: "FLOAT64", of: floats, samples: []string{
		"-1.7976931348623157e308", "-1.5", "-5e-324", "0", "5e-324", "0.1", "0.2", "3", "1e200", "1.7976931348623157e308",
	}},
}

// same compares results, numbers by their values.
func same(got, want string) bool {
	if got == want {
		return true
	}
	x, errX := strconv.ParseFloat(got, 64)
	y, errY := strconv.ParseFloat(want, 64)
	return errX == nil && errY == nil && (strings.ContainsAny(got+want, "eI") || want == "-0") && x == y
}

// Each operator yields what exact arithmetic says, rounded as the type has it, or an error where
// the type doesn't reach that far; SAFE_ADD and the like yield NULL there.
func TestOverflow(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	for n, a := range arithmetics {
		t.Run(a.typ, func(t *testing.T) {
			a.samples = append(slices.Clone(a.samples), byChance(a.typ)...)
			table := fmt.Sprintf("d.n%d", n)
			fill := fmt.Sprintf("CREATE TABLE %s (i INT64, x %s); INSERT %s VALUES ", table, a.typ, table)
			for i, s := range a.samples {
				fill += fmt.Sprintf("(%d, CAST('%s' AS %s)), ", i, s, a.typ)
			}
			if _, err := e.Query(context.Background(), Query{SQL: strings.TrimSuffix(fill, ", "), Project: "p"}); err != nil {
				t.Fatal(err)
			}
			operators := []string{"+", "-", "*", "/"}
			switch a.typ {
			case "INT64":
				operators = []string{"+", "-", "*", "DIV", "MOD"}
			case "NUMERIC":
				operators = append(operators, "DIV", "MOD")
			}
			for _, op := range operators {
				a.check(t, e, table, op)
			}
		})
	}
}

// byChance are samples of a type that are drawn, the same ones each time.
func byChance(typ string) (list []string) {
	r := rand.New(rand.NewPCG(uint64(len(typ)), 20261103))
	for range 12 {
		text := ""
		switch typ {
		case "INT64":
			text = fmt.Sprint(r.Int64() >> r.IntN(63) * (1 - 2*r.Int64N(2)))
		case "FLOAT64":
			text = strconv.FormatFloat(math.Ldexp(r.Float64()-0.5, r.IntN(2000)-1000), 'g', -1, 64)
		case "NUMERIC":
			text, _ = scaled(digits(r, 38), 9)
		case "BIGNUMERIC":
			text, _ = scaled(digits(r, 60), 38)
		}
		list = append(list, text)
	}
	return list
}

// check compares an operator on all pairs of samples.
func (a *arithmetic) check(t *testing.T, e *Engine, table, op string) {
	call, safe := "a.x "+op+" b.x", map[string]string{"+": "SAFE_ADD", "-": "SAFE_SUBTRACT", "*": "SAFE_MULTIPLY", "/": "SAFE_DIVIDE"}[op]
	if safe == "" {
		call, safe = op+"(a.x, b.x)", "SAFE."+op
	}
	text := func(expr string) []string {
		return column(t, e, fmt.Sprintf("SELECT COALESCE(CAST(%s AS STRING), 'error') FROM %[2]s AS a, %[2]s AS b ORDER BY a.i, b.i", expr, table))
	}
	guarded, safely := text("IFERROR("+call+", NULL)"), text(safe+"(a.x, b.x)")
	for i, x := range a.samples {
		for j, y := range a.samples {
			k, want := i*len(a.samples)+j, a.of(op, x, y)
			for what, got := range map[string]string{op: guarded[k], safe: safely[k]} {
				if same(got, want) {
					continue
				}
				if a.partly && got == overflows {
					a.refused(t, e, fmt.Sprintf("SELECT CAST('%s' AS %s) %s CAST('%s' AS %s)", x, a.typ, op, y, a.typ))
					continue
				}
				t.Errorf("%s %s %s is %s, want %s", x, what, y, got, want)
			}
		}
	}
}

// refused checks that a statement fails by what the emulator lacks.
func (a *arithmetic) refused(t *testing.T, e *Engine, sql string) {
	t.Helper()
	if _, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"}); err == nil || !strings.Contains(err.Error(), "not supported by this emulator") {
		t.Errorf("%s fails with %v, want that the emulator says what it lacks", sql, err)
	}
}

// One row of many that is an error leaves the others as they are, wherever they are in a chunk. A fault of this kind
// overwrites memory, which isn't seen each time: hence the rounds.
func TestErrorsAmongRows(t *testing.T) {
	e := open(t, Options{})
	const rows = 2040
	for fails := 1900; fails < rows; fails += 6 { // one that isn't a multiple of 3
		for _, expr := range []string{
			"IFERROR(CAST(n AS NUMERIC) * IF(n = %d, NUMERIC '99999999999999999999999999999', 2), NULL)",
			"IFERROR(COALESCE(IF(MOD(n, 3) = 1, NULL, NUMERIC '2' * n), NUMERIC '2' * n + IF(n = %d, ERROR('x'), 0)), NULL)",
			"IFERROR(IF(MOD(n, 3) = 0, n * 2, IF(n = %d, ERROR('x'), n + n)), NULL)",
			"SAFE_CAST(IF(MOD(n, 3) = 0, CONCAT(n * 2, ''), IF(n = %d, 'x', FORMAT('%%d', n + n))) AS NUMERIC)",
		} {
			expr = fmt.Sprintf(expr, fails)
			got := column(t, e, fmt.Sprintf("SELECT COALESCE(CAST(%s AS STRING), 'error') FROM UNNEST(GENERATE_ARRAY(1, %d)) AS n ORDER BY n", expr, rows))
			for i, g := range got {
				want := strconv.Itoa(2 * (i + 1))
				if i+1 == fails {
					want = "error"
				}
				if g != want {
					t.Fatalf("%s of n = %d is %s, want %s", expr, i+1, g, want)
				}
			}
		}
	}
}
