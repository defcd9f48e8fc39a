package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// callProcedure returns CALL of a procedure.
func (c *converter) callProcedure(s *gsql.ResolvedCallStmt) resolved.Statement {
	return &resolved.CallProcedure{Procedure: c.named[must(must(s.Signature()).ContextId())].Routine}
}
