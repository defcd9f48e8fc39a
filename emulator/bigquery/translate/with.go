package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (t *translator) withName(name string) string {
	return types.Quote(t.prefix + "w_" + name)
}

func (t *translator) withScan(s *resolved.With) *relation {
	var entries []string
	recursive := ""
	if s.Recursive {
		recursive = "RECURSIVE "
	}
	for _, e := range s.Entries {
		name := t.withName(e.Name)
		sub := e.Scan
		if r, ok := sub.(*resolved.Recursive); ok {
			names := positions(len(sub.Columns()))
			if !r.Distinct {
				names += ", " + iteration
			}
			entries = append(entries, fmt.Sprintf("%s(%s) AS (%s)", name, names, t.recursiveQuery(r, name)))
			continue
		}
		entries = append(entries, fmt.Sprintf("%s(%s) AS (%s)", name, positions(len(sub.Columns())), t.positional(sub)))
	}
	r := t.scan(s.Query)
	if r.with != "" {
		r = t.closed(r)
	}
	out := *r
	out.with = "WITH " + recursive + strings.Join(entries, ", ") + " "
	return &out
}

// positions names columns by position.
func positions(n int) string {
	if n == 0 {
		return "p0"
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("p%d", i)
	}
	return strings.Join(names, ", ")
}

// reference reads a WITH entry.
func (t *translator) reference(node resolved.Scan, name string) *relation {
	alias := t.alias()
	var items []item
	for i, c := range node.Columns() {
		items = append(items, t.newItem(c, fmt.Sprintf("%s.p%d", alias, i)))
	}
	return t.from(name+" AS "+alias, items)
}

func (t *translator) recursiveQuery(s *resolved.Recursive, name string) string {
	if s.Depth {
		bqerror.Refuse("WITH DEPTH")
	}
	columns := s.Columns()
	first := t.setItem(s.First, columns)
	t.recursive = append(t.recursive, name)
	second := t.setItem(s.Next, columns)
	t.recursive = t.recursive[:len(t.recursive)-1]
	if s.Distinct && slices.ContainsFunc(columns, isKeyed) {
		bqerror.Refuse("UNION DISTINCT of a recursive query with an INTERVAL")
	}
	if s.Distinct { // which ends by itself where the rows repeat
		return first + " UNION " + second
	}
	next := fmt.Sprintf("CASE WHEN _i.n >= %d THEN error('A recursive CTE has reached the maximum number of iterations: %d') ELSE _i.n + 1 END", maxIterations, maxIterations)
	return fmt.Sprintf("SELECT *, 0 AS %[1]s FROM (%[2]s) UNION ALL SELECT _r.*, %[3]s AS %[1]s FROM (%[4]s) AS _r, (SELECT max(%[1]s) AS n FROM %[5]s) AS _i",
		iteration, first, next, second, name)
}

// iteration is the column of a recursive query that counts its iterations, of which
// BigQuery has at most 500
// (https://cloud.google.com/bigquery/docs/recursive-ctes#reach_iteration_limit).
const (
	iteration     = `"^i"`
	maxIterations = 500
)
