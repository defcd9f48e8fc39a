package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) merge(s *gsql.ResolvedMergeStmt) resolved.Statement {
	m := &resolved.Merge{Target: c.table(must(s.TableScan())), From: c.scan(must(s.FromScan())), On: c.expr(must(s.MergeExpr()))}
	for _, w := range must(s.WhenClauseList()) {
		when := resolved.When{Match: resolved.NotMatchedBySource, Action: resolved.DeleteRow, Condition: c.expr(must(w.MatchExpr()))}
		switch must(w.MatchType()) {
		case gsql.ResolvedMergeWhenEnums_MatchTypeMatched:
			when.Match = resolved.Matched
		case gsql.ResolvedMergeWhenEnums_MatchTypeNotMatchedByTarget:
			when.Match = resolved.NotMatchedByTarget
		}
		switch must(w.ActionType()) {
		case gsql.ResolvedMergeWhenEnums_ActionTypeInsert:
			when.Action = resolved.InsertRow
			when.Columns, when.Row = c.columnList(must(w.InsertColumnList())), c.dmlValues(must(must(w.InsertRow()).ValueList()))
		case gsql.ResolvedMergeWhenEnums_ActionTypeUpdate:
			when.Action, when.Items = resolved.UpdateRow, c.updateItems(must(w.UpdateItemList()))
		}
		m.When = append(m.When, when)
	}
	return m
}
