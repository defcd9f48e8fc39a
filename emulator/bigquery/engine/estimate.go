package engine

import (
	"context"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// bytesRead estimates the bytes that BigQuery would bill for a plan: rows
// times the logical size of the columns read.
func (r *run) bytesRead(ctx context.Context, plan *translate.Plan) int64 {
	var total int64
	for _, read := range plan.Reads {
		t, ok := read.Source.Target.(*catalog.Table)
		if !ok || t.IsView() || t.IsExternal() { // what files hold isn't estimated
			continue
		}
		var width int64
		for _, c := range t.Columns {
			for _, name := range read.Columns {
				if strings.EqualFold(name, c.Name) {
					width += c.Type.Bytes()
				}
			}
		}
		if width == 0 {
			continue
		}
		rows, err := r.estimateRows(ctx, t)
		if err != nil {
			return total // an estimate never fails a query
		}
		total += rows * width
	}
	return total
}

// count is the number of rows of a table after a mutation.
type count struct {
	mutation int64
	rows     int64
}

// estimateRows counts the rows of a table. A profile may have it count for more.
func (r *run) estimateRows(ctx context.Context, t *catalog.Table) (int64, error) {
	rows, err := r.countRows(ctx, t)
	return r.engine.profile.Rows(t.Ref.Dataset+"."+t.Ref.Table, rows), err
}

// countRows counts the rows of a table once after each committed change, and once in a
// transaction, which knows what it has added and deleted since (see countChange).
func (r *run) countRows(ctx context.Context, t *catalog.Table) (rows int64, err error) {
	if r.tx != nil {
		if rows, known := r.tx.rows[t.ID]; known {
			return rows, nil
		}
	}
	last := r.engine.Mutated(t.ID).Number
	if known, ok := r.engine.counts.Load(t.ID); ok && known.(count).mutation == last && !r.touched(t.ID) {
		rows = known.(count).rows
	} else if err := r.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Physical()).Scan(&rows); err != nil {
		return 0, err
	}
	if r.tx != nil { // it may have counted what is never committed
		r.tx.rows[t.ID] = rows
	} else {
		r.engine.counts.Store(t.ID, count{last, rows})
	}
	return rows, nil
}

// countChange brings the number of rows that a transaction knows up to date after DML.
func (r *run) countChange(id int64, dml *bqv2.DmlStatistics) {
	if r.tx == nil {
		return
	}
	if rows, known := r.tx.rows[id]; known {
		r.tx.rows[id] = rows + dml.InsertedRowCount - dml.DeletedRowCount
	}
}

// dryRun checks a statement without running it.
func (r *run) dryRun(ctx context.Context, plan *translate.Plan, res *Result) error {
	res.BytesProcessed = r.bytesRead(ctx, plan)
	if plan.DDL != nil {
		r.describe(plan, res)
	}
	if plan.Target != nil {
		if t, ok := plan.Target.Target.(*catalog.Table); ok { // BigQuery shows the table's columns
			res.Rows = &Rows{Schema: catalog.Clone(t.Resource.Schema).Fields}
		}
	}
	return nil
}

// describe fills in what a dry run tells of DDL.
func (r *run) describe(plan *translate.Plan, res *Result) {
	d := plan.DDL
	switch d.Action {
	case resolved.CreateTable, resolved.CreateView, resolved.CreateSchema, resolved.CreateRoutine:
		res.DDLOperation = "CREATE"
	case resolved.DropTable, resolved.DropView, resolved.DropSchema, resolved.DropRoutine:
		res.DDLOperation = "DROP"
	default:
		res.DDLOperation = "ALTER"
	}
	ref, err := r.names.ref(parts(d.Path))
	switch {
	case err != nil:
	case d.Action == resolved.CreateRoutine || d.Action == resolved.DropRoutine:
		res.DDLRoutine = &ref
	default:
		res.DDLTarget = &ref
	}
}
