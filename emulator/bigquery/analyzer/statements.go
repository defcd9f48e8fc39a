package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

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
		return c.update(s)
	case *gsql.ResolvedDeleteStmt:
		return c.delete(s)
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
	case *gsql.ResolvedCallStmt:
		return &resolved.CallProcedure{Procedure: c.named[must(must(s.Signature()).ContextId())].Routine}
	case *gsql.ResolvedCreateFunctionStmt:
		return c.createFunction(s)
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
