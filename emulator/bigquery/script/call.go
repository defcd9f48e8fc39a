package script

import (
	"context"
	"errors"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Procedure is a procedure that a script calls.
type Procedure struct {
	Name      string // as in messages: project:dataset.procedure
	Project   string // of the names in its body
	Arguments []ProcedureArgument
	Body      []Node
	SQL       string // of the body
}

// ProcedureArgument is an argument of a procedure. It has a value at the beginning, a
// variable that takes its value at the end, or both.
type ProcedureArgument struct {
	Name    string
	Type    *types.Type
	In, Out bool
}

// maxCalls is how deep procedures may call one another:
// https://cloud.google.com/bigquery/docs/procedures#call_a_procedure_recursively.
const maxCalls = 50

// call runs CALL: the body of a procedure, which sees its arguments and none of the
// script's variables.
func (r *Runner) call(ctx context.Context, c *Call) error {
	p, err := r.Host.Procedure(c.SQL)
	if err != nil {
		return err
	}
	if r.State.calls == maxCalls {
		return bqerror.Query("Procedure calls are nested deeper than %d: %s", maxCalls, p.Name)
	}
	inner := make([]*Variable, len(p.Arguments))
	outer := make([]*Variable, len(p.Arguments)) // nil but for OUT
	for i, a := range p.Arguments {
		inner[i] = &Variable{Name: a.Name, Type: a.Type}
		if a.Out {
			if outer[i] = r.State.Scopes.Find(strings.Trim(c.Args[i], "`")); outer[i] == nil {
				return bqerror.Query("The argument of %s for its OUT parameter %s must be a variable, not %s", p.Name, a.Name, c.Args[i])
			}
			if err := outer[i].Assignable(a.Type); err != nil {
				return err
			}
		}
		if a.In {
			v, err := r.Host.Evaluate(ctx, "CAST(("+c.Args[i]+") AS "+a.Type.SQL()+")")
			if err != nil {
				return err
			}
			inner[i].Value = v.Value
		}
	}
	if err := r.body(ctx, p, inner); err != nil {
		return within(err, p)
	}
	for i, v := range outer {
		if v != nil {
			v.Value = inner[i].Value
		}
	}
	return nil
}

// within names the procedure at the location in an error's message.
func within(err error, p *Procedure) error {
	var be *bqerror.Error
	if !errors.As(err, &be) {
		return err
	}
	moved := *be
	moved.Message = location.ReplaceAllString(be.Message, "at ["+strings.Replace(p.Name, ":", ".", 1)+":$1:$2]")
	return &moved
}

// body runs the body of a procedure with its arguments.
func (r *Runner) body(ctx context.Context, p *Procedure, arguments []*Variable) error {
	defer r.Host.Enter(p)()
	scopes := r.State.Scopes
	r.State.Scopes = Scopes{arguments}
	r.State.calls++
	defer func() {
		r.State.Scopes = scopes
		r.State.calls--
	}()
	return (&Runner{Host: r.Host, State: r.State, SQL: p.SQL}).Run(ctx, p.Body)
}
