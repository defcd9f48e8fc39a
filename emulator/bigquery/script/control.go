package script

import (
	"context"
	"errors"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// condition computes an expression of type BOOL; NULL is false.
func (r *Runner) condition(ctx context.Context, expr string) (bool, error) {
	v, err := r.Host.Evaluate(ctx, "CAST(("+expr+") AS BOOL)")
	if err != nil {
		return false, err
	}
	b, _ := v.Value.(bool)
	return b, nil
}

func (r *Runner) branch(ctx context.Context, s *If) error {
	for _, b := range s.Branches {
		ok, err := r.condition(ctx, b.Condition)
		if err != nil {
			return r.located(err, s.Text)
		}
		if ok {
			return r.list(ctx, b.Body)
		}
	}
	return r.list(ctx, s.Else)
}

// turn runs the body of a loop once; done says that the loop ends.
func (r *Runner) turn(ctx context.Context, body []Node, label string) (done bool, err error) {
	err = r.block(ctx, body)
	var j jump
	if !errors.As(err, &j) || j.Return {
		return err != nil, err
	}
	if j.Label != "" && !strings.EqualFold(j.Label, label) {
		return true, err
	}
	return !j.Continue, nil
}

func (r *Runner) loop(ctx context.Context, l *Loop) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if l.While != "" {
			ok, err := r.condition(ctx, l.While)
			if err != nil || !ok {
				return err
			}
		}
		done, err := r.turn(ctx, l.Body, l.Label)
		if done || err != nil {
			return err
		}
		if l.Until != "" {
			ok, err := r.condition(ctx, l.Until)
			if err != nil || ok {
				return err
			}
		}
	}
}

// forIn runs a body for each row of a query, which is read before the first.
func (r *Runner) forIn(ctx context.Context, f *For) error {
	typ, rows, err := r.Host.Query(ctx, f.Query)
	if err != nil {
		return r.located(err, f.Text)
	}
	depth := len(r.State.Scopes)
	for _, row := range rows {
		r.State.Scopes = append(r.State.Scopes, []*Variable{{Name: f.Variable, Type: typ, Value: row}})
		done, err := r.turn(ctx, f.Body, f.Label)
		r.State.Scopes = r.State.Scopes[:depth]
		if done || err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) raise(ctx context.Context, s *Raise) error {
	if s.Message == "" {
		if m, ok := r.State.System["error.message"].(string); ok {
			return bqerror.Query("%s", m)
		}
		return bqerror.Query("RAISE without a message is only allowed in an exception handler")
	}
	v, err := r.Host.Evaluate(ctx, "CAST(("+s.Message+") AS STRING)")
	if err != nil {
		return r.located(err, s.Text)
	}
	text, _ := v.Value.(string)
	return bqerror.Query("%s", text)
}
