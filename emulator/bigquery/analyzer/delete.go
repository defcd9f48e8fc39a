package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) delete(s *gsql.ResolvedDeleteStmt) resolved.Statement {
	return &resolved.Delete{
		Extras: resolved.Extras{AssertRows: must(s.AssertRowsModified()) != nil, Returning: must(s.Returning()) != nil},
		Target: c.table(must(s.TableScan())), Where: c.expr(must(s.WhereExpr())),
	}
}
