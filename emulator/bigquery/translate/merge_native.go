package translate

import (
	"fmt"
	"regexp"
	"strings"

	gsql "github.com/goccy/go-googlesql"
)

// nativeMerge is a MERGE by DuckDB, which returns what it did to each row.
func (t *translator) nativeMerge(s *gsql.ResolvedMergeStmt, target *Source) {
	source := t.scan(must(s.FromScan()))
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

// ours is how this translation names columns.
var ours = regexp.MustCompile(`^\p{L}+\d+$`)

// namesLikeOurs reports whether a column of the target could be mistaken for
// one of the source.
func (t *translator) namesLikeOurs(target *Source) bool {
	for _, c := range target.Columns {
		if ours.MatchString(c.Name) {
			return true
		}
	}
	return false
}

// singleMatch reports whether the statement itself shows that a target row
// meets at most one source row: the source is grouped, and the condition equates
// each of its keys with an expression over the target alone.
func singleMatch(s *gsql.ResolvedMergeStmt) bool {
	keys, ok := groupKeys(must(s.FromScan()))
	if !ok {
		return false
	}
	target := map[int32]bool{}
	for _, c := range must(must(s.TableScan()).ColumnList()) {
		target[must(c.ColumnId())] = true
	}
	for _, id := range equated(must(s.MergeExpr()), target) {
		delete(keys, id)
	}
	return len(keys) == 0
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
func equated(node gsql.ResolvedExprNode, target map[int32]bool) []int32 {
	call, ok := node.(*gsql.ResolvedFunctionCall)
	if !ok {
		return nil
	}
	var ids []int32
	args := must(call.ArgumentList())
	switch strings.ToLower(must(must(call.Function()).Name())) {
	case "$and":
		for _, arg := range args {
			ids = append(ids, equated(arg, target)...)
		}
	case "$equal":
		a, b := columnID(args[0]), columnID(args[1])
		if target[b] {
			ids = append(ids, a)
		}
		if target[a] {
			ids = append(ids, b)
		}
	}
	return ids
}

// columnID is the column that an expression is, or -1.
func columnID(node gsql.ResolvedExprNode) int32 {
	if ref, ok := node.(*gsql.ResolvedColumnRef); ok {
		return must(must(ref.Column()).ColumnId())
	}
	return -1
}
