package engine

import (
	"context"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/history"
)

// changing runs f, which changes rows of a table, and has the history note what it did. Where
// rewrites says that f may do more than append rows, what the table was is kept as far as the
// history can.
func (r *run) changing(ctx context.Context, t *catalog.Table, rewrites bool, f func() (history.Stats, error)) error {
	if r.tx != nil {
		return r.tx.changing(ctx, r, t, rewrites, f)
	}
	past := r.engine.History
	change := history.Change{Table: t}
	seen := past.Seen()
	defer func() { past.Close(change.Copy) }()
	return r.once(ctx, func() (err error) {
		if rewrites {
			if change.Copy, err = past.Copy(ctx, r.conn, t, seen); err != nil {
				return err
			}
		}
		change.Stats, err = f()
		change.Rewrites = change.Updated > 0 || change.Deleted > 0
		return err
	}, func(commit func() error) error { return past.Commit(commit, change) })
}

// changing is changing in an open transaction, which notes it when it is committed.
func (tx *transaction) changing(ctx context.Context, r *run, t *catalog.Table, rewrites bool, f func() (history.Stats, error)) (err error) {
	change := tx.changes[t.ID]
	if change == nil {
		change = &history.Change{Table: t}
		tx.changes[t.ID] = change
	}
	untouched := change.Inserted == 0 && !change.Rewrites
	if rewrites && untouched && change.Copy == nil {
		if change.Copy, err = r.engine.History.Copy(ctx, r.conn, t, tx.seen); err != nil {
			return err
		}
	}
	stats, err := f()
	if err != nil {
		return err
	}
	change.Inserted += stats.Inserted
	change.Updated += stats.Updated
	change.Deleted += stats.Deleted
	change.Rewrites = change.Rewrites || stats.Updated > 0 || stats.Deleted > 0
	return nil
}

// forget lets go of the copies of a transaction that has ended.
func (tx *transaction) forget(past *history.History) {
	for _, c := range tx.changes {
		past.Close(c.Copy)
	}
}
