package sqltest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// ordered says how the values of a type compare, independently of how the emulator does it:
// each class holds literals of one value, and the classes stand in ascending order
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types).
type ordered struct {
	typ     string
	classes [][]string
	nan     []string // literals that equal nothing, and come after NULL and before all others
	equal   bool     // only equality is defined
}

var orders = []ordered{
	{typ: "INT64", classes: [][]string{{"-9223372036854775808"}, {"-1"}, {"0", "-0"}, {"1", "0x1"}, {"9007199254740992"}, {"9007199254740993"}, {"9223372036854775807"}}},
	{
		typ: "FLOAT64", nan: []string{"CAST('nan' AS FLOAT64)", "-CAST('nan' AS FLOAT64)", "IEEE_DIVIDE(0, 0)"},
		classes: [][]string{
			{"CAST('-inf' AS FLOAT64)"}, {"-1.7976931348623157e308"}, {"-1.5"}, {"-5e-324"}, {"0.0", "-0.0"}, {"5e-324"}, {"0.1"}, {"0.30000000000000004", "0.1 + 0.2"}, {"1e15"},
			{"1.7976931348623157e308"}, {"CAST('inf' AS FLOAT64)"},
		},
	},
	{typ: "BOOL", classes: [][]string{{"FALSE"}, {"TRUE"}}},
	{typ: "STRING", classes: [][]string{{"''"}, {"'\\x00'"}, {"' '"}, {"'A'"}, {"'Z'"}, {"'a'", "r'a'"}, {"'a '"}, {"'aa'"}, {"'b'"}, {"'é'"}, {"'ﬀ'"}, {"'😀'"}}},
	{typ: "BYTES", classes: [][]string{{"b''"}, {"b'\\x00'"}, {"b'\\x00a'"}, {"b'A'"}, {"b'a'", "b'\\x61'"}, {"b'aa'"}, {"b'\\x7f'"}, {"b'\\x80'"}, {"b'\\xff'"}}},
	{typ: "DATE", classes: [][]string{{"DATE '0001-01-01'"}, {"DATE '1969-12-31'"}, {"DATE '1970-01-01'", "DATE(1970, 1, 1)"}, {"DATE '2024-02-29'"}, {"DATE '9999-12-31'"}}},
	{typ: "TIME", classes: [][]string{{"TIME '00:00:00'"}, {"TIME '00:00:00.000001'"}, {"TIME '12:00:00'", "TIME(12, 0, 0)"}, {"TIME '23:59:59.999999'"}}},
	{typ: "DATETIME", classes: [][]string{
		{"DATETIME '0001-01-01 00:00:00'"}, {"DATETIME '1969-12-31 23:59:59.999999'"}, {"DATETIME '1970-01-01 00:00:00'", "DATETIME '1970-01-01T00:00:00'"}, {"DATETIME '9999-12-31 23:59:59.999999'"},
	}},
	{typ: "TIMESTAMP", classes: [][]string{
		{"TIMESTAMP '0001-01-01 00:00:00+00'"}, {"TIMESTAMP '1969-12-31 23:59:59.999999+00'"}, {"TIMESTAMP '1970-01-01 00:00:00+00'", "TIMESTAMP '1970-01-01 02:00:00+02'", "TIMESTAMP_MICROS(0)"},
		{"TIMESTAMP '2024-03-31 01:00:00+00'", "TIMESTAMP '2024-03-31 03:00:00 Europe/Berlin'"}, {"TIMESTAMP '9999-12-31 23:59:59.999999+00'"},
	}},
	{typ: "NUMERIC", classes: [][]string{
		{"NUMERIC '-99999999999999999999999999999.999999999'"}, {"NUMERIC '-0.000000001'"}, {"NUMERIC '0'", "NUMERIC '-0'", "NUMERIC '0.000'"}, {"NUMERIC '0.000000001'"},
		{"NUMERIC '1'", "NUMERIC '1.000'", "NUMERIC '10e-1'"}, {"NUMERIC '9007199254740993'"}, {"NUMERIC '99999999999999999999999999999.999999999'"},
	}},
	{typ: "BIGNUMERIC", classes: [][]string{
		{"BIGNUMERIC '-12345678901234567890'"}, {"BIGNUMERIC '-0.000000000000000001'"}, {"BIGNUMERIC '0'", "BIGNUMERIC '-0'"}, {"BIGNUMERIC '0.000000000000000001'"}, {"BIGNUMERIC '1.5'", "BIGNUMERIC '1.50'"},
		{"BIGNUMERIC '12345678901234567890.123456789012345678'"},
	}},
	{typ: "INTERVAL", classes: [][]string{
		{"INTERVAL -10000 YEAR"}, {"INTERVAL -1 DAY", "INTERVAL -24 HOUR"}, {"INTERVAL 0 DAY", "INTERVAL 0 YEAR"}, {"INTERVAL 1 DAY", "INTERVAL 24 HOUR", "INTERVAL 1440 MINUTE"}, {"INTERVAL 25 HOUR"},
		{"INTERVAL 29 DAY"}, {"INTERVAL 1 MONTH", "INTERVAL 30 DAY", "INTERVAL 720 HOUR"}, {"INTERVAL 31 DAY"}, {"INTERVAL 1 YEAR", "INTERVAL 360 DAY", "INTERVAL 12 MONTH"}, {"INTERVAL 10000 YEAR"},
	}},
	{typ: "RANGE<DATE>", classes: [][]string{
		{"RANGE<DATE> '[UNBOUNDED, 0001-01-02)'"}, {"RANGE<DATE> '[UNBOUNDED, UNBOUNDED)'", "RANGE(CAST(NULL AS DATE), NULL)"}, {"RANGE<DATE> '[0001-01-01, 0001-01-02)'"},
		{"RANGE<DATE> '[2024-01-01, 2024-01-02)'", "RANGE(DATE '2024-01-01', DATE '2024-01-02')"}, {"RANGE<DATE> '[2024-01-01, 9999-12-31)'"}, {"RANGE<DATE> '[2024-01-01, UNBOUNDED)'"},
		{"RANGE<DATE> '[9999-12-31, UNBOUNDED)'"},
	}},
	{typ: "STRUCT<a INT64, b STRING>", equal: true, classes: [][]string{{"(1, 'a')", "STRUCT(1 AS x, 'a' AS y)"}, {"(1, 'b')"}, {"(2, 'a')"}}},
	{typ: "STRUCT<a STRUCT<b DATE>>", equal: true, classes: [][]string{{"STRUCT(STRUCT(DATE '2024-01-01'))"}, {"STRUCT(STRUCT(DATE '2024-01-02'))"}}},
}

// sample is a value of the table of a type.
type sample struct {
	literal   string
	null, nan bool
	class     int
}

func (o *ordered) samples() []sample {
	list := []sample{{literal: "NULL", null: true}, {literal: "CAST(NULL AS " + o.typ + ")", null: true}}
	for _, literal := range o.nan {
		list = append(list, sample{literal: literal, nan: true})
	}
	for i, class := range o.classes {
		for _, literal := range class {
			list = append(list, sample{literal: literal, class: i + 1})
		}
	}
	return list
}

// rank is the place in an ascending order, and the group.
func (s sample) rank() int {
	switch {
	case s.null:
		return -2
	case s.nan:
		return -1
	}
	return s.class
}

// compared is what an operator says of two samples: true, false, or <nil> for NULL.
func compared(op string, a, b sample) string {
	switch op {
	case "IS DISTINCT FROM":
		return fmt.Sprint(a.null != b.null || !a.null && (a.class != b.class || a.nan != b.nan))
	case "IS NOT DISTINCT FROM":
		return fmt.Sprint(a.null == b.null && (a.null || a.class == b.class && a.nan == b.nan))
	}
	if a.null || b.null {
		return "<nil>"
	}
	if a.nan || b.nan {
		return fmt.Sprint(op == "!=")
	}
	switch op {
	case "=":
		return fmt.Sprint(a.class == b.class)
	case "!=":
		return fmt.Sprint(a.class != b.class)
	case "<":
		return fmt.Sprint(a.class < b.class)
	case "<=":
		return fmt.Sprint(a.class <= b.class)
	case ">":
		return fmt.Sprint(a.class > b.class)
	default:
		return fmt.Sprint(a.class >= b.class)
	}
}

// column is the first column of a query's rows.
func column(t *testing.T, e *Engine, sql string) []string {
	t.Helper()
	res, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var out []string
	for _, row := range res.Rows.Values {
		out = append(out, fmt.Sprint(row[0]))
	}
	return out
}

// For every type, what the emulator makes of all pairs of values, of their order and of their
// groups is what the order of the classes says.
func TestComparison(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	for n, o := range orders {
		t.Run(o.typ, func(t *testing.T) {
			list := o.samples()
			table := fmt.Sprintf("d.t%d", n)
			fill := fmt.Sprintf("CREATE TABLE %s (i INT64, x %s); INSERT %s VALUES ", table, o.typ, table)
			for i, s := range list {
				fill += fmt.Sprintf("(%d, %s), ", i, s.literal)
			}
			if _, err := e.Query(context.Background(), Query{SQL: strings.TrimSuffix(fill, ", "), Project: "p"}); err != nil {
				t.Fatal(err)
			}
			o.pairs(t, e, table, list)
			o.groups(t, e, table, list)
			o.joins(t, e, table, list)
			if !o.equal {
				o.sorts(t, e, table, list)
				o.extremes(t, e, table, list)
			}
		})
	}
}

// pairs compares each value with each, as columns and as literals.
func (o *ordered) pairs(t *testing.T, e *Engine, table string, list []sample) {
	operators := []string{"=", "!=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"}
	if !o.equal {
		operators = append(operators, "<", "<=", ">", ">=")
	}
	for _, op := range operators {
		got := column(t, e, fmt.Sprintf("SELECT a.x %s b.x FROM %[2]s AS a, %[2]s AS b ORDER BY a.i, b.i", op, table))
		for i, a := range list {
			for j, b := range list {
				if want := compared(op, a, b); got[i*len(list)+j] != want {
					t.Errorf("%s %s %s of columns is %s, want %s", a.literal, op, b.literal, got[i*len(list)+j], want)
				}
			}
		}
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if a.literal == "NULL" {
				continue
			}
			sql := fmt.Sprintf("SELECT %s %s %s", a.literal, op, b.literal)
			if got := column(t, e, sql)[0]; got != compared(op, a, b) {
				t.Errorf("%s is %s, want %s", sql, got, compared(op, a, b))
			}
		}
	}
}

// groups counts the values by GROUP BY and DISTINCT.
func (o *ordered) groups(t *testing.T, e *Engine, table string, list []sample) {
	sizes := map[int]int{}
	for _, s := range list {
		sizes[s.rank()]++
	}
	var want []string
	for _, n := range sizes {
		want = append(want, fmt.Sprint(n))
	}
	slices.Sort(want)
	got := column(t, e, "SELECT COUNT(*) FROM "+table+" GROUP BY x")
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("groups of %v, want %v", got, want)
	}
	distinct := len(sizes) - 1 // but NULL
	for sql, want := range map[string]int{
		"SELECT COUNT(*) FROM (SELECT DISTINCT x FROM %[1]s)":                                      distinct + 1,
		"SELECT COUNT(*) FROM (SELECT x FROM %[1]s UNION DISTINCT SELECT x FROM %[1]s)":            distinct + 1,
		"SELECT COUNT(*) FROM (SELECT x FROM %[1]s INTERSECT DISTINCT SELECT x FROM %[1]s)":        distinct + 1,
		"SELECT COUNT(*) FROM (SELECT x FROM %[1]s EXCEPT DISTINCT SELECT x FROM %[1]s)":           0,
		"SELECT COUNT(*) FROM (SELECT COUNT(*) OVER (PARTITION BY x) AS n FROM %[1]s) WHERE n > 0": len(list),
	} {
		if o.nan != nil && strings.Contains(sql, "PARTITION BY") {
			continue // which takes no FLOAT64
		}
		if got := column(t, e, fmt.Sprintf(sql, table)); got[0] != fmt.Sprint(want) {
			t.Errorf("%s is %s, want %d", fmt.Sprintf(sql, table), got[0], want)
		}
	}
	if o.equal {
		return // COUNT(DISTINCT) takes no STRUCT
	}
	if got := column(t, e, "SELECT COUNT(DISTINCT x) FROM "+table); got[0] != fmt.Sprint(distinct) {
		t.Errorf("COUNT(DISTINCT x) is %s, want %d", got[0], distinct)
	}
}

// joins matches the values of the table with themselves.
func (o *ordered) joins(t *testing.T, e *Engine, table string, list []sample) {
	pairs, matched := 0, 0
	for _, a := range list {
		found := false
		for _, b := range list {
			if compared("=", a, b) == "true" {
				pairs++
				found = true
			}
		}
		if found {
			matched++
		}
	}
	for sql, want := range map[string]int{
		"SELECT COUNT(*) FROM %[1]s AS a JOIN %[1]s AS b ON a.x = b.x":                                        pairs,
		"SELECT COUNT(*) FROM %[1]s AS a JOIN %[1]s AS b USING (x)":                                           pairs,
		"SELECT COUNT(*) FROM %[1]s AS a LEFT JOIN %[1]s AS b ON a.x = b.x":                                   pairs + len(list) - matched,
		"SELECT COUNT(*) FROM %[1]s AS a FULL JOIN %[1]s AS b ON a.x = b.x":                                   pairs + 2*(len(list)-matched),
		"SELECT COUNT(*) FROM %[1]s AS a WHERE EXISTS (SELECT 1 FROM %[1]s AS b WHERE a.x = b.x)":             matched,
		"SELECT COUNT(*) FROM %[1]s AS a WHERE a.x IN (SELECT b.x FROM %[1]s AS b)":                           matched,
		"SELECT COUNT(*) FROM %[1]s AS a WHERE a.x IN (SELECT b.x FROM %[1]s AS b WHERE b.i < 0)":             0,
		"SELECT COUNT(*) FROM %[1]s AS a WHERE a.x NOT IN (SELECT b.x FROM %[1]s AS b)":                       0, // one is NULL
		"SELECT COUNT(*) FROM %[1]s AS a WHERE a.x = a.x":                                                     matched,
		"SELECT COUNT(*) FROM %[1]s AS a WHERE a.x IN UNNEST(ARRAY(SELECT x FROM %[1]s WHERE x IS NOT NULL))": matched,
	} {
		if got := column(t, e, fmt.Sprintf(sql, table)); got[0] != fmt.Sprint(want) {
			t.Errorf("%s is %s, want %d", fmt.Sprintf(sql, table), got[0], want)
		}
	}
}

// sorts orders the values in every way.
func (o *ordered) sorts(t *testing.T, e *Engine, table string, list []sample) {
	for order, less := range map[string]func(a, b sample) int{
		"ORDER BY x":                  func(a, b sample) int { return a.rank() - b.rank() },
		"ORDER BY x DESC":             func(a, b sample) int { return b.rank() - a.rank() },
		"ORDER BY x NULLS LAST":       func(a, b sample) int { return last(a, b, a.rank()-b.rank()) },
		"ORDER BY x DESC NULLS FIRST": func(a, b sample) int { return -last(a, b, a.rank()-b.rank()) },
	} {
		want := slices.Clone(list)
		slices.SortStableFunc(want, less)
		for what, got := range map[string][]string{
			"rows":            column(t, e, fmt.Sprintf("SELECT i FROM %s %s, i", table, order)),
			"an array":        column(t, e, fmt.Sprintf("SELECT i FROM UNNEST((SELECT ARRAY_AGG(i %s, i) FROM %s)) AS i WITH OFFSET AS o ORDER BY o", order, table)),
			"a window":        column(t, e, fmt.Sprintf("SELECT i FROM (SELECT i, ROW_NUMBER() OVER (%s, i) AS n FROM %s) ORDER BY n", order, table)),
			"an ARRAY(query)": column(t, e, fmt.Sprintf("SELECT i FROM UNNEST(ARRAY(SELECT i FROM %s %s, i)) AS i WITH OFFSET AS o ORDER BY o", table, order)),
		} {
			for k, text := range got {
				var i int
				if _, err := fmt.Sscan(text, &i); err != nil {
					t.Fatal(err)
				}
				if list[i].rank() != want[k].rank() {
					t.Errorf("%s: %s of %s: place %d has %s, want %s", order, what, table, k, list[i].literal, want[k].literal)
				}
			}
		}
	}
	// Values that are equal have one rank.
	got := column(t, e, fmt.Sprintf("SELECT DENSE_RANK() OVER (ORDER BY x) FROM %s ORDER BY i", table))
	ranks := map[int]string{}
	for i, s := range list {
		if r, ok := ranks[s.rank()]; ok && r != got[i] {
			t.Errorf("%s has the rank %s, an equal value has %s", s.literal, got[i], r)
		}
		ranks[s.rank()] = got[i]
	}
}

// last puts NULLs last.
func last(a, b sample, otherwise int) int {
	switch {
	case a.null == b.null:
		return otherwise
	case a.null:
		return 1
	}
	return -1
}

// extremes are MIN, MAX, GREATEST and LEAST: a NaN is the result where there is one, and NULL
// of the functions.
func (o *ordered) extremes(t *testing.T, e *Engine, table string, list []sample) {
	values := list[2:]
	for f, want := range map[string]sample{"MIN": values[0], "MAX": values[len(values)-1]} {
		if values[0].nan {
			want = values[0]
		}
		equal := fmt.Sprintf("(SELECT %s(x) FROM %s) IS NOT DISTINCT FROM %s", f, table, want.literal)
		if got := column(t, e, "SELECT "+equal); got[0] != "true" {
			t.Errorf("%s is %s", equal, got[0])
		}
	}
	for i := 1; i < len(values); i++ {
		a, b := values[i-1], values[i]
		greatest, least := b, a
		if a.nan || b.nan {
			greatest, least = sample{literal: o.nan[0]}, sample{literal: o.nan[0]}
		}
		for f, want := range map[string]sample{"GREATEST": greatest, "LEAST": least} {
			equal := fmt.Sprintf("%s(%s, %s) IS NOT DISTINCT FROM %s", f, a.literal, b.literal, want.literal)
			if got := column(t, e, "SELECT "+equal); got[0] != "true" {
				t.Errorf("%s is %s", equal, got[0])
			}
			null := fmt.Sprintf("%s(%s, NULL) IS NULL", f, a.literal)
			if got := column(t, e, "SELECT "+null); got[0] != "true" {
				t.Errorf("%s is %s", null, got[0])
			}
		}
	}
}
