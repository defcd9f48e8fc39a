package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (c *converter) assert(s *gsql.ResolvedAssertStmt) *resolved.Assert {
	return &resolved.Assert{Condition: c.expr(must(s.Expression())), Message: must(s.Description())}
}
