package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

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
