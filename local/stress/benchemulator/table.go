//go:build cgo

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// table is what was measured: a row a figure, a column a subject.
type table struct {
	columns, rows []string
	cells         map[[2]string]string
}

// set notes a figure of a subject. The first subject decides the order of the rows.
func (t *table) set(row, column, value string) {
	if t.cells == nil {
		t.cells = map[[2]string]string{}
	}
	if !slices.Contains(t.columns, column) {
		t.columns = append(t.columns, column)
	}
	if !slices.Contains(t.rows, row) {
		t.rows = append(t.rows, row)
	}
	t.cells[[2]string{row, column}] = value
}

func (t *table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| | %s |\n|---|%s\n", strings.Join(t.columns, " | "), strings.Repeat("---|", len(t.columns)))
	for _, row := range t.rows {
		fmt.Fprintf(&b, "| %s |", row)
		for _, column := range t.columns {
			value := t.cells[[2]string{row, column}]
			if value == "" {
				value = "–"
			}
			fmt.Fprintf(&b, " %s |", value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// percentile is the p-th of 100 of durations, which it sorts.
func percentile(d []time.Duration, p int) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*p/100)]
}

func ms(d time.Duration) string {
	if d >= 100*time.Millisecond {
		return count(float64(d.Milliseconds())) + " ms"
	}
	return fmt.Sprintf("%.3g ms", float64(d.Microseconds())/1000)
}

func mb(bytes int64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprintf("%d MB", bytes/1e6)
}

// count writes a number with its thousands parted.
func count(n float64) string {
	s := fmt.Sprintf("%.0f", n)
	if n < 10 {
		s = fmt.Sprintf("%.1f", n)
	}
	for i := len(s) - 3; i > 0 && !strings.Contains(s, "."); i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
