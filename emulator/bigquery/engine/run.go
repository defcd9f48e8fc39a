package engine

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
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
	scopes    []scope              // of variables, innermost last
	functions []*resolved.Function // of the script
	system    map[string]any
	tx        *transaction // nil for none
	began     time.Time    // of the current statement
	single    bool         // the query is one statement
	announced int          // statements of the script so far
	session   string       // its id, "" for none
}

// tempTable is a temporary table of a script or session. It lives in the
// DuckDB connection of the run.
type tempTable struct {
	name    string
	columns []types.Field
}

// physical is the table's name in DuckDB.
func (t *tempTable) physical() string { return "temp." + types.Quote("s_"+t.name) }

func (t *tempTable) source() *resolved.Source {
	fingerprint := "temp " + t.name
	for _, c := range t.columns {
		fingerprint += fmt.Sprintf(" %s %s", c.Name, c.Type)
	}
	return &resolved.Source{
		Name: t.name, Fingerprint: fingerprint, Columns: t.columns, Visible: len(t.columns),
		From: t.physical(), Writable: true, Temporary: true,
	}
}

// statement runs one statement.
func (r *run) statement(ctx context.Context, text string) (*Result, error) {
	r.began = r.engine.now()
	plan, err := r.plan(text)
	if err != nil {
		return nil, err
	}
	res := &Result{StatementType: plan.Kind, Referenced: referenced(plan)}
	if plan.Columns != nil {
		res.Rows = &Rows{Schema: types.ToSchema(plan.Columns)}
	}
	if r.query.DryRun {
		return res, r.dryRun(ctx, plan, res)
	}
	switch {
	case plan.Function != nil:
		r.createFunction(plan.Function, res)
	case plan.Control != nil:
		err = r.control(ctx, plan)
	case plan.DDL != nil:
		err = r.ddl(ctx, plan, res)
	case plan.Target != nil:
		err = r.mutate(ctx, plan, res)
	default:
		res.Rows, res.CacheHit, err = r.cached(text, plan, func() (*Rows, error) { return r.rows(ctx, plan) })
		if !res.CacheHit {
			res.BytesProcessed = r.bytesRead(ctx, plan)
		}
	}
	if err != nil {
		return nil, err
	}
	return res, nil
}

// referenced lists the permanent tables that a plan reads or changes.
func referenced(p *translate.Plan) []TableRef {
	var refs []TableRef
	for _, u := range p.Uses {
		if t, ok := u.Source.Target.(*catalog.Table); ok {
			refs = append(refs, t.Ref)
		}
	}
	return refs
}

// rows runs the query of a plan.
func (r *run) rows(ctx context.Context, plan *translate.Plan) (*Rows, error) {
	step := plan.Steps[0]
	query, args, err := r.bind(step)
	if err != nil {
		return nil, err
	}
	var rows *Rows
	err = r.still(ctx, func() (err error) {
		rows, err = readRows(ctx, r.conn, plan.Columns, query, args...)
		return err
	})
	return rows, err
}

// still runs f in one transaction. By itself DuckDB plans a statement on one
// snapshot and runs it on the next: what it has derived from the data, such as
// how few bits a column needs, may have become wrong, and so would be what it
// returns.
func (r *run) still(ctx context.Context, f func() error) (err error) {
	if r.tx != nil {
		return f()
	}
	if _, err := r.conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return asBigQuery(err)
	}
	if err = f(); err == nil {
		_, err = r.conn.ExecContext(ctx, "COMMIT")
		err = asBigQuery(err)
	}
	if err != nil {
		rollback(r.conn)
	}
	return err
}

// exec runs a step that returns no rows and reports how many it changed.
func (r *run) exec(ctx context.Context, step translate.Step) (int64, error) {
	if step.Role == translate.Guard {
		return 0, r.guard(ctx, step)
	}
	query, args, err := r.bind(step)
	if err != nil {
		return 0, err
	}
	res, err := r.conn.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, asBigQuery(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count changed rows: %w", err)
	}
	return n, nil
}

// merged runs a step that returns what it did to each row, and counts that.
func (r *run) merged(ctx context.Context, step translate.Step, counts map[translate.Role]int64) error {
	query, args, err := r.bind(step)
	if err != nil {
		return err
	}
	rows, err := r.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return asBigQuery(err)
	}
	defer rows.Close()
	roles := map[string]translate.Role{"INSERT": translate.Inserted, "UPDATE": translate.Updated, "DELETE": translate.Deleted}
	for rows.Next() {
		var action string
		if err := rows.Scan(&action); err != nil {
			return asBigQuery(err)
		}
		counts[roles[action]]++
	}
	return asBigQuery(rows.Err())
}

// first is the text that a step returns, if it returns a row.
func (r *run) first(ctx context.Context, step translate.Step) (text string, found bool, err error) {
	query, args, err := r.bind(step)
	if err != nil {
		return "", false, err
	}
	err = r.conn.QueryRowContext(ctx, query, args...).Scan(&text)
	if err == sql.ErrNoRows {
		return "", false, nil
	}
	return text, err == nil, asBigQuery(err)
}

// guard fails with the text that a step returns, if it returns one.
func (r *run) guard(ctx context.Context, step translate.Step) error {
	message, found, err := r.first(ctx, step)
	if found {
		err = bqerror.Query("%s", message)
	}
	return err
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
	return nested(v, p.Type)
}

func (r *run) argumentValue(p translate.Parameter) (any, error) {
	switch p.Kind {
	case translate.ScriptVariable:
		v := r.variable(p.Name)
		if v == nil {
			return nil, bqerror.Query("Undeclared variable: %s", p.Name)
		}
		return v.value, nil
	case translate.SystemVariable:
		return r.systemValue(p.Name), nil
	case translate.Clock:
		return r.began.UTC().Truncate(time.Microsecond), nil
	default:
		return r.params.value(p)
	}
}

// systemValue is the value of a system variable.
func (r *run) systemValue(name string) any {
	if v, ok := r.system[name]; ok {
		return v
	}
	switch name {
	case "project_id", "dataset_project_id":
		return r.names.project
	case "dataset_id":
		if r.names.defaultDataset != "" {
			return r.names.defaultDataset
		}
	case "time_zone":
		return "UTC"
	}
	return nil
}

// dmlStats counts changed rows as BigQuery reports them.
func dmlStats(counts map[translate.Role]int64) *bqv2.DmlStatistics {
	return &bqv2.DmlStatistics{
		InsertedRowCount: counts[translate.Inserted],
		UpdatedRowCount:  counts[translate.Updated],
		DeletedRowCount:  counts[translate.Deleted],
	}
}

// variableTypes lists the variables in scope, inner ones hiding outer ones.
func (r *run) variableTypes() []resolved.Variable {
	var out []resolved.Variable
	seen := map[string]bool{}
	for i := len(r.scopes) - 1; i >= 0; i-- {
		for _, v := range r.scopes[i] {
			if key := strings.ToLower(v.name); !seen[key] {
				seen[key] = true
				out = append(out, resolved.Variable{Name: v.name, Type: v.typ})
			}
		}
	}
	return out
}
