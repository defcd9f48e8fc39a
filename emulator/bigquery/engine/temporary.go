package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

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

// createTemp creates a temporary table; it takes part in an open transaction.
func (r *run) createTemp(ctx context.Context, plan *translate.Plan, res *Result) error {
	d := plan.DDL
	p := parts(d.Path)
	t := &tempTable{name: p[len(p)-1], columns: d.Columns}
	res.DDLOperation = "CREATE"
	old := r.names.temps[t.name]
	switch {
	case old != nil && d.IfNotExists:
		res.DDLOperation = "SKIP"
		return nil
	case old != nil && !d.Replace:
		return bqerror.Duplicate("Table", t.name)
	case old != nil:
		res.DDLOperation = "REPLACE"
	}
	sql, args, err := r.temporaryDDL(t, plan)
	if err != nil {
		return err
	}
	err = r.still(ctx, func() error {
		_, err := r.conn.ExecContext(ctx, sql, args...)
		return duck.AsBigQuery(err)
	})
	if err != nil {
		return err
	}
	r.names.temps[t.name] = t
	return nil
}

func (r *run) temporaryDDL(t *tempTable, plan *translate.Plan) (string, []any, error) {
	var columns []string
	if len(plan.Steps) > 0 {
		for i, c := range t.columns {
			columns = append(columns, fmt.Sprintf("%s AS %s", storedColumn(i, c), types.Quote(c.Name)))
		}
		query, args, err := r.bind(plan.Steps[0])
		return fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s AS SELECT %s FROM (%s)", t.physical(), strings.Join(columns, ", "), query), args, err
	}
	for _, c := range t.columns {
		def, err := r.engine.ColumnDDL(c)
		if err != nil {
			return "", nil, err
		}
		columns = append(columns, def)
	}
	if len(columns) == 0 {
		return "", nil, bqerror.Unsupported("a temporary table without columns")
	}
	return fmt.Sprintf("CREATE OR REPLACE TEMP TABLE %s (%s)", t.physical(), strings.Join(columns, ", ")), nil, nil
}

// storedColumn is the i-th column of a query as a table stores it.
func storedColumn(i int, c types.Field) string {
	return cast.Stored(&columnStatement{column: i}, fmt.Sprintf("o%d", i), &c)
}

// columnStatement is the statement around the value of a column, which calls nothing that
// asks for the time.
type columnStatement struct{ column, names int }

func (s *columnStatement) Fresh(kind string) string {
	s.names++
	return fmt.Sprintf("%s_%d_%d", kind, s.column, s.names)
}

func (*columnStatement) Now() string  { return "now()" }
func (*columnStatement) User() string { return "''" }
func (*columnStatement) Zone() string { return "'UTC'" }
func (*columnStatement) Volatile()    {}

func (r *run) dropTemp(ctx context.Context, t *tempTable, res *Result) error {
	if _, err := r.conn.ExecContext(ctx, "DROP TABLE "+t.physical()); err != nil {
		return duck.AsBigQuery(err)
	}
	delete(r.names.temps, t.name)
	res.DDLOperation = "DROP"
	return nil
}
