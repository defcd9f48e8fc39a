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
		return c.truncate(s)
	case *gsql.ResolvedBeginStmt, *gsql.ResolvedCommitStmt, *gsql.ResolvedRollbackStmt:
		return transaction(s)
	case *gsql.ResolvedAssertStmt:
		return c.assert(s)
	case *gsql.ResolvedCallStmt:
		return c.callProcedure(s)
	case *gsql.ResolvedCreateFunctionStmt:
		return c.createFunction(s)
	case *gsql.ResolvedExportDataStmt:
		return c.exportData(s)
	}
	if d := c.ddl(node); d != nil {
		return d
	}
	kind := must(node.NodeKindString())
	return &resolved.Other{Name: "the statement " + strings.TrimSuffix(strings.TrimPrefix(kind, "Resolved"), "Stmt")}
}
