package translate

import (
	gsql "github.com/goccy/go-googlesql"
)

// Control is a statement that the engine itself carries out.
type Control struct {
	Action ControlAction
	// Message is the description of an ASSERT.
	Message string
}

// ControlAction says what a Control does.
type ControlAction int

// The actions of control statements. Assert has a Query step that yields the
// condition.
const (
	Begin ControlAction = iota + 1
	Commit
	Rollback
	Assert
)

// control translates a control statement; it reports whether stmt is one.
func (t *translator) control(stmt gsql.ResolvedStatementNode) bool {
	switch s := stmt.(type) {
	case *gsql.ResolvedBeginStmt:
		t.plan.Kind, t.plan.Control = "BEGIN_TRANSACTION", &Control{Action: Begin}
	case *gsql.ResolvedCommitStmt:
		t.plan.Kind, t.plan.Control = "COMMIT_TRANSACTION", &Control{Action: Commit}
	case *gsql.ResolvedRollbackStmt:
		t.plan.Kind, t.plan.Control = "ROLLBACK_TRANSACTION", &Control{Action: Rollback}
	case *gsql.ResolvedAssertStmt:
		t.plan.Kind, t.plan.Control = "ASSERT", &Control{Action: Assert, Message: must(s.Description())}
		t.step(Query, "SELECT "+t.expr(must(s.Expression())))
	default:
		return false
	}
	return true
}
