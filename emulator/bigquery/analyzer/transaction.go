package analyzer

import (
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// transaction copies a statement that begins or ends a transaction.
func transaction(s gsql.ResolvedStatementNode) resolved.Statement {
	switch s.(type) {
	case *gsql.ResolvedBeginStmt:
		return &resolved.Begin{}
	case *gsql.ResolvedCommitStmt:
		return &resolved.Commit{}
	default:
		return &resolved.Rollback{}
	}
}
