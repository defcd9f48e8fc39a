package engine

import (
	"context"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// assert fails where the condition of an ASSERT isn't true.
func (r *run) assert(ctx context.Context, plan *translate.Plan) error {
	query, args, err := r.bind(plan.Steps[0])
	if err != nil {
		return err
	}
	var ok *bool
	err = r.still(ctx, func() error { return duck.AsBigQuery(r.conn.QueryRowContext(ctx, query, args...).Scan(&ok)) })
	if err != nil {
		return err
	}
	if ok != nil && *ok {
		return nil
	}
	if plan.Control.Message != "" {
		return bqerror.Query("Assertion failed: %s", plan.Control.Message)
	}
	return bqerror.Query("Assertion failed")
}
