package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Reader reads the tables that are compared; query.Warehouse is one.
type Reader interface {
	// Read calls row with the values of the columns for each row of the table
	// (dataset.table), in any order, and stops at row's first error. Values
	// are nil, string (of a day 2006-01-02), int64, float64, time.Time or civil.Date.
	Read(ctx context.Context, table string, columns []string, row func([]any) error) error
}

// shown is how many differences of one table are listed.
const shown = 5

// Compare reads every table and returns how it differs from the ledger, one
// sentence per difference; none means that all are equal. The error says that a
// table couldn't be read.
func (l *Ledger) Compare(ctx context.Context, r Reader, keyer func(voterID string) string) ([]string, error) {
	var differences []string
	for _, t := range l.Tables(keyer) {
		found, err := t.compare(ctx, r)
		if err != nil {
			return differences, fmt.Errorf("read %s to compare it with the ledger: %w", t.Name, err)
		}
		differences = append(differences, found...)
	}
	return differences, nil
}

func (t *Table) compare(ctx context.Context, r Reader) ([]string, error) {
	var list differences
	seen := make(map[string]bool, len(t.rows))
	err := r.Read(ctx, t.Name, t.Columns, func(values []any) error {
		if len(values) != len(t.Columns) {
			return fmt.Errorf("a row has %d values, want %d", len(values), len(t.Columns))
		}
		key, got := t.split(values)
		want, expected := t.rows[key]
		switch {
		case seen[key]:
			list.add("%s: more than one row of %s", t.Name, t.keyText(key))
		case !expected:
			list.add("%s: a row too many, %s: %s", t.Name, t.keyText(key), t.valueText(got))
		case got != want:
			list.add("%s: %s: %s", t.Name, t.keyText(key), t.differing(got, want))
		}
		seen[key] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	if missing := t.missing(seen); len(missing) > 0 {
		for _, key := range missing {
			list.add("%s: no row of %s; want %s", t.Name, t.keyText(key), t.valueText(t.rows[key]))
		}
	}
	return list.sentences(t.Name), nil
}

// missing returns the keys that weren't seen, in order.
func (t *Table) missing(seen map[string]bool) []string {
	var keys []string
	for key := range t.rows {
		if !seen[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (t *Table) keyText(key string) string { return text(t.Columns[:t.Key], key) }

func (t *Table) valueText(value string) string { return text(t.Columns[t.Key:], value) }

func text(columns []string, joined string) string {
	var words []string
	for i, v := range strings.Split(joined, separator) {
		words = append(words, columns[i]+"="+v)
	}
	return strings.Join(words, " ")
}

// differing names the columns in which two rows of one key differ.
func (t *Table) differing(got, want string) string {
	g, w := strings.Split(got, separator), strings.Split(want, separator)
	var words []string
	for i, column := range t.Columns[t.Key:] {
		if g[i] != w[i] {
			words = append(words, fmt.Sprintf("%s is %s, want %s", column, g[i], w[i]))
		}
	}
	return strings.Join(words, "; ")
}

// differences keeps the first few sentences and counts the rest.
type differences struct {
	first []string
	total int
}

func (d *differences) add(format string, args ...any) {
	d.total++
	if len(d.first) < shown {
		d.first = append(d.first, fmt.Sprintf(format, args...))
	}
}

func (d *differences) sentences(table string) []string {
	if more := d.total - len(d.first); more > 0 {
		return append(d.first, fmt.Sprintf("%s: %d more differences", table, more))
	}
	return d.first
}
