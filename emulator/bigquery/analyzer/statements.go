package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// statement copies a statement.
func (c *converter) statement(node gsql.ResolvedStatementNode) resolved.Statement {
	switch s := node.(type) {
	case *gsql.ResolvedQueryStmt:
		return c.query(must(s.Query()), must(s.OutputColumnList()), must(s.IsValueTable()))
	case *gsql.ResolvedInsertStmt:
		return c.insert(s)
	case *gsql.ResolvedUpdateStmt:
		return &resolved.Update{
			Extras: resolved.Extras{AssertRows: must(s.AssertRowsModified()) != nil, Returning: must(s.Returning()) != nil},
			Target: c.table(must(s.TableScan())), Items: c.updateItems(must(s.UpdateItemList())),
			From: c.scan(must(s.FromScan())), Where: c.expr(must(s.WhereExpr())),
		}
	case *gsql.ResolvedDeleteStmt:
		return &resolved.Delete{
			Extras: resolved.Extras{AssertRows: must(s.AssertRowsModified()) != nil, Returning: must(s.Returning()) != nil},
			Target: c.table(must(s.TableScan())), Where: c.expr(must(s.WhereExpr())),
		}
	case *gsql.ResolvedMergeStmt:
		return c.merge(s)
	case *gsql.ResolvedTruncateStmt:
		return &resolved.Truncate{Target: c.table(must(s.TableScan())), Condition: must(s.WhereExpr()) != nil}
	case *gsql.ResolvedBeginStmt:
		return &resolved.Begin{}
	case *gsql.ResolvedCommitStmt:
		return &resolved.Commit{}
	case *gsql.ResolvedRollbackStmt:
		return &resolved.Rollback{}
	case *gsql.ResolvedAssertStmt:
		return &resolved.Assert{Condition: c.expr(must(s.Expression())), Message: must(s.Description())}
	case *gsql.ResolvedCreateFunctionStmt:
		return createFunction(s)
	}
	if d := c.ddl(node); d != nil {
		return d
	}
	kind := must(node.NodeKindString())
	return &resolved.Other{Name: "the statement " + strings.TrimSuffix(strings.TrimPrefix(kind, "Resolved"), "Stmt")}
}

func (c *converter) query(scan gsql.ResolvedScanNode, output []*gsql.ResolvedOutputColumn, valueTable bool) *resolved.Query {
	q := &resolved.Query{Scan: c.scan(scan), ValueTable: valueTable}
	for _, o := range output {
		q.Columns = append(q.Columns, resolved.OutputColumn{Name: must(o.Name()), Column: c.column(must(o.Column()))})
	}
	return q
}

func (c *converter) insert(s *gsql.ResolvedInsertStmt) resolved.Statement {
	i := &resolved.Insert{
		Extras:   resolved.Extras{AssertRows: must(s.AssertRowsModified()) != nil, Returning: must(s.Returning()) != nil},
		Conflict: must(s.InsertMode()) != gsql.ResolvedInsertStmtEnums_InsertModeOrError || must(s.OnConflictClause()) != nil,
		Target:   c.table(must(s.TableScan())), Columns: c.columnList(must(s.InsertColumnList())),
	}
	if q := must(s.Query()); q != nil {
		i.Query, i.QueryOutput = c.scan(q), c.columnList(must(s.QueryOutputColumnList()))
		return i
	}
	for _, r := range must(s.RowList()) {
		i.Rows = append(i.Rows, c.dmlValues(must(r.ValueList())))
	}
	return i
}

func (c *converter) dmlValues(list []*gsql.ResolvedDMLValue) []resolved.Expr {
	out := make([]resolved.Expr, len(list))
	for i, v := range list {
		out[i] = c.expr(must(v.Value()))
	}
	return out
}

func (c *converter) updateItems(list []*gsql.ResolvedUpdateItem) []resolved.UpdateItem {
	var out []resolved.UpdateItem
	for _, item := range list {
		u := resolved.UpdateItem{
			Elements: len(must(item.DeleteList()))+len(must(item.InsertList()))+len(must(item.UpdateList()))+len(must(item.UpdateItemElementList())) > 0,
		}
		if !u.Elements {
			u.Target, u.Value = c.expr(must(item.Target())), c.expr(must(must(item.SetValue()).Value()))
		}
		out = append(out, u)
	}
	return out
}

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

// createFunction reads CREATE TEMP FUNCTION with a body in SQL.
func createFunction(s *gsql.ResolvedCreateFunctionStmt) resolved.Statement {
	path := must(s.NamePath())
	switch {
	case must(s.CreateScope()) != gsql.ResolvedCreateStatementEnums_CreateScopeCreateTemp:
		bqerror.Refuse("CREATE FUNCTION without TEMP")
	case !strings.EqualFold(must(s.Language()), "SQL"):
		bqerror.Refuse("a function in %s", must(s.Language()))
	case must(s.IsAggregate()):
		bqerror.Refuse("CREATE AGGREGATE FUNCTION")
	case must(s.FunctionExpression()) == nil:
		bqerror.Refuse("a function of ANY TYPE")
	}
	f := &resolved.Function{Name: path[len(path)-1], Result: typeOf(must(s.ReturnType())), Body: must(s.Code())}
	signature := must(s.Signature())
	for i, name := range must(s.ArgumentNameList()) {
		typ := typeOf(must(must(signature.Argument(int32(i))).Type()))
		f.Arguments = append(f.Arguments, resolved.Variable{Name: name, Type: typ})
	}
	return &resolved.CreateFunction{Function: f}
}
