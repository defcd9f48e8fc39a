package engine

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// run is a query job under way: a connection of its own, with the temporary
// tables, variables and the transaction of its script.
type run struct {
	engine    *Engine
	query     *Query
	params    *parameters
	names     *names
	conn      *sql.Conn
	state     script.State         // variables in scope, and system variables
	functions []*resolved.Function // of the script
	tx        *transaction         // nil for none
	began     time.Time            // of the current statement
	single    bool                 // the query is one statement
	announced int                  // statements of the script so far
	total     *Result              // of the script under way
	session   string               // its id, "" for none
	caller    string               // whose permissions are asked for, "" for nobody's
	pasts     []string             // tables of the past that the statement reads
	asOf      time.Time            // of the last of them
}

// statement runs one statement.
func (r *run) statement(ctx context.Context, text string) (*Result, error) {
	r.began = r.engine.Now()
	plan, err := r.plan(text)
	if err != nil {
		return nil, err
	}
	res := &Result{StatementType: plan.Kind}
	res.Referenced, res.Routines = referenced(plan)
	if plan.Columns != nil {
		res.Rows = &Rows{Schema: types.ToSchema(plan.Columns)}
	}
	if plan.Target != nil {
		if t, ok := plan.Target.Target.(*catalog.Table); ok {
			res.Target = &t.Ref
		}
	}
	if d := plan.DDL; d != nil && (d.Action == resolved.CreateTable || d.Action == resolved.CreateView) {
		res.Made = types.ToSchema(d.Columns)
		if d.Like != nil {
			res.Made = types.ToSchema(d.Like.Columns[:d.Like.Visible])
		}
	}
	if r.query.DryRun {
		return res, r.dryRun(ctx, plan, res)
	}
	paced, err := r.pace(ctx, plan)
	if err != nil {
		return nil, err
	}
	switch {
	case plan.Function != nil:
		err = r.createFunction(plan.Function, res)
	case plan.Control != nil:
		err = r.control(ctx, plan)
	case plan.DDL != nil:
		err = r.ddl(ctx, plan, res)
	case plan.Export != nil:
		err = r.exportData(ctx, plan, res)
	case plan.Target != nil:
		err = r.mutate(ctx, plan, res)
	default:
		res.Rows, res.CacheHit, err = r.cached(text, plan, func() (*Rows, error) { return r.rows(ctx, plan) })
		if !res.CacheHit {
			res.BytesProcessed = r.bytesRead(ctx, plan)
		}
	}
	if pacing := paced(res); err == nil {
		err = pacing
	}
	if err != nil {
		return nil, err
	}
	return res, nil
}

// referenced lists the permanent tables that a plan reads or changes, and the routines
// that it calls.
func referenced(p *translate.Plan) (tables, routines []TableRef) {
	for _, u := range p.Uses {
		if u.Routine != nil {
			if r, ok := u.Routine.Target.(*catalog.Routine); ok {
				routines = append(routines, r.Ref)
			}
			continue
		}
		if t, ok := u.Source.Target.(*catalog.Table); ok {
			tables = append(tables, t.Ref)
		}
	}
	return tables, routines
}

// rows runs the query of a plan.
func (r *run) rows(ctx context.Context, plan *translate.Plan) (*Rows, error) {
	return r.read(ctx, plan.Steps[0], plan.Columns)
}

// read runs a step whose rows have columns.
func (r *run) read(ctx context.Context, step translate.Step, columns []types.Field) (*Rows, error) {
	query, args, err := r.bind(step)
	if err != nil {
		return nil, err
	}
	var rows *Rows
	err = r.still(ctx, func() (err error) {
		rows, err = duck.Read(ctx, r.conn, r.engine.Results, columns, query, args...)
		return err
	})
	if errors.Is(err, duck.ErrContain) && r.tx == nil {
		err = r.still(ctx, func() (err error) {
			rows, err = duck.ReadContained(ctx, r.conn, r.engine.Results, columns, query, args...)
			return err
		})
	}
	return rows, err
}

// still runs f in one transaction. By itself DuckDB plans a statement on one
// snapshot and runs it on the next: what it has derived from the data, such as
// how few bits a column needs, may have become wrong, and so would be what it
// returns.
func (r *run) still(ctx context.Context, f func() error) error {
	if r.tx != nil {
		return f()
	}
	return r.once(ctx, f, func(commit func() error) error { return commit() })
}

// once runs f in a transaction of its own, which is committed within around.
func (r *run) once(ctx context.Context, f func() error, around func(commit func() error) error) (err error) {
	if _, err := r.conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return duck.AsBigQuery(err)
	}
	if err = f(); err == nil {
		err = around(func() error {
			_, err := r.conn.ExecContext(ctx, "COMMIT")
			return duck.AsBigQuery(err)
		})
	}
	if err != nil {
		duck.Rollback(r.conn)
	}
	return err
}

// bind gives a step its values: as literals where they all have one, for DuckDB
// plans a statement with parameters twice, and doesn't skip data by them; else
// as arguments.
func (r *run) bind(step translate.Step) (sql string, args []any, err error) {
	if args, err = r.arguments(step); err != nil || len(args) == 0 {
		return step.SQL, nil, err
	}
	texts := make([]string, len(args))
	for i, v := range args {
		text, ok := duck.Literal(v, step.Parameters[i].Type.Kind)
		if !ok {
			return step.SQL, args, nil
		}
		texts[i] = text
	}
	return duck.Inline(step.SQL, texts), nil, nil
}

// arguments are the values of a step's parameters.
func (r *run) arguments(step translate.Step) ([]any, error) {
	args := make([]any, len(step.Parameters))
	for i, p := range step.Parameters {
		v, err := r.argument(p)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return args, nil
}

func (r *run) argument(p translate.Parameter) (any, error) {
	v, err := r.argumentValue(p)
	if err != nil {
		return nil, err
	}
	return duck.Nested(v, p.Type)
}

func (r *run) argumentValue(p translate.Parameter) (any, error) {
	switch p.Kind {
	case translate.ScriptVariable:
		v := r.state.Scopes.Find(p.Name)
		if v == nil {
			return nil, bqerror.Query("Undeclared variable: %s", p.Name)
		}
		return v.Value, nil
	case translate.SystemVariable:
		return r.systemValue(p.Name), nil
	case translate.Clock:
		return r.began.UTC().Truncate(time.Microsecond), nil
	default:
		return r.params.value(p)
	}
}
