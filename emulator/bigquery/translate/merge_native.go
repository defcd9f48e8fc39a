package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// nativeMerge is a MERGE by DuckDB, which returns what it did to each row.
func (t *translator) nativeMerge(s *resolved.Merge, target *resolved.Source) {
	source := t.scanSQL(s.From)
	t.targetColumns(s.Target, "_t")
	on := t.filter(s.On)
	clauses, _ := t.whenClauses(s.When, target)
	var b strings.Builder
	fmt.Fprintf(&b, "MERGE INTO %s AS _t USING (%s) AS _s ON %s", target.From, source, on)
	for _, c := range clauses {
		fmt.Fprintf(&b, " WHEN %s AND %s THEN %s", c.matched(), c.condition, c.effect())
	}
	b.WriteString(" RETURNING merge_action")
	t.step(Merged, b.String())
}

func (c *clause) matched() string {
	switch c.kind {
	case resolved.Matched:
		return "MATCHED"
	case resolved.NotMatchedByTarget:
		return "NOT MATCHED"
	default:
		return "NOT MATCHED BY SOURCE"
	}
}

func (c *clause) effect() string {
	switch c.action {
	case resolved.DeleteRow:
		return "DELETE"
	case resolved.UpdateRow:
		sets := make([]string, len(c.names))
		for i, n := range c.names {
			sets[i] = n + " = " + c.values[i]
		}
		return "UPDATE SET " + strings.Join(sets, ", ")
	default:
		return fmt.Sprintf("INSERT (%s) VALUES (%s)", strings.Join(c.names, ", "), strings.Join(c.values, ", "))
	}
}

// match says how rows of source and target of a MERGE meet.
type match struct {
	keys   []*resolved.Column // of the source, that equal columns of the target
	unique bool               // no two rows of the source have the same keys
}

// matchOf reads it off the statement: a source grouped by nothing but its keys
// is unique.
func matchOf(s *resolved.Merge) match {
	target := map[int32]bool{}
	for _, c := range s.Target.Columns() {
		target[c.ID] = true
	}
	m := match{keys: equated(s.On, target)}
	grouped, ok := groupKeys(s.From)
	for _, c := range m.keys {
		delete(grouped, c.ID)
	}
	m.unique = ok && len(grouped) == 0
	return m
}

// groupKeys finds the columns that a scan groups by, if it ends in a GROUP BY.
func groupKeys(node resolved.Scan) (map[int32]bool, bool) {
	switch scan := node.(type) {
	case *resolved.With:
		return groupKeys(scan.Query)
	case *resolved.Project:
		return groupKeys(scan.Input)
	case *resolved.Filter:
		return groupKeys(scan.Input)
	case *resolved.Analytic:
		return groupKeys(scan.Input)
	case *resolved.Aggregate:
		if len(scan.Sets) > 0 {
			return nil, false
		}
		keys := map[int32]bool{}
		for _, c := range scan.GroupBy {
			keys[c.Column.ID] = true
		}
		return keys, true
	}
	return nil, false
}

// equated lists the columns that a conjunction equates with a column of the target.
func equated(node resolved.Expr, target map[int32]bool) []*resolved.Column {
	call, ok := node.(*resolved.Call)
	if !ok {
		return nil
	}
	var list []*resolved.Column
	args := call.Args
	switch call.Function {
	case "$and":
		for _, arg := range args {
			list = append(list, equated(arg, target)...)
		}
	case "$equal":
		a, aOK := args[0].(*resolved.ColumnRef)
		b, bOK := args[1].(*resolved.ColumnRef)
		if !aOK || !bOK {
			return nil
		}
		left, right := a.Column, b.Column
		switch aTarget, bTarget := target[left.ID], target[right.ID]; {
		case aTarget && !bTarget:
			list = append(list, right)
		case bTarget && !aTarget:
			list = append(list, left)
		}
	}
	return list
}
