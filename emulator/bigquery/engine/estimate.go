package engine

import (
	"context"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// bytesRead estimates the bytes that BigQuery would bill for a plan: rows
// times the logical size of the columns read.
func (r *run) bytesRead(ctx context.Context, plan *translate.Plan) int64 {
	var total int64
	for _, read := range plan.Reads {
		t, ok := read.Source.Target.(*catalog.Table)
		if !ok || t.IsView() {
			continue
		}
		var width int64
		for _, c := range t.Columns {
			for _, name := range read.Columns {
				if strings.EqualFold(name, c.Name) {
					width += typeBytes(c.Type)
				}
			}
		}
		if width == 0 {
			continue
		}
		var rows int64
		if err := r.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Physical()).Scan(&rows); err != nil {
			return total // an estimate never fails a query
		}
		total += rows * width
	}
	return total
}

// dryRun checks a statement without running it.
func (r *run) dryRun(ctx context.Context, plan *translate.Plan, res *Result) error {
	res.BytesProcessed = r.bytesRead(ctx, plan)
	if plan.DDL != nil {
		r.describe(plan, res)
	}
	return nil
}
