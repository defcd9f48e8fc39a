package engine

import (
	"context"
	"net/http"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/profile"
)

// pace makes a statement take the time that the engine's profile says, the more the more it
// reads, and refuses what comes too often. What changes something waits before it does. A query waits
// afterwards, in end: its rows are those of its beginning.
func (r *run) pace(ctx context.Context, plan *translate.Plan) (end func(*Result) error, err error) {
	p := r.engine.profile
	if p == nil {
		return func(*Result) error { return nil }, nil
	}
	leave, err := r.admit(ctx, plan)
	if err != nil {
		return nil, err
	}
	op, reads := r.operation(plan)
	if !reads && op != "" {
		if err := p.WaitScan(ctx, op, profile.BigQueryChange, r.bytesRead(ctx, plan)+r.bytesReplaced(ctx, plan)); err != nil {
			leave()
			return nil, err
		}
	}
	return func(res *Result) error {
		leave()
		switch {
		case !reads:
			return nil
		case res.CacheHit:
			op = profile.BigQueryCached
		}
		return p.WaitScan(ctx, op, profile.BigQueryRead, res.BytesProcessed)
	}, nil
}

// operation is what a statement is to the profile, and whether it only reads. It is ""
// for what takes no time.
func (r *run) operation(plan *translate.Plan) (op profile.Operation, reads bool) {
	in := func(alone, script profile.Operation) profile.Operation {
		if r.single {
			return alone
		}
		return script
	}
	switch {
	case plan.Function != nil:
		return "", false // a part of the script's text
	case plan.Control != nil && plan.Control.Action == translate.Commit:
		return profile.BigQueryCommit, false
	case plan.Control != nil && plan.Control.Action == translate.Assert:
		return profile.BigQueryScriptExpression, false
	case plan.Control != nil:
		return profile.BigQueryBegin, false
	case plan.DDL != nil && plan.DDL.Temporary:
		return profile.BigQueryScriptTemporary, false
	case plan.DDL != nil:
		return in(profile.BigQueryDDL, profile.BigQueryScriptDDL), false
	case plan.Target != nil:
		return in(profile.BigQueryDML, profile.BigQueryScriptDML), false
	}
	return in(profile.BigQueryQuery, profile.BigQueryScriptQuery), true
}

// paceExpression is pace for an expression of a script. One that reads no table takes
// no time.
func (r *run) paceExpression(ctx context.Context, plan *translate.Plan) error {
	if r.engine.profile == nil || len(plan.Uses) == 0 {
		return nil
	}
	return r.engine.profile.WaitScan(ctx, profile.BigQueryScriptExpression, profile.BigQueryRead, r.bytesRead(ctx, plan))
}

// bytesReplaced are those of the table that an UPDATE, DELETE or MERGE changes. BigQuery reads
// all of its columns.
func (r *run) bytesReplaced(ctx context.Context, plan *translate.Plan) int64 {
	if plan.Target == nil || plan.Kind == "INSERT" {
		return 0
	}
	t, permanent := plan.Target.Target.(*catalog.Table)
	if !permanent {
		return 0
	}
	rows, err := r.estimateRows(ctx, t)
	if err != nil {
		return 0 // the statement will say what is wrong
	}
	var width int64
	for _, c := range t.Columns {
		width += c.Type.Bytes()
	}
	return rows * width
}

// admit waits until DML may run on its table, or refuses a statement. leave lets the
// next one run.
func (r *run) admit(ctx context.Context, plan *translate.Plan) (leave func(), err error) {
	leave = func() {}
	switch {
	case plan.DDL != nil && !plan.DDL.Temporary:
		if ref, err := r.names.ref(parts(plan.DDL.Path)); err == nil && !r.engine.profile.Allow(profile.BigQueryTableUpdates, ref.String()) {
			return nil, TooManyUpdates("table")
		}
	case plan.Target != nil && plan.Kind != "INSERT":
		if t, permanent := plan.Target.Target.(*catalog.Table); permanent {
			return r.engine.dml.enter(ctx, r.engine.profile, t)
		}
	}
	return leave, nil
}

// TooManyUpdates says that the metadata of a table or dataset is changed too often. The
// texts are those of https://github.com/trinodb/trino/issues/16416 and
// https://github.com/Logflare/logflare/issues/2240.
func TooManyUpdates(kind string) error {
	operations := "table update operations"
	if kind == "dataset" {
		operations = "dataset metadata update operations"
	}
	return &bqerror.Error{
		Code: http.StatusForbidden, Reason: "rateLimitExceeded",
		Message: "Exceeded rate limits: too many " + operations + " for this " + kind +
			". For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas",
	}
}

// dmlQueues hold the UPDATE, DELETE and MERGE statements of each table: some run, some
// wait, others are refused
// (https://cloud.google.com/bigquery/docs/data-manipulation-language#update_delete_merge_dml_concurrency).
type dmlQueues struct {
	mu     sync.Mutex
	tables map[int64]*dmlQueue // by id
}

type dmlQueue struct {
	slots   chan struct{} // one taken by each statement that runs
	waiting int
}

// enter takes a place among those that run, or waits for one.
func (q *dmlQueues) enter(ctx context.Context, p *profile.Profile, t *catalog.Table) (leave func(), err error) {
	q.mu.Lock()
	if q.tables == nil {
		q.tables = map[int64]*dmlQueue{}
	}
	table := q.tables[t.ID]
	if table == nil {
		table = &dmlQueue{slots: make(chan struct{}, p.Most(profile.BigQueryDMLRunning))}
		q.tables[t.ID] = table
	}
	leave = func() { <-table.slots }
	select {
	case table.slots <- struct{}{}:
		q.mu.Unlock()
		return leave, nil
	default:
	}
	most := p.Most(profile.BigQueryDMLQueued)
	if table.waiting >= most {
		q.mu.Unlock()
		return nil, tooMuchDML(t.Ref, most)
	}
	table.waiting++
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		table.waiting--
		q.mu.Unlock()
	}()
	select {
	case table.slots <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// tooMuchDML has the text of https://github.com/m-lab/etl-gardener/issues/293.
func tooMuchDML(ref TableRef, most int) error {
	return &bqerror.Error{
		Code: http.StatusBadRequest, Reason: "resourcesExceeded",
		Message: bqerror.Query("Resources exceeded during query execution: Too many DML statements outstanding against table %s, limit is %d", ref, most).Message,
	}
}
