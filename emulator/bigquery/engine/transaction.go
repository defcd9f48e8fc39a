package engine

import (
	"context"
	"maps"

	"github.com/google/uuid"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/history"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// transaction is an open multi-statement transaction.
type transaction struct {
	id         string
	since      int64 // commits before its snapshot
	turns      []int64
	touched    map[int64]bool
	rows       map[int64]int64       // of tables, as the transaction sees them
	partitions int                   // modified so far
	temps      map[string]*tempTable // at its beginning
	seen       int64                 // commits of the history before it
	changes    map[int64]*history.Change
}

// begin opens a transaction and takes its snapshot.
func (r *run) begin(ctx context.Context) error {
	if r.tx != nil {
		return bqerror.Query("Transaction is already in progress")
	}
	since, seen := r.engine.mutations.now(), r.engine.History.Seen()
	for _, sql := range []string{"BEGIN TRANSACTION", "SELECT 1 FROM meta.datasets LIMIT 0"} { // DuckDB takes it at the first read
		if _, err := r.conn.ExecContext(ctx, sql); err != nil {
			duck.Rollback(r.conn)
			return duck.AsBigQuery(err)
		}
	}
	r.tx = &transaction{id: uuid.NewString(), since: since, touched: map[int64]bool{}, rows: map[int64]int64{}, temps: maps.Clone(r.names.temps),
		seen: seen, changes: map[int64]*history.Change{}}
	return nil
}

func (r *run) commit(ctx context.Context) error {
	if r.tx == nil {
		return bqerror.Query("There is no transaction in progress")
	}
	tx := r.tx
	changes := make([]history.Change, 0, len(tx.changes))
	for _, c := range tx.changes {
		changes = append(changes, *c)
	}
	err := r.engine.History.Commit(func() error {
		_, err := r.conn.ExecContext(ctx, "COMMIT")
		return err
	}, changes...)
	if err != nil {
		r.rollback()
		return duck.AsBigQuery(err)
	}
	r.tx = nil
	tx.forget(r.engine.History)
	r.engine.mutations.release(tx.turns, true)
	for id := range tx.touched {
		r.engine.Touch(id)
	}
	return nil
}

// rollback undoes the open transaction, if there is one.
func (r *run) rollback() {
	if r.tx == nil {
		return
	}
	duck.Rollback(r.conn)
	r.engine.mutations.release(r.tx.turns, false)
	r.tx.forget(r.engine.History)
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
