package numeric_test

import (
	"database/sql"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/numeric"
)

// failed is what the tests have for the result of an error, and for that of a NULL.
const failed = "none"

// open is a database in memory with the functions of the package, named numeric_ and what they do.
func open(t *testing.T) *sql.Conn {
	t.Helper()
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() })
	decimals, digits := function.Types{function.Decimal, function.Decimal}, function.Types{function.Decimal, function.Integer}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "ATTACH ':memory:' AS bq_functions"); err != nil {
		t.Fatal(err)
	}
	if err := function.NewRegistry(function.Group{Kernels: []function.Kernel{
		{Name: "numeric_add", Args: decimals, Result: function.Decimal, Code: numeric.Add},
		{Name: "numeric_subtract", Args: decimals, Result: function.Decimal, Code: numeric.Subtract},
		{Name: "numeric_multiply", Args: decimals, Result: function.Decimal, Code: numeric.Multiply},
		{Name: "numeric_divide", Args: decimals, Result: function.Decimal, Code: numeric.Divide},
		{Name: "numeric_quotient", Args: decimals, Result: function.Decimal, Code: numeric.Quotient},
		{Name: "numeric_remainder", Args: decimals, Result: function.Decimal, Code: numeric.Remainder},
		{Name: "numeric_rounded", Args: digits, Result: function.Decimal, Code: numeric.Round},
		{Name: "numeric_integer", Args: decimals[:1], Result: function.Integer, Code: numeric.Integer},
		{Name: "numeric_truncated", Args: digits, Result: function.Decimal, Code: numeric.Truncate},
	}}).Install(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// samples are numbers of billionths, of each length and where the code goes another way, with both signs.
func samples() (list []*big.Int) {
	add := func(n *big.Int) {
		if len(new(big.Int).Abs(n).String()) <= 38 {
			list = append(list, n, new(big.Int).Neg(n))
		}
	}
	for _, edge := range []struct{ base, exponent, beside int64 }{{2, 32, 1}, {2, 63, 1}, {2, 64, 1}, {2, 98, 1}, {2, 126, 1}, {10, 9, 1}, {10, 18, 1}, {10, 19, 0}, {10, 38, 1}} {
		power := new(big.Int).Exp(big.NewInt(edge.base), big.NewInt(edge.exponent), nil)
		for d := -edge.beside; d <= edge.beside; d++ {
			add(new(big.Int).Add(power, big.NewInt(d)))
		}
	}
	for _, n := range []int64{0, 1, 2, 3, 500_000_000, 499_999_999, 1_500_000_000, 7_000_000_000, 31622776601683} {
		add(big.NewInt(n))
	}
	r := rand.New(rand.NewPCG(38, 9))
	for bits := uint(4); bits < 127; bits += 6 {
		n := new(big.Int).SetUint64(r.Uint64())
		n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(r.Uint64()))
		add(n.Rsh(n, 128-bits))
	}
	return list
}

var billion = big.NewInt(1_000_000_000)

// text is a number of billionths as DuckDB writes a DECIMAL(38,9).
func text(n *big.Int) string { return new(big.Rat).SetFrac(n, billion).FloatString(9) }

// exact computes an operator with numbers of any length.
func exact(operator string, a, b *big.Int) string {
	x, y, r := new(big.Rat).SetFrac(a, billion), new(big.Rat).SetFrac(b, billion), new(big.Rat)
	switch operator {
	case "divide", "quotient", "remainder":
		if b.Sign() == 0 {
			return failed
		}
	}
	switch operator {
	case "add":
		r.Add(x, y)
	case "subtract":
		r.Sub(x, y)
	case "multiply":
		r.Mul(x, y)
	case "divide":
		r.Quo(x, y)
	case "quotient":
		r.SetInt(new(big.Int).Quo(a, b))
	case "remainder":
		r.SetFrac(new(big.Int).Rem(a, b), billion)
	}
	return bounded(r.FloatString(9))
}

// scaled rounds to n digits after the point, or cuts the others off.
func scaled(operator string, a *big.Int, n int64) string {
	if n >= 9 {
		return text(a)
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(9-n), nil)
	whole := new(big.Rat).SetFrac(a, unit)
	out := new(big.Int).Quo(a, unit)
	if operator == "rounded" {
		out.SetString(whole.FloatString(0), 10)
	}
	return bounded(text(out.Mul(out, unit)))
}

func bounded(s string) string {
	if whole, _, _ := strings.Cut(strings.TrimPrefix(s, "-"), "."); len(whole) > 29 {
		return failed
	}
	if strings.Trim(s, "-0.") == "" { // a zero has no sign
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// Each function yields what exact arithmetic says, or an error where NUMERIC ends, on vectors with NULLs among them.
func TestArithmetic(t *testing.T) {
	conn, all := open(t), samples()
	values := make([]string, len(all), len(all)+1)
	for i, n := range all {
		values[i] = fmt.Sprintf("(%d, '%s'::DECIMAL(38,9))", i, text(n))
	}
	table := "(VALUES " + strings.Join(append(values, fmt.Sprintf("(%d, NULL)", len(all))), ", ") + ") AS %s(i, x)"
	for _, operator := range []string{"add", "subtract", "multiply", "divide", "quotient", "remainder"} {
		check(t, conn, "SELECT coalesce(CAST(TRY(numeric_"+operator+"(a.x, b.x)) AS VARCHAR), 'none') FROM "+fmt.Sprintf(table, "a")+", "+fmt.Sprintf(table, "b")+" ORDER BY a.i, b.i",
			func(k int) (string, string) {
				i, j := k/(len(all)+1), k%(len(all)+1)
				if i == len(all) || j == len(all) {
					return failed, operator + " of a NULL"
				}
				return exact(operator, all[i], all[j]), operator + " of " + text(all[i]) + ", " + text(all[j])
			})
	}
	for _, operator := range []string{"rounded", "truncated"} {
		check(t, conn, "SELECT coalesce(CAST(TRY(numeric_"+operator+"(a.x, n)) AS VARCHAR), 'none') FROM "+fmt.Sprintf(table, "a")+", range(-32, 12) AS r(n) ORDER BY a.i, n",
			func(k int) (string, string) {
				i, n := k/44, int64(k%44-32)
				if i == len(all) {
					return failed, operator + " of a NULL"
				}
				return scaled(operator, all[i], n), fmt.Sprintf("%s to %d digits %s", text(all[i]), n, operator)
			})
	}
}

// A NUMERIC is rounded to an integer, or is an error where those end.
func TestInteger(t *testing.T) {
	conn, all := open(t), samples()
	values := make([]string, len(all))
	for i, n := range all {
		values[i] = fmt.Sprintf("(%d, '%s'::DECIMAL(38,9))", i, text(n))
	}
	check(t, conn, "SELECT coalesce(CAST(TRY(numeric_integer(x)) AS VARCHAR), 'none') FROM (VALUES (-1, NULL), "+strings.Join(values, ", ")+") AS v(i, x) ORDER BY i",
		func(k int) (string, string) {
			if k == 0 {
				return failed, "the integer of a NULL"
			}
			whole, _ := new(big.Int).SetString(new(big.Rat).SetFrac(all[k-1], billion).FloatString(0), 10)
			if !whole.IsInt64() {
				return failed, "the integer of " + text(all[k-1])
			}
			return whole.String(), "the integer of " + text(all[k-1])
		})
}

// check compares the rows of a query with what they should be.
func check(t *testing.T, conn *sql.Conn, query string, want func(row int) (value, what string)) {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var got string
		if err := rows.Scan(&got); err != nil {
			t.Fatal(err)
		}
		if value, what := want(n); got != value {
			t.Errorf("%s is %s, want %s", what, got, value)
		}
	}
	if rows.Err() != nil || n < 50 {
		t.Errorf("%d rows, %v", n, rows.Err())
	}
}

// Errors are in BigQuery's words.
func TestErrors(t *testing.T) {
	conn := open(t)
	for call, want := range map[string]string{
		"numeric_multiply(100000000000000000000::DECIMAL(38,9), 100000000000000000000::DECIMAL(38,9))": "numeric overflow", "numeric_rounded(99999999999999999999999999999.9, 0)": "numeric overflow",
		"numeric_integer(9223372036854775807.5)": "int64 out of range: 9223372036854775807.5",
		"numeric_divide(1.5, 0)":                 "division by zero: 1.5 / 0", "numeric_quotient(-100, 0)": "division by zero: -100 / 0", "numeric_remainder(-0.000000001, 0)": "division by zero: MOD(-0.000000001, 0)",
	} {
		if _, err := conn.ExecContext(t.Context(), "SELECT "+call); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", call, err, want)
		}
	}
}
