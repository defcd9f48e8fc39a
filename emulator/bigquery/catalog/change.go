package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Tx is a change of metadata under way. Its reads see its own writes. Only one
// exists at a time; physical changes made through Exec commit with it.
type Tx struct {
	ctx      context.Context
	tx       *sql.Tx
	datasets map[DatasetRef]*Dataset // copied on first write
	owned    map[DatasetRef]bool
	past     Past // nil for none
	around   func(commit func() error) error
	retired  []*Table
	made     []*Table
}

// Change runs f in a transaction and publishes what it changed. Nothing
// changes when f or the commit fails. A change that has begun isn't interrupted:
// it is short, and whether it took effect must not be in doubt.
func (c *Catalog) Change(ctx context.Context, f func(*Tx) error) error {
	c.change.Lock()
	defer c.change.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	dtx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a change of the catalog: %w", err)
	}
	defer func() { _ = dtx.Rollback() }() // after a commit it does nothing
	tx := &Tx{ctx: ctx, tx: dtx, datasets: maps.Clone(c.datasets), owned: map[DatasetRef]bool{}, past: c.past,
		around: func(commit func() error) error { return commit() }}
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.around(dtx.Commit); err != nil {
		return fmt.Errorf("commit a change of the catalog: %w", err)
	}
	c.mu.Lock()
	c.datasets = tx.datasets
	c.mu.Unlock()
	for _, t := range tx.retired {
		c.past.Retire(t)
	}
	for _, t := range tx.made {
		if c.past != nil {
			c.past.Make(t)
		}
	}
	return nil
}

// Conn is the transaction itself.
func (tx *Tx) Conn() *sql.Tx { return tx.tx }

// Around has the change committed within f.
func (tx *Tx) Around(f func(commit func() error) error) { tx.around = f }

// Exec runs DDL of physical tables.
func (tx *Tx) Exec(query string, args ...any) error {
	if _, err := tx.tx.ExecContext(tx.ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// keepList replaces the row of a table, by its id, in a table of meta that keeps a list of each: as JSON, behind the
// columns that say what the table is called.
func (tx *Tx) keepList(in string, id int64, list any, columns ...any) error {
	text, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("marshal the %s of table %d: %w", in, id, err)
	}
	if err := tx.Exec("DELETE FROM meta."+in+" WHERE id = ?", id); err != nil {
		return err
	}
	values := append(append([]any{id}, columns...), string(text))
	return tx.Exec("INSERT INTO meta."+in+" VALUES (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
}

// Dataset finds a dataset.
func (tx *Tx) Dataset(ref DatasetRef) (*Dataset, error) {
	if d := tx.datasets[ref]; d != nil {
		return d, nil
	}
	return nil, bqerror.NotFound("Dataset", ref.String())
}

// Table finds a table.
func (tx *Tx) Table(ref Ref) (*Table, error) {
	d, err := tx.Dataset(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	return d.table(ref)
}

// NewID gives a new table its number.
func (tx *Tx) NewID() (int64, error) {
	var id int64
	err := tx.tx.QueryRowContext(tx.ctx, `SELECT nextval('meta.ids')`).Scan(&id)
	return id, err
}

// PutDataset creates or replaces the resource of a dataset.
func (tx *Tx) PutDataset(r *bqv2.Dataset) error {
	ref := DatasetRef{r.DatasetReference.ProjectId, r.DatasetReference.DatasetId}
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("marshal dataset %s: %w", ref, err)
	}
	d := newDataset(ref, r)
	if old := tx.datasets[ref]; old != nil {
		d = old.copy(r)
		if err := tx.Exec(`DELETE FROM meta.datasets WHERE project = ? AND dataset = ?`, ref.Project, ref.Dataset); err != nil {
			return err
		}
	}
	tx.datasets[ref], tx.owned[ref] = d, true
	return tx.Exec(`INSERT INTO meta.datasets VALUES (?, ?, ?)`, ref.Project, ref.Dataset, string(text))
}

// DropDataset removes a dataset that has no tables and no routines.
func (tx *Tx) DropDataset(ref DatasetRef) error {
	delete(tx.datasets, ref)
	return tx.Exec(`DELETE FROM meta.datasets WHERE project = ? AND dataset = ?`, ref.Project, ref.Dataset)
}

// PutTable creates or replaces the metadata of a table.
func (tx *Tx) PutTable(id int64, r *bqv2.Table) (*Table, error) {
	t, err := newTable(id, r)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("marshal table %s: %w", t.Ref, err)
	}
	d, err := tx.own(t.Ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	old := d.tables[t.Ref.Table]
	if !t.IsView() && (old == nil || old.ID != id) {
		tx.made = append(tx.made, t)
	}
	if old != nil {
		if old.ID == id {
			t.RowPolicies, t.ChangeHistory, t.Indexes = old.RowPolicies, old.ChangeHistory, old.Indexes
		}
		if err := tx.Exec(`DELETE FROM meta.tables WHERE id = ?`, old.ID); err != nil {
			return nil, err
		}
	}
	d.tables[t.Ref.Table] = t
	return t, tx.Exec(`INSERT INTO meta.tables VALUES (?, ?, ?, ?, ?)`,
		id, t.Ref.Project, t.Ref.Dataset, t.Ref.Table, string(text))
}

// DropTable removes a table and its rows.
func (tx *Tx) DropTable(ref Ref) error {
	t, err := tx.takeOut(ref)
	if err != nil {
		return err
	}
	switch {
	case t.IsView():
	case tx.past != nil && tx.past.Retires(tx.ctx, tx.tx, t):
		tx.retired = append(tx.retired, t)
	default:
		if err := tx.Exec(`DROP TABLE ` + t.Physical()); err != nil {
			return err
		}
	}
	for _, kept := range []string{"row_policies", "indexes"} {
		if err := tx.Exec(`DELETE FROM meta.`+kept+` WHERE id = ?`, t.ID); err != nil {
			return err
		}
	}
	return tx.Exec(`DELETE FROM meta.tables WHERE id = ?`, t.ID)
}

// SetChangeHistory sets the option enable_change_history of a table.
func (tx *Tx) SetChangeHistory(ref Ref, enabled bool) error {
	t, err := tx.Table(ref)
	if err != nil || t.ChangeHistory == enabled {
		return err
	}
	if t, err = tx.ownTable(ref); err != nil {
		return err
	}
	t.ChangeHistory = enabled
	if enabled {
		return tx.Exec(`INSERT INTO meta.change_history VALUES (?)`, t.ID)
	}
	return tx.Exec(`DELETE FROM meta.change_history WHERE id = ?`, t.ID)
}

// ownTable returns a copy of a table that this change may write to, in its place.
func (tx *Tx) ownTable(ref Ref) (*Table, error) {
	t, err := tx.Table(ref)
	if err != nil {
		return nil, err
	}
	d, err := tx.own(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	owned := *t
	d.tables[ref.Table] = &owned
	return &owned, nil
}

// own returns a copy of a dataset that this change may write to.
func (tx *Tx) own(ref DatasetRef) (*Dataset, error) {
	d, err := tx.Dataset(ref)
	if err != nil || tx.owned[ref] {
		return d, err
	}
	d = d.copy(d.Resource)
	tx.datasets[ref], tx.owned[ref] = d, true
	return d, nil
}

// takeOut takes a table out of its dataset.
func (tx *Tx) takeOut(ref Ref) (*Table, error) {
	t, err := tx.Table(ref)
	if err != nil {
		return nil, err
	}
	d, err := tx.own(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	delete(d.tables, ref.Table)
	return t, nil
}

// Forget removes the metadata of a table but not its rows.
func (tx *Tx) Forget(ref Ref) error {
	t, err := tx.takeOut(ref)
	if err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM meta.tables WHERE id = ?`, t.ID)
}

// Draft gives a table its number without making it known.
func (c *Catalog) Draft(ctx context.Context, r *bqv2.Table) (*Table, error) {
	var id int64
	if err := c.db.QueryRowContext(ctx, `SELECT nextval('meta.ids')`).Scan(&id); err != nil {
		return nil, fmt.Errorf("number a table: %w", err)
	}
	return newTable(id, r)
}
