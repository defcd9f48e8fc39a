package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"
)

// Table is the rows that one table must hold, without the columns that say when and
// how often something was written (updated_at, revision, ingest times).
type Table struct {
	Name    string   // dataset.table
	Columns []string // the first Key of them identify a row
	Key     int

	rows map[string]string // the key columns' text to the other columns' text
}

// separator stands between the texts of columns. It is a control character that
// no value of the simulation contains.
const separator = "\x1f"

// null is the text of NULL.
const null = "NULL"

func newTable(name string, key, columns string) *Table {
	k := strings.Fields(key)
	return &Table{Name: name, Columns: append(k, strings.Fields(columns)...), Key: len(k), rows: map[string]string{}}
}

// add enters a row. Two rows of one key are an error of the ledger itself.
func (t *Table) add(values ...any) {
	key, value := t.split(values)
	if _, twice := t.rows[key]; twice {
		panic(fmt.Sprintf("ledger: %s has two rows of key %q", t.Name, key))
	}
	t.rows[key] = value
}

// Rows is the number of rows.
func (t *Table) Rows() int { return len(t.rows) }

func (t *Table) split(values []any) (key, value string) {
	if len(values) != len(t.Columns) {
		panic(fmt.Sprintf("ledger: %s has %d columns, not %d", t.Name, len(t.Columns), len(values)))
	}
	return join(values[:t.Key]), join(values[t.Key:])
}

func join(values []any) string {
	var b []byte
	for i, v := range values {
		if i > 0 {
			b = append(b, separator...)
		}
		b = appendText(b, v)
	}
	return string(b)
}

// appendText appends a value as text. A value of BigQuery's client and the same
// value of the ledger have the same text.
func appendText(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, null...)
	case string:
		return append(b, v...)
	case optional:
		if v == "" {
			return append(b, null...)
		}
		return append(b, v...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int32:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		// Twelve digits: two ways to divide may differ in the last bit.
		return strconv.AppendFloat(b, v, 'g', 12, 64)
	case time.Time:
		if v.IsZero() {
			return append(b, null...)
		}
		return v.UTC().AppendFormat(b, time.RFC3339Nano)
	case civil.Date:
		return append(b, v.String()...)
	}
	return fmt.Append(b, v)
}

// optional is a string that stands for NULL when it is empty.
type optional string
