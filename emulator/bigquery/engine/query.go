package engine

import (
	"context"
	"fmt"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/profile"
)

// Query runs a statement or a script; see Queries.
func (e *Engine) Query(ctx context.Context, q Query) (*Result, error) {
	if err := e.Sweep(ctx); err != nil {
		return nil, err
	}
	params, err := readParameters(&q)
	if err != nil {
		return nil, err
	}
	nodes, err := e.script(q.SQL)
	if err != nil {
		return nil, err
	}
	r, end, err := e.newRun(ctx, &q, params)
	if err != nil {
		return nil, err
	}
	defer end()
	if q.TimeZone != "" {
		if err := (*host)(r).SetSystem("time_zone", q.TimeZone); err != nil {
			return nil, err
		}
	}
	if q.Destination != nil {
		if err := e.PermitWrite(ctx, *q.Destination); err != nil {
			return nil, err
		}
	}
	if r.single = len(nodes) == 1; !r.single && !q.DryRun {
		if err := e.profile.Wait(ctx, profile.BigQueryScript); err != nil {
			return nil, err
		}
	}
	res, err := r.script(ctx, nodes)
	if err != nil {
		r.rollback()
		if ctx.Err() != nil { // DuckDB says only that it was interrupted
			return nil, ctx.Err()
		}
		return nil, duck.AsBigQuery(err)
	}
	res.SessionID = r.session
	if q.Destination != nil && !q.DryRun && res.Rows != nil {
		if err := r.writeDestination(ctx, res); err != nil {
			return nil, duck.AsBigQuery(err)
		}
		// The result of a job is its destination, which may hold more.
		if res.Rows, err = e.ReadTable(ctx, *q.Destination, 0, -1); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// script splits a query into its statements, once for each text.
func (e *Engine) script(text string) ([]script.Node, error) {
	if nodes, ok := e.scripts.Get(text); ok {
		return nodes, nil
	}
	nodes, err := e.analyzer.Script(text)
	if err != nil {
		return nil, err
	}
	if len(nodes) == 0 {
		return nil, bqerror.Query("Syntax error: Unexpected end of statement")
	}
	e.scripts.Add(text, nodes)
	return nodes, nil
}

// newRun prepares a run; end releases what it holds.
func (e *Engine) newRun(ctx context.Context, q *Query, params *parameters) (r *run, end func(), err error) {
	if q.SessionID != "" || q.CreateSession {
		return e.sessionRun(ctx, q, params)
	}
	r, err = e.openRun(ctx, q, params)
	if err != nil {
		return nil, nil, err
	}
	return r, r.close, nil
}

func (e *Engine) openRun(ctx context.Context, q *Query, params *parameters) (*run, error) {
	conn, err := e.DB.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect for a query: %w", err)
	}
	names := e.namesOf(q)
	names.caller = callerOf(ctx)
	return &run{
		engine: e, query: q, params: params, conn: conn, names: names, state: script.State{System: map[string]any{}},
		caller: callerOf(ctx),
	}, nil
}

func (e *Engine) namesOf(q *Query) *names {
	n := &names{engine: e, project: q.Project, defaultProject: q.DefaultProject, defaultDataset: q.DefaultDataset, temps: map[string]*tempTable{}}
	if n.defaultProject == "" {
		n.defaultProject = q.Project
	}
	return n
}

// close ends a run: an open transaction rolls back and temporary tables go.
func (r *run) close() {
	r.rollback()
	r.forgetPast()
	for _, t := range r.names.temps {
		// The connection may be unusable; then it isn't reused either.
		_, _ = r.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS "+t.physical())
	}
	_ = r.conn.Close()
}

// ReadView implements store.Views.
func (e *Engine) ReadView(ctx context.Context, ref TableRef, start, limit int64) (*Rows, error) {
	sql := fmt.Sprintf("SELECT * FROM `%s`.`%s`.`%s`", ref.Project, ref.Dataset, ref.Table)
	if limit >= 0 {
		sql += fmt.Sprintf(" LIMIT %d OFFSET %d", limit, start)
	} else if start > 0 {
		sql += fmt.Sprintf(" LIMIT 9223372036854775807 OFFSET %d", start)
	}
	res, err := e.Query(ctx, Query{SQL: sql, Project: ref.Project})
	if err != nil {
		return nil, err
	}
	return res.Rows, nil
}

// ViewSchema implements store.Views.
func (e *Engine) ViewSchema(ctx context.Context, project, query string) ([]*bqv2.TableFieldSchema, error) {
	res, err := e.Query(ctx, Query{SQL: query, Project: project, DryRun: true})
	if err != nil || res.Rows == nil {
		return nil, err
	}
	return res.Rows.Schema, nil
}
