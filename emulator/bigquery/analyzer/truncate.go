package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) truncate(s *gsql.ResolvedTruncateStmt) *resolved.Truncate {
	return &resolved.Truncate{Target: c.table(must(s.TableScan())), Condition: must(s.WhereExpr()) != nil}
}
