package engine

import (
	"context"
	"maps"
	"sync"

	"github.com/google/uuid"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// mutations keeps BigQuery's rule for concurrent changes, which is by table:
// a transaction that updates or deletes rows of a table excludes all others
// that do. Reads and inserts never conflict.
type mutations struct {
	mu      sync.Mutex
	commits int64           // counts committed changes
	tables  map[int64]*turn // by table id
}

// turn is the right to update or delete rows of a table.
type turn struct {
	holder  any           // a run, or nil
	free    chan struct{} // closed when the holder is done
	changed int64         // the commit that last changed the table
}

func newMutations() *mutations { return &mutations{tables: map[int64]*turn{}} }

func (m *mutations) turn(id int64) *turn {
	t := m.tables[id]
	if t == nil {
		t = &turn{}
		m.tables[id] = t
	}
	return t
}

// wait takes the turn for a statement outside of a transaction, after those
// before it.
func (m *mutations) wait(ctx context.Context, id int64, holder any) error {
	for {
		m.mu.Lock()
		t := m.turn(id)
		if t.holder == nil || t.holder == holder {
			m.take(t, holder)
			m.mu.Unlock()
			return nil
		}
		free := t.free
		m.mu.Unlock()
		select {
		case <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (m *mutations) take(t *turn, holder any) {
	if t.holder == nil {
		t.holder, t.free = holder, make(chan struct{})
	}
}

// try takes the turn for a transaction; it fails if another holds it or has
// changed the table since the transaction began.
func (m *mutations) try(id int64, holder any, since int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.turn(id)
	if t.holder != nil && t.holder != holder || t.changed > since {
		return false
	}
	m.take(t, holder)
	return true
}

// release ends turns; changed says that their changes were committed.
func (m *mutations) release(ids []int64, changed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if changed {
		m.commits++
	}
	for _, id := range ids {
		t := m.turn(id)
		if changed {
			t.changed = m.commits
		}
		if t.holder != nil {
			close(t.free)
			t.holder, t.free = nil, nil
		}
	}
}

func (m *mutations) now() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commits
}

// transaction is an open multi-statement transaction.
type transaction struct {
	id         string
	since      int64 // commits before its snapshot
	turns      []int64
	touched    map[int64]bool
	partitions int                   // modified so far
	temps      map[string]*tempTable // at its beginning
}

// begin opens a transaction and takes its snapshot.
func (r *run) begin(ctx context.Context) error {
	if r.tx != nil {
		return bqerror.Query("Transaction is already in progress")
	}
	since := r.engine.mutations.now()
	for _, sql := range []string{"BEGIN TRANSACTION", "SELECT 1 FROM meta.datasets LIMIT 0"} { // DuckDB takes it at the first read
		if _, err := r.conn.ExecContext(ctx, sql); err != nil {
			rollback(r.conn)
			return asBigQuery(err)
		}
	}
	r.tx = &transaction{id: uuid.NewString(), since: since, touched: map[int64]bool{}, temps: maps.Clone(r.names.temps)}
	return nil
}

func (r *run) commit(ctx context.Context) error {
	if r.tx == nil {
		return bqerror.Query("There is no transaction in progress")
	}
	if _, err := r.conn.ExecContext(ctx, "COMMIT"); err != nil {
		r.rollback()
		return asBigQuery(err)
	}
	tx := r.tx
	r.tx = nil
	r.engine.mutations.release(tx.turns, true)
	for id := range tx.touched {
		r.engine.touch(id)
	}
	return nil
}

// rollback undoes the open transaction, if there is one.
func (r *run) rollback() {
	if r.tx == nil {
		return
	}
	rollback(r.conn)
	r.engine.mutations.release(r.tx.turns, false)
	r.names.temps = r.tx.temps
	r.tx = nil
}

// control carries out BEGIN, COMMIT, ROLLBACK and ASSERT.
func (r *run) control(ctx context.Context, plan *translate.Plan) error {
	switch plan.Control.Action {
	case translate.Begin:
		return r.begin(ctx)
	case translate.Commit:
		return r.commit(ctx)
	case translate.Rollback:
		if r.tx == nil {
			return bqerror.Query("There is no transaction in progress")
		}
		r.rollback()
		return nil
	default:
		return r.assert(ctx, plan)
	}
}

func (r *run) assert(ctx context.Context, plan *translate.Plan) error {
	query, args, err := r.bind(plan.Steps[0])
	if err != nil {
		return err
	}
	var ok *bool
	err = r.still(ctx, func() error { return asBigQuery(r.conn.QueryRowContext(ctx, query, args...).Scan(&ok)) })
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
	counts, err := r.mutateSteps(ctx, plan)
	r.engine.mutations.release(turns, err == nil)
	if err != nil {
		return err
	}
	if permanent {
		r.touch(table.ID)
	}
	res.DML = dmlStats(counts)
	r.system["row_count"] = res.DML.InsertedRowCount + res.DML.UpdatedRowCount + res.DML.DeletedRowCount
	res.BytesProcessed = r.bytesRead(ctx, plan)
	return nil
}

// touch notes that a table changes, at the latest when the transaction commits.
func (r *run) touch(id int64) {
	if r.tx != nil {
		r.tx.touched[id] = true
		return
	}
	r.engine.touch(id)
}

// mutateSteps runs the steps of DML, all or none.
func (r *run) mutateSteps(ctx context.Context, plan *translate.Plan) (map[translate.Role]int64, error) {
	counts := map[translate.Role]int64{}
	err := r.still(ctx, func() error {
		return r.limited(ctx, plan, func() error { return r.steps(ctx, plan, counts) })
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
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
