package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// clause is a WHEN clause of a MERGE.
type clause struct {
	number    int
	kind      resolved.Match
	action    resolved.Action
	condition string   // its own, beyond the kind's
	names     []string // columns that change
	values    []string
}

// applies is when the clause applies to a pair of rows of the join.
func (c *clause) applies() string {
	switch c.kind {
	case resolved.Matched:
		return "_src AND _rid IS NOT NULL AND " + c.condition
	case resolved.NotMatchedByTarget:
		return "_rid IS NULL AND " + c.condition
	default:
		return "_src IS NULL AND " + c.condition
	}
}

// merge translates a MERGE to DuckDB's own, which takes any one of several
// source rows that meet one target row, and to steps that refuse them. The
// latter run instead where the keys of the source are not unique.
func (t *translator) merge(s *resolved.Merge) {
	target := t.target("MERGE", s.Target)
	match := matchOf(s)
	if len(match.keys) == 0 || onlyInserts(s) || updatesBySource(s) || target.NamesLikeGenerated() {
		t.stagedMerge(s, target)
		return
	}
	if match.unique {
		t.nativeMerge(s, target)
		return
	}
	reads := t.plan.Reads
	t.stagedMerge(s, target)
	t.plan.Instead, t.plan.Steps, t.plan.Reads = t.plan.Steps, nil, reads
	t.step(Unless, fmt.Sprintf("SELECT 1 FROM (%s) GROUP BY %s HAVING count(*) > 1 LIMIT 1", t.scanSQL(s.From), t.columns(match.keys)))
	t.plan.Reads = reads
	t.nativeMerge(s, target)
}

// updatesBySource reports whether a clause updates rows that the source doesn't
// have. DuckDB 1.5 reads memory that isn't its own where such a MERGE returns rows
// of a table with nested columns, and may end the process.
func updatesBySource(s *resolved.Merge) bool {
	return slices.ContainsFunc(s.When, func(w resolved.When) bool {
		return w.Match == resolved.NotMatchedBySource && w.Action == resolved.UpdateRow
	})
}

// stagedMerge first joins source and target, which chooses the first clause that
// applies to each pair and computes its values; then comes one statement for
// each clause.
func (t *translator) stagedMerge(s *resolved.Merge, target *resolved.Source) {
	scan := s.Target
	source := "SELECT *, TRUE AS _src FROM (" + t.scanSQL(s.From) + ")"
	table := t.targetScan(scan)
	on := t.filter(s.On)
	clauses, kinds := t.whenClauses(s.When, target)

	if onlyInserts(s) {
		t.mergeInsert(clauses[0], target, fmt.Sprintf("(%s) ANTI JOIN (%s) ON %s", source, table, on))
		return
	}
	t.step(Exec, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS %s", dmlTable, mergeRows(clauses, kinds, source, table, on)))
	var changing []string
	for _, c := range clauses {
		if c.action != resolved.InsertRow {
			changing = append(changing, fmt.Sprint(c.number))
		}
	}
	if len(changing) > 0 && kinds[resolved.Matched] {
		t.guard("_action IN (" + strings.Join(changing, ", ") + ")")
	}
	for _, c := range clauses {
		t.mergeStep(c, target)
	}
	t.step(Exec, "DROP TABLE "+dmlTable)
}

// onlyInserts reports whether the one clause inserts what the target doesn't have.
func onlyInserts(s *resolved.Merge) bool {
	list := s.When
	return len(list) == 1 && list[0].Match == resolved.NotMatchedByTarget
}

// whenClauses translates the clauses and collects which kinds there are.
func (t *translator) whenClauses(list []resolved.When, target *resolved.Source) ([]*clause, map[resolved.Match]bool) {
	kinds := map[resolved.Match]bool{}
	var clauses []*clause
	for i, w := range list {
		c := &clause{number: i, kind: w.Match, action: w.Action, condition: "TRUE"}
		kinds[c.kind] = true
		if e := w.Condition; e != nil {
			c.condition = t.expr(e)
		}
		switch c.action {
		case resolved.InsertRow:
			t.insertClause(c, w, target)
		case resolved.UpdateRow:
			for _, a := range t.assignments(w.Items) {
				c.names, c.values = append(c.names, a.name), append(c.values, a.value)
			}
		}
		clauses = append(clauses, c)
	}
	return clauses, kinds
}

func (t *translator) insertClause(c *clause, w resolved.When, target *resolved.Source) {
	values := w.Row
	in := &insertion{}
	for i, column := range w.Columns {
		value := t.stored(t.expr(values[i]), column)
		if value == "DEFAULT" {
			continue // a column that isn't named gets its default
		}
		in.names = append(in.names, types.Quote(column.Name))
		in.values = append(in.values, value)
	}
	t.ingestion(target, in)
	c.names, c.values = in.names, in.values
}

// mergeInsert is a MERGE that only inserts.
func (t *translator) mergeInsert(c *clause, target *resolved.Source, from string) {
	t.step(Inserted, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s",
		target.From, strings.Join(c.names, ", "), strings.Join(c.values, ", "), from, c.condition))
}

// mergeRows selects the action and the values for each pair of rows.
func mergeRows(clauses []*clause, kinds map[resolved.Match]bool, source, table, on string) string {
	join := "INNER JOIN"
	unmatchedSource := kinds[resolved.NotMatchedByTarget]
	unmatchedTarget := kinds[resolved.NotMatchedBySource]
	switch {
	case unmatchedSource && unmatchedTarget:
		join = "FULL JOIN"
	case unmatchedSource:
		join = "LEFT JOIN"
	case unmatchedTarget:
		join = "RIGHT JOIN"
	}
	var action strings.Builder
	action.WriteString("CASE")
	list := []string{"_rid", "_action"}
	for _, c := range clauses {
		fmt.Fprintf(&action, " WHEN %s THEN %d", c.applies(), c.number)
		for i, v := range c.values {
			if v != "DEFAULT" {
				list = append(list, fmt.Sprintf("CASE WHEN _action = %d THEN %s END AS v%d_%d", c.number, v, c.number, i))
			}
		}
	}
	action.WriteString(" END")
	return fmt.Sprintf("SELECT %s FROM (SELECT *, %s AS _action FROM (%s) %s (%s) ON %s) WHERE _action IS NOT NULL",
		strings.Join(list, ", "), action.String(), source, join, table, on)
}

// mergeStep applies one clause.
func (t *translator) mergeStep(c *clause, target *resolved.Source) {
	switch c.action {
	case resolved.DeleteRow:
		t.step(Deleted, fmt.Sprintf("DELETE FROM %s WHERE rowid IN (SELECT _rid FROM %s WHERE _action = %d)", target.From, dmlTable, c.number))
	case resolved.UpdateRow:
		sets := make([]string, len(c.names))
		for i, n := range c.names {
			sets[i] = fmt.Sprintf("%s = _m.v%d_%d", n, c.number, i)
			if c.values[i] == "DEFAULT" {
				sets[i] = n + " = DEFAULT"
			}
		}
		t.step(Updated, fmt.Sprintf("UPDATE %s AS _t SET %s FROM %s AS _m WHERE _t.rowid = _m._rid AND _m._action = %d",
			target.From, strings.Join(sets, ", "), dmlTable, c.number))
	default:
		values := make([]string, len(c.names))
		for i := range c.names {
			values[i] = fmt.Sprintf("v%d_%d", c.number, i)
		}
		t.step(Inserted, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE _action = %d",
			target.From, strings.Join(c.names, ", "), strings.Join(values, ", "), dmlTable, c.number))
	}
}
