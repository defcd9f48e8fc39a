package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"
)

// nativeMerge is a MERGE by DuckDB, which returns what it did to each row.
func (t *translator) nativeMerge(s *gsql.ResolvedMergeStmt, target *Source) {
	source := t.scanSQL(must(s.FromScan()))
	t.targetColumns(must(s.TableScan()), "_t")
	on := t.filter(must(s.MergeExpr()))
	clauses, _ := t.whenClauses(must(s.WhenClauseList()), target)
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
	case gsql.ResolvedMergeWhenEnums_MatchTypeMatched:
		return "MATCHED"
	case gsql.ResolvedMergeWhenEnums_MatchTypeNotMatchedByTarget:
		return "NOT MATCHED"
	default:
		return "NOT MATCHED BY SOURCE"
	}
}

func (c *clause) effect() string {
	switch c.action {
	case gsql.ResolvedMergeWhenEnums_ActionTypeDelete:
		return "DELETE"
	case gsql.ResolvedMergeWhenEnums_ActionTypeUpdate:
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
	keys   []*gsql.ResolvedColumn // of the source, that equal columns of the target
	unique bool                   // no two rows of the source have the same keys
}

// matchOf reads it off the statement: a source grouped by nothing but its keys
// is unique.
func matchOf(s *gsql.ResolvedMergeStmt) match {
	target := map[int32]bool{}
	for _, c := range must(must(s.TableScan()).ColumnList()) {
		target[must(c.ColumnId())] = true
	}
	m := match{keys: equated(must(s.MergeExpr()), target)}
	grouped, ok := groupKeys(must(s.FromScan()))
	for _, c := range m.keys {
		delete(grouped, must(c.ColumnId()))
	}
	m.unique = ok && len(grouped) == 0
	return m
}

// groupKeys finds the columns that a scan groups by, if it ends in a GROUP BY.
func groupKeys(node gsql.ResolvedScanNode) (map[int32]bool, bool) {
	switch scan := node.(type) {
	case *gsql.ResolvedWithScan:
		return groupKeys(must(scan.Query()))
	case *gsql.ResolvedProjectScan:
		return groupKeys(must(scan.InputScan()))
	case *gsql.ResolvedFilterScan:
		return groupKeys(must(scan.InputScan()))
	case *gsql.ResolvedAnalyticScan:
		return groupKeys(must(scan.InputScan()))
	case *gsql.ResolvedAggregateScan:
		if len(must(scan.GroupingSetList())) > 0 {
			return nil, false
		}
		keys := map[int32]bool{}
		for _, c := range must(scan.GroupByList()) {
			keys[must(must(c.Column()).ColumnId())] = true
		}
		return keys, true
	}
	return nil, false
}

// equated lists the columns that a conjunction equates with a column of the target.
func equated(node gsql.ResolvedExprNode, target map[int32]bool) []*gsql.ResolvedColumn {
	call, ok := node.(*gsql.ResolvedFunctionCall)
	if !ok {
		return nil
	}
	var list []*gsql.ResolvedColumn
	args := must(call.ArgumentList())
	switch strings.ToLower(must(must(call.Function()).Name())) {
	case "$and":
		for _, arg := range args {
			list = append(list, equated(arg, target)...)
		}
	case "$equal":
		a, aOK := args[0].(*gsql.ResolvedColumnRef)
		b, bOK := args[1].(*gsql.ResolvedColumnRef)
		if !aOK || !bOK {
			return nil
		}
		left, right := must(a.Column()), must(b.Column())
		switch aTarget, bTarget := target[must(left.ColumnId())], target[must(right.ColumnId())]; {
		case aTarget && !bTarget:
			list = append(list, right)
		case bTarget && !aTarget:
			list = append(list, left)
		}
	}
	return list
}

// columns lists columns by the names that the translation gives them.
func (t *translator) columns(list []*gsql.ResolvedColumn) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = t.column(c)
	}
	return strings.Join(names, ", ")
}
