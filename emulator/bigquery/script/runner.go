// Package script runs GoogleSQL scripts: variables, blocks, loops, jumps and
// exceptions. What is SQL in them it leaves to a Host. Package analyzer splits a
// script into the statements of this package.
package script

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Host runs the SQL of a script, with the variables of the runner's State.
type Host interface {
	// Statement runs a statement that is SQL.
	Statement(ctx context.Context, sql string) error
	// Evaluate computes an expression; the variable that it returns has no name.
	Evaluate(ctx context.Context, expr string) (*Variable, error)
	// Type is a type by its name in SQL. It runs nothing.
	Type(name string) (*types.Type, error)
	// Query reads the rows of a query as STRUCTs of a type.
	Query(ctx context.Context, sql string) (*types.Type, []map[string]any, error)
	// SetSystem sets a system variable, by its name in lower case and without @@.
	SetSystem(name string, value any) error
	// Execute runs a statement that the script has made. It sees none of the script's
	// variables. The values of its only row go to the variables named in into.
	Execute(ctx context.Context, sql string, using []*Variable, into []string) error
	// Procedure finds the procedure that a CALL names, and checks the types of its
	// arguments.
	Procedure(sql string) (*Procedure, error)
	// Enter makes names be those of a procedure, until what it returns is called.
	Enter(p *Procedure) (leave func())
}

// State is what the statements of a script see and change.
type State struct {
	Scopes Scopes
	System map[string]any // system variables by name, without @@
	calls  int            // of procedures, that have not returned
	failed string         // the statement that an exception comes from, "" without one
}

// Runner runs a script.
type Runner struct {
	Host  Host
	State *State
	SQL   string // the script, for the locations in errors
}

// jump leaves loops and scripts; it travels as an error.
type jump struct{ *Jump }

func (jump) Error() string { return "BREAK, CONTINUE or RETURN outside of a loop" }

// Run runs the statements of a script in a scope of their own.
func (r *Runner) Run(ctx context.Context, nodes []Node) error {
	err := r.block(ctx, nodes)
	var j jump
	if errors.As(err, &j) && j.Return {
		return nil
	}
	return err
}

// block runs statements in a scope of their own.
func (r *Runner) block(ctx context.Context, nodes []Node) error {
	depth := len(r.State.Scopes)
	r.State.Scopes = append(r.State.Scopes, nil)
	defer func() { r.State.Scopes = r.State.Scopes[:depth] }()
	return r.list(ctx, nodes)
}

func (r *Runner) list(ctx context.Context, nodes []Node) error {
	for _, n := range nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.node(ctx, n); err != nil {
			r.blame(n, err)
			return err
		}
	}
	return nil
}

// blame notes the statement that failed, the innermost one.
func (r *Runner) blame(n Node, err error) {
	var j jump
	if r.State.failed != "" || errors.As(err, &j) {
		return
	}
	if t, ok := n.(interface{ text() string }); ok {
		r.State.failed = t.text()
	}
}

// node runs one statement.
func (r *Runner) node(ctx context.Context, n Node) error {
	switch s := n.(type) {
	case *Simple:
		return r.located(r.Host.Statement(ctx, s.SQL), s.Text)
	case *Declare:
		return r.located(r.declare(ctx, s), s.Text)
	case *Set:
		return r.located(r.set(ctx, s), s.Text)
	case *Block:
		return r.guarded(ctx, s)
	case *If:
		return r.branch(ctx, s)
	case *Loop:
		return r.loop(ctx, s)
	case *For:
		return r.forIn(ctx, s)
	case *Jump:
		return jump{s}
	case *Raise:
		return r.raise(ctx, s)
	case *Execute:
		return r.located(r.execute(ctx, s), s.Text)
	case *Call:
		return r.located(r.call(ctx, s), s.Text)
	}
	return bqerror.Unsupported("this statement")
}

var location = regexp.MustCompile(`at \[(\d+):(\d+)\]`)

// located moves the location in an error's message from the statement to the
// script that holds it.
func (r *Runner) located(err error, text Text) error {
	var be *bqerror.Error
	if err == nil || !errors.As(err, &be) || text.Offset == 0 || text.Offset > len(r.SQL) {
		return err
	}
	before := r.SQL[:text.Offset]
	lines := strings.Count(before, "\n")
	column := len(before) - strings.LastIndexByte(before, '\n') - 1
	moved := *be
	moved.Message = location.ReplaceAllStringFunc(be.Message, func(at string) string {
		m := location.FindStringSubmatch(at)
		line, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		if line == 1 {
			col += column
		}
		return fmt.Sprintf("at [%d:%d]", line+lines, col)
	})
	return &moved
}

// guarded runs a BEGIN … END block with its exception handler.
func (r *Runner) guarded(ctx context.Context, b *Block) error {
	depth := len(r.State.Scopes)
	err := r.block(ctx, b.Body)
	var j jump
	switch {
	case err == nil:
		return nil
	case errors.As(err, &j):
		if j.Label != "" && strings.EqualFold(j.Label, b.Label) && !j.Jump.Continue {
			return nil
		}
		return err
	case !b.HasCatch || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	}
	r.State.Scopes = r.State.Scopes[:depth]
	outer := r.State.System
	r.State.System = maps.Clone(outer)
	r.State.System["error.message"] = err.Error()
	r.State.System["error.statement_text"] = r.State.failed
	r.State.failed = ""
	err = r.block(ctx, b.Handler)
	outer["row_count"] = r.State.System["row_count"]
	r.State.System = outer
	return err
}
