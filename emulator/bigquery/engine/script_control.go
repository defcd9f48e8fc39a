package engine

import (
	"context"
	"errors"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// guarded runs a BEGIN … END block with its exception handler.
func (r *run) guarded(ctx context.Context, b *script.Block, total *Result) error {
	depth := len(r.scopes)
	err := r.block(ctx, b.Body, total)
	var j jump
	switch {
	case err == nil:
		return nil
	case errors.As(err, &j):
		if j.Label != "" && strings.EqualFold(j.Label, b.Label) && !j.Jump.Continue {
			return nil
		}
		return err
	case !b.HasCatch || isCancelled(err):
		return err
	}
	r.scopes = r.scopes[:depth]
	outer := r.system
	r.system = map[string]any{}
	for k, v := range outer {
		r.system[k] = v
	}
	r.system["error.message"] = err.Error()
	r.system["error.statement_text"] = b.SQL
	err = r.block(ctx, b.Handler, total)
	rows := r.system["row_count"]
	r.system = outer
	r.system["row_count"] = rows
	return err
}

func (r *run) branch(ctx context.Context, s *script.If, total *Result) error {
	for _, b := range s.Branches {
		ok, err := r.condition(ctx, b.Condition)
		if err != nil {
			return r.located(err, s.Text)
		}
		if ok {
			return r.list(ctx, b.Body, total)
		}
	}
	return r.list(ctx, s.Else, total)
}

// turnOf runs the body of a loop once; done says that the loop ends.
func (r *run) turnOf(ctx context.Context, body []script.Node, label string, total *Result) (done bool, err error) {
	err = r.block(ctx, body, total)
	var j jump
	if !errors.As(err, &j) || j.Return {
		return err != nil, err
	}
	if j.Label != "" && !strings.EqualFold(j.Label, label) {
		return true, err
	}
	return !j.Continue, nil
}

func (r *run) loop(ctx context.Context, l *script.Loop, total *Result) error {
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
		done, err := r.turnOf(ctx, l.Body, l.Label, total)
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
func (r *run) forIn(ctx context.Context, f *script.For, total *Result) error {
	r.began = r.engine.Now()
	plan, err := r.plan(f.Query)
	if err != nil {
		return r.located(err, f.Text)
	}
	query, args, err := r.bind(plan.Steps[0])
	if err != nil {
		return err
	}
	typ := types.Of(types.Struct)
	for _, c := range plan.Columns {
		typ.Fields = append(typ.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	var list []map[string]any
	err = r.still(ctx, func() (err error) {
		list, err = r.rawRows(ctx, query, args, typ)
		return err
	})
	if err != nil {
		return err
	}
	for _, row := range list {
		r.scopes = append(r.scopes, scope{{name: f.Variable, typ: typ, value: row}})
		done, err := r.turnOf(ctx, f.Body, f.Label, total)
		r.scopes = r.scopes[:len(r.scopes)-1]
		if done || err != nil {
			return err
		}
	}
	return nil
}

// rawRows reads rows as DuckDB's structs of a type.
func (r *run) rawRows(ctx context.Context, query string, args []any, typ *types.Type) ([]map[string]any, error) {
	rows, err := r.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	defer rows.Close()
	var list []map[string]any
	for rows.Next() {
		raw, dest := make([]any, len(typ.Fields)), make([]any, len(typ.Fields))
		for i := range raw {
			dest[i] = &raw[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, duck.AsBigQuery(err)
		}
		row := map[string]any{}
		for i := range typ.Fields {
			row[typ.Key(i)] = raw[i]
		}
		list = append(list, row)
	}
	return list, duck.AsBigQuery(rows.Err())
}

func (r *run) raise(ctx context.Context, s *script.Raise) error {
	if s.Message == "" {
		if m, ok := r.system["error.message"].(string); ok {
			return bqerror.Query("%s", m)
		}
		return bqerror.Query("RAISE without a message is only allowed in an exception handler")
	}
	v, err := r.evaluate(ctx, "CAST(("+s.Message+") AS STRING)")
	if err != nil {
		return r.located(err, s.Text)
	}
	text, _ := v.value.(string)
	return bqerror.Query("%s", text)
}
