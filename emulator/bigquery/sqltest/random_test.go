package sqltest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A draw is a value of a type by chance: a literal, and its place among the values of the type.
type draw struct {
	literal string
	key     []*big.Rat // compared one after the other
	text    string     // compared after key, by bytes
}

func (d draw) compare(o draw) int {
	for i := range d.key {
		if c := d.key[i].Cmp(o.key[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(d.text, o.text)
}

func keys(numbers ...int64) (list []*big.Rat) {
	for _, n := range numbers {
		list = append(list, new(big.Rat).SetInt64(n))
	}
	return list
}

// near is a number up to most on either side of 0, every other time a small one, so that values meet.
func near(r *rand.Rand, most int64) int64 {
	if r.IntN(2) == 0 {
		return r.Int64N(5) - 2
	}
	return r.Int64N(most) - r.Int64N(most)
}

// between is near, cut to two bounds.
func between(r *rand.Rand, least, most int64) int64 {
	return min(max(near(r, most-least), least), most)
}

// The days, and microseconds, from 1970 to the first and the last of BigQuery's.
const (
	firstDay, lastDay = -719162, 2932896
	dayMicros         = 86_400_000_000
)

func day(n int64) string { return time.Unix(n*86_400, 0).UTC().Format("2006-01-02") }

func moment(micros int64) string {
	return time.UnixMicro(micros).UTC().Format("2006-01-02 15:04:05.000000")
}

// scaled is an integer with a point before so many of its digits.
func scaled(n *big.Int, scale int) (string, *big.Rat) {
	x := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	return x.FloatString(scale), x
}

// digits is an integer of up to so many digits.
func digits(r *rand.Rand, most int) *big.Int {
	n := new(big.Int)
	for range 1 + r.IntN(most) {
		n.Add(n.Mul(n, big.NewInt(10)), big.NewInt(r.Int64N(10)))
	}
	if r.IntN(2) == 0 {
		n.Neg(n)
	}
	return n
}

// draws make values of each type, by the rules of
// https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types.
var draws = []struct {
	typ  string
	draw func(r *rand.Rand) draw
}{
	{"INT64", func(r *rand.Rand) draw {
		n := near(r, math.MaxInt64)
		return draw{literal: fmt.Sprint(n), key: keys(n)}
	}},
	{"FLOAT64", func(r *rand.Rand) draw {
		x := float64(near(r, 1<<40)) / 8
		if r.IntN(2) == 0 {
			if y := math.Float64frombits(r.Uint64()); !math.IsNaN(y) && !math.IsInf(y, 0) {
				x = y
			}
		}
		return draw{literal: fmt.Sprintf("CAST('%s' AS FLOAT64)", strconv.FormatFloat(x, 'g', -1, 64)), key: []*big.Rat{new(big.Rat).SetFloat64(x)}}
	}},
	{"STRING", func(r *rand.Rand) draw {
		var text, literal string
		for range r.IntN(4) {
			c := []rune("\x00 aAbBzZ~éßÿĀﬀ選😀\U0010FFFF")[r.IntN(17)]
			text, literal = text+string(c), literal+fmt.Sprintf(`\U%08x`, c)
		}
		return draw{literal: "'" + literal + "'", text: text}
	}},
	{"BYTES", func(r *rand.Rand) draw {
		var text, literal string
		for range r.IntN(3) {
			b := byte(r.IntN(4) * 85)
			text, literal = text+string([]byte{b}), literal+fmt.Sprintf(`\x%02x`, b)
		}
		return draw{literal: "b'" + literal + "'", text: text}
	}},
	{"BOOL", func(r *rand.Rand) draw {
		n := r.Int64N(2)
		return draw{literal: strings.ToUpper(fmt.Sprint(n == 1)), key: keys(n)}
	}},
	{"DATE", func(r *rand.Rand) draw {
		n := between(r, firstDay, lastDay)
		return draw{literal: "DATE '" + day(n) + "'", key: keys(n)}
	}},
	{"TIME", func(r *rand.Rand) draw {
		n := between(r, 0, dayMicros-1)
		return draw{literal: "TIME '" + moment(n)[11:] + "'", key: keys(n)}
	}},
	{"DATETIME", func(r *rand.Rand) draw {
		n := between(r, firstDay*dayMicros, (lastDay+1)*dayMicros-1)
		return draw{literal: "DATETIME '" + moment(n) + "'", key: keys(n)}
	}},
	{"TIMESTAMP", func(r *rand.Rand) draw {
		n, minutes := between(r, (firstDay+1)*dayMicros, lastDay*dayMicros), r.Int64N(1600)-800
		sign := "+"
		if minutes < 0 {
			sign = "-"
		}
		offset := max(minutes, -minutes)
		return draw{literal: fmt.Sprintf("TIMESTAMP '%s%s%02d:%02d'", moment(n+minutes*60_000_000), sign, offset/60, offset%60), key: keys(n)}
	}},
	{"NUMERIC", func(r *rand.Rand) draw {
		text, x := scaled(digits(r, 38), 9)
		return draw{literal: "NUMERIC '" + text + "'", key: []*big.Rat{x}}
	}},
	{"BIGNUMERIC", func(r *rand.Rand) draw {
		text, x := scaled(digits(r, 76), 38)
		return draw{literal: "BIGNUMERIC '" + text + "'", key: []*big.Rat{x}}
	}},
	{"INTERVAL", func(r *rand.Rand) draw {
		months, days, hours := r.Int64N(3), r.Int64N(100), r.Int64N(2_000)
		if r.IntN(2) == 0 {
			months, days, hours = -months, -days, -hours // parts of two signs are compared in TestIntervals
		}
		// A month has 30 days, and a day 24 hours, where intervals are compared.
		return draw{literal: fmt.Sprintf("MAKE_INTERVAL(month => %d, day => %d, hour => %d)", months, days, hours), key: keys((months*30+days)*24 + hours)}
	}},
	{"RANGE<DATE>", func(r *rand.Rand) draw {
		start, end := int64(math.MinInt64), int64(math.MaxInt64) // unbounded
		a, b := "UNBOUNDED", "UNBOUNDED"
		if r.IntN(4) > 0 {
			start = r.Int64N(4)
			a = day(start)
		}
		if r.IntN(4) > 0 {
			end = 4 + r.Int64N(3)
			b = day(end)
		}
		return draw{literal: fmt.Sprintf("RANGE<DATE> '[%s, %s)'", a, b), key: keys(start, end)}
	}},
}

// For values by chance of every type, the order, the groups, the joins and the ranks are those of their places.
func TestRandomComparison(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	const values = 40 // of each type
	for n, d := range draws {
		t.Run(d.typ, func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(n), 20261103))
			list := make([]*draw, 1, values) // the first is NULL
			fill := fmt.Sprintf("CREATE TABLE d.r%d (i INT64, x %s); INSERT d.r%d VALUES (0, NULL)", n, d.typ, n)
			for len(list) < values {
				v := d.draw(r)
				fill += fmt.Sprintf(", (%d, %s)", len(list), v.literal)
				list = append(list, &v)
			}
			if _, err := e.Query(context.Background(), Query{SQL: fill, Project: "p"}); err != nil {
				t.Fatal(err)
			}
			randomly(t, e, fmt.Sprintf("d.r%d", n), list)
		})
	}
}

// randomly holds comparisons, orders and groups of the values in a table to those of Go.
func randomly(t *testing.T, e *Engine, table string, list []*draw) {
	t.Helper()
	comparisons(t, e, table, list)
	for sql, want := range inOrder(list) {
		sql = fmt.Sprintf(sql, table)
		if got := column(t, e, sql); got[0] != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got[0], want)
		}
	}
}

// comparisons compares every value with every one.
func comparisons(t *testing.T, e *Engine, table string, list []*draw) {
	t.Helper()
	got := column(t, e, fmt.Sprintf("SELECT CONCAT(%s) FROM %[2]s AS a, %[2]s AS b ORDER BY a.i, b.i",
		"IFNULL(CAST(a.x < b.x AS STRING), '?'), ' ', IFNULL(CAST(a.x <= b.x AS STRING), '?'), ' ', IFNULL(CAST(a.x = b.x AS STRING), '?'), ' ', "+
			"IFNULL(CAST(a.x != b.x AS STRING), '?'), ' ', CAST(a.x IS DISTINCT FROM b.x AS STRING)", table))
	for i, x := range list {
		for j, y := range list {
			want := "? ? ? ? " + strconv.FormatBool(i != j)
			if x != nil && y != nil {
				c := x.compare(*y)
				want = fmt.Sprint(c < 0, c <= 0, c == 0, c != 0, c != 0)
			}
			if got := got[i*len(list)+j]; got != want {
				t.Errorf("%v and %v: < <= = != and IS DISTINCT FROM are %s, want %s", x, y, got, want)
			}
		}
	}
}

// inOrder are queries of a table about the order of its values, and their answers.
func inOrder(list []*draw) map[string]string {
	order := func(i, j int) int { // NULL is first
		switch a, b := list[i], list[j]; {
		case a == nil || b == nil:
			return cmp.Compare(min(i, 1), min(j, 1))
		default:
			return a.compare(*b)
		}
	}
	up := make([]int, len(list))
	for i := range up {
		up[i] = i
	}
	down := slices.Clone(up)
	slices.SortStableFunc(up, order)
	slices.SortStableFunc(down, func(i, j int) int { return order(j, i) })
	var groups []string // the members of groups by their first one
	matches := 0
	for i := range list {
		var members []int
		for j := range list {
			if order(i, j) == 0 {
				members = append(members, j)
			}
		}
		if list[i] != nil {
			matches += len(members)
		}
		if members[0] == i {
			groups = append(groups, words(members))
		}
	}
	return map[string]string{
		"SELECT STRING_AGG(CAST(i AS STRING), ' ' ORDER BY x, i) FROM %[1]s":                                                                        words(up),
		"SELECT ARRAY_TO_STRING(ARRAY(SELECT CAST(i AS STRING) FROM %[1]s ORDER BY x DESC, i), ' ')":                                                words(down),
		"SELECT STRING_AGG(g, ', ' ORDER BY f) FROM (SELECT STRING_AGG(CAST(i AS STRING), ' ' ORDER BY i) AS g, MIN(i) AS f FROM %[1]s GROUP BY x)": strings.Join(groups, ", "),
		"SELECT STRING_AGG(CAST(k AS STRING), ' ' ORDER BY i) FROM (SELECT i, DENSE_RANK() OVER (ORDER BY x) AS k FROM %[1]s)":                      words(denseRanks(up, order)),
		"SELECT FORMAT('%%d %%d %%d %%d', COUNT(DISTINCT x), (SELECT COUNT(*) FROM (SELECT DISTINCT x FROM %[1]s)), (SELECT COUNT(*) FROM %[1]s AS a JOIN %[1]s AS b USING (x)), " +
			"(SELECT COUNT(*) FROM %[1]s WHERE x IN (SELECT x FROM %[1]s))) FROM %[1]s": fmt.Sprint(len(groups)-1, len(groups), matches, len(list)-1),
		"SELECT (SELECT MIN(x) FROM %[1]s) = a.x AND (SELECT MAX(x) FROM %[1]s) = b.x FROM %[1]s AS a, %[1]s AS b WHERE a.i = " + fmt.Sprint(up[1]) + " AND b.i = " + fmt.Sprint(up[len(up)-1]): "true",
	}
}

// denseRanks are the DENSE_RANKs of the values, which are in ascending order in up.
func denseRanks(up []int, order func(i, j int) int) []int {
	rank := make([]int, len(up))
	for k, i := range up {
		if k > 0 {
			rank[i] = rank[up[k-1]]
		}
		if k == 0 || order(up[k-1], i) != 0 {
			rank[i]++
		}
	}
	return rank
}

// words are numbers with spaces between.
func words(numbers []int) string { return strings.Trim(fmt.Sprint(numbers), "[]") }

// Intervals whose parts have two signs are as long as their parts together.
func TestIntervals(t *testing.T) {
	e := open(t, Options{})
	createDataset(t, e)
	const values = 40
	r := rand.New(rand.NewPCG(11, 20261103))
	var fill []string
	var hours []int64
	for i := range values {
		m, d, h := near(r, 30), near(r, 900), near(r, 20_000)
		fill = append(fill, fmt.Sprintf("(%d, MAKE_INTERVAL(month => %d, day => %d, hour => %d))", i, m, d, h))
		hours = append(hours, (m*30+d)*24+h)
	}
	if _, err := e.Query(context.Background(), Query{SQL: "CREATE TABLE d.iv (i INT64, x INTERVAL); INSERT d.iv VALUES " + strings.Join(fill, ", "), Project: "p"}); err != nil {
		t.Fatal(err)
	}
	got := column(t, e, "SELECT CONCAT(CAST(a.x < b.x AS STRING), ' ', CAST(a.x = b.x AS STRING), ' ', CAST(a.x IN (b.x) AS STRING), ' ', CAST(GREATEST(a.x, b.x) = a.x AS STRING)) FROM d.iv AS a, d.iv AS b ORDER BY a.i, b.i")
	up, small, large := make([]int, values), 0, 0
	for i, x := range hours {
		up[i] = i
		for j, y := range hours {
			if want := fmt.Sprint(x < y, x == y, x == y, x >= y); got[i*values+j] != want {
				t.Errorf("%s and %s: < = IN and GREATEST are %s, want %s", fill[i], fill[j], got[i*values+j], want)
			}
		}
		if x < hours[small] {
			small = i
		}
		if x > hours[large] {
			large = i
		}
	}
	slices.SortStableFunc(up, func(i, j int) int { return cmp.Compare(hours[i], hours[j]) })
	if got := column(t, e, "SELECT STRING_AGG(CAST(i AS STRING), ' ' ORDER BY x, i) FROM d.iv")[0]; got != words(up) {
		t.Errorf("the order is %s, want %s", got, words(up))
	}
	if got := column(t, e, "SELECT FORMAT('%t %t', MIN(x) = (SELECT x FROM d.iv WHERE i = "+fmt.Sprint(small)+"), MAX(x) = (SELECT x FROM d.iv WHERE i = "+fmt.Sprint(large)+")) FROM d.iv")[0]; got != "true true" {
		t.Errorf("MIN and MAX are right: %s", got)
	}
	lengths := map[int64]bool{}
	for _, x := range hours {
		lengths[x] = true
	}
	if got := column(t, e, "SELECT FORMAT('%d %d', COUNT(DISTINCT x), (SELECT COUNT(*) FROM (SELECT x FROM d.iv GROUP BY x))) FROM d.iv")[0]; got != words([]int{len(lengths), len(lengths)}) {
		t.Errorf("COUNT(DISTINCT) and GROUP BY find %s lengths, want %d", got, len(lengths))
	}
}
