package engine

import (
	"context"
	"database/sql"
	"fmt"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/history"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// dmlStats counts changed rows as BigQuery reports them.
func dmlStats(counts map[translate.Role]int64) *bqv2.DmlStatistics {
	return &bqv2.DmlStatistics{
		InsertedRowCount: counts[translate.Inserted],
		UpdatedRowCount:  counts[translate.Updated],
		DeletedRowCount:  counts[translate.Deleted],
	}
}

// mutate runs DML: in the open transaction, or in one of its own.
func (r *run) mutate(ctx context.Context, plan *translate.Plan, res *Result) error {
	table, permanent := plan.Target.Target.(*catalog.Table)
	exclusive := permanent && plan.Kind != "INSERT"
	var turns []int64
	switch {
	case exclusive && r.tx != nil:
		if !r.engine.mutations.try(table.ID, r, r.tx.since) {
			return bqerror.Query("Transaction is aborted due to concurrent update against table %s. Transaction ID: %s", table.Ref, r.tx.id)
		}
		r.tx.turns = append(r.tx.turns, table.ID)
	case exclusive:
		if err := r.engine.mutations.wait(ctx, table.ID, r); err != nil {
			return err
		}
		turns = []int64{table.ID}
	}
	counts, err := r.mutateSteps(ctx, plan, table)
	r.engine.mutations.release(turns, err == nil)
	if err != nil {
		return err
	}
	res.DML = dmlStats(counts)
	if permanent {
		r.touch(table.ID)
		r.countChange(table.ID, res.DML)
	}
	r.state.System["row_count"] = res.DML.InsertedRowCount + res.DML.UpdatedRowCount + res.DML.DeletedRowCount
	res.BytesProcessed = r.bytesRead(ctx, plan)
	return nil
}

// touch notes that a table changes, at the latest when the transaction commits.
func (r *run) touch(id int64) {
	if r.tx != nil {
		r.tx.touched[id] = true
		return
	}
	r.engine.Touch(id)
}

// touched reports whether the open transaction has changed a table.
func (r *run) touched(id int64) bool { return r.tx != nil && r.tx.touched[id] }

// mutateSteps runs the steps of DML, all or none; t is the table that they change, nil for a
// temporary one.
func (r *run) mutateSteps(ctx context.Context, plan *translate.Plan, t *catalog.Table) (map[translate.Role]int64, error) {
	counts := map[translate.Role]int64{}
	change := func() error {
		return r.limited(ctx, plan, func() error { return r.steps(ctx, plan, counts) })
	}
	if t == nil {
		return counts, r.still(ctx, change)
	}
	return counts, r.changing(ctx, t, plan.Kind != "INSERT", func() (history.Stats, error) {
		err := change()
		return history.Stats{Inserted: counts[translate.Inserted], Updated: counts[translate.Updated], Deleted: counts[translate.Deleted]}, err
	})
}

// steps runs the steps of a plan and counts the rows that they change.
func (r *run) steps(ctx context.Context, plan *translate.Plan, counts map[translate.Role]int64) error {
	steps := plan.Steps
	if steps[0].Role == translate.Unless {
		_, instead, err := r.first(ctx, steps[0])
		if err != nil {
			return err
		}
		if steps = steps[1:]; instead {
			steps = plan.Instead
		}
	}
	for _, step := range steps {
		if step.Role == translate.Merged {
			if err := r.merged(ctx, step, counts); err != nil {
				return err
			}
			continue
		}
		n, err := r.exec(ctx, step)
		if err != nil {
			return err
		}
		counts[step.Role] += n
	}
	return nil
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
		return 0, duck.AsBigQuery(err)
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
		return duck.AsBigQuery(err)
	}
	defer rows.Close()
	roles := map[string]translate.Role{"INSERT": translate.Inserted, "UPDATE": translate.Updated, "DELETE": translate.Deleted}
	for rows.Next() {
		var action string
		if err := rows.Scan(&action); err != nil {
			return duck.AsBigQuery(err)
		}
		counts[roles[action]]++
	}
	return duck.AsBigQuery(rows.Err())
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
	return text, err == nil, duck.AsBigQuery(err)
}

// guard fails with the text that a step returns, if it returns one.
func (r *run) guard(ctx context.Context, step translate.Step) error {
	message, found, err := r.first(ctx, step)
	if found {
		err = bqerror.Query("%s", message)
	}
	return err
}
