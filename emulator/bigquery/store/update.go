package store

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/history"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// UpdateTable replaces a table's resource by what change makes of a copy of
// it. Columns may be added and relaxed; partitioning can't change.
func (s *Store) UpdateTable(ctx context.Context, ref catalog.Ref, change func(*bqv2.Table) error) (*bqv2.Table, error) {
	if err := s.updateView(ctx, ref, &change); err != nil {
		return nil, err
	}
	var updated *catalog.Table
	err := s.alter(ctx, func(tx *catalog.Tx) error {
		old, err := tx.Table(ref)
		if err != nil {
			return err
		}
		r := catalog.Clone(old.Resource)
		if err := change(r); err != nil {
			return err
		}
		if updated, err = s.replaceResource(tx, old, r); err != nil || updated.IsView() {
			return err
		}
		return s.alterColumns(tx, old, updated)
	})
	if err != nil {
		return nil, err
	}
	return s.resource(ctx, updated)
}

// alter changes the columns of tables while nothing is appended: where both happen
// at once, DuckDB fails one of them, which BigQuery doesn't. Transactions under
// way go on, and what they have changed in the table is for them to give up; where
// one takes it back meanwhile, the change is tried again.
func (s *Store) alter(ctx context.Context, change func(*catalog.Tx) error) error {
	s.altering.Lock()
	defer s.altering.Unlock()
	const tries = 10
	for try := 1; ; try++ {
		err := s.reshape(ctx, change)
		if err == nil || try == tries || !strings.Contains(err.Error(), "reverted by a concurrent transaction") {
			return err
		}
	}
}

// reshape changes the columns of tables, and has the history keep what they were. The caller
// holds s.altering.
func (s *Store) reshape(ctx context.Context, change func(*catalog.Tx) error) error {
	s.seen, s.reshaped = s.History.Seen(), nil
	err := s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		tx.Around(func(commit func() error) error { return s.History.Commit(commit, s.reshaped...) })
		return change(tx)
	})
	for _, c := range s.reshaped {
		s.History.Close(c.Copy)
	}
	return err
}

// beforeAlter keeps what a table is before its columns change.
func (s *Store) beforeAlter(tx *catalog.Tx, t *catalog.Table) error {
	if slices.ContainsFunc(s.reshaped, func(c history.Change) bool { return c.Table.ID == t.ID }) {
		return nil
	}
	copied, err := s.History.Copy(context.Background(), tx.Conn(), t, s.seen)
	s.reshaped = append(s.reshaped, history.Change{Table: t, Rewrites: true, Copy: copied})
	return err
}

// alterPhysical alters the physical table of a table.
func (s *Store) alterPhysical(tx *catalog.Tx, t *catalog.Table, action string) error {
	if err := s.beforeAlter(tx, t); err != nil {
		return err
	}
	return tx.Exec("ALTER TABLE " + t.Physical() + " " + action)
}

// updateView applies a change of a view ahead, because its new query has to be
// analyzed before the catalog is locked.
func (s *Store) updateView(ctx context.Context, ref catalog.Ref, change *func(*bqv2.Table) error) error {
	t, err := s.Catalog.Table(ref)
	if err != nil || !t.IsView() {
		return err
	}
	r := catalog.Clone(t.Resource)
	if err := (*change)(r); err != nil {
		return err
	}
	if err := s.completeView(ctx, r); err != nil {
		return err
	}
	if r.View != nil && r.View.Query != t.ViewSQL() && s.views.RefersTo(ref.Project, r.View.Query, t) {
		return bqerror.Invalid("The view %s refers to itself", ref)
	}
	*change = func(target *bqv2.Table) error {
		*target = *r
		return nil
	}
	return nil
}

// replaceResource stores the changed resource of a table.
func (s *Store) replaceResource(tx *catalog.Tx, old *catalog.Table, r *bqv2.Table) (*catalog.Table, error) {
	o := old.Resource
	r.TableReference, r.Kind, r.Id, r.Type = o.TableReference, o.Kind, o.Id, o.Type
	r.CreationTime, r.Location = o.CreationTime, o.Location
	r.NumRows, r.NumBytes = 0, 0
	if r.Schema == nil {
		r.Schema = o.Schema
	}
	if r.Schema != nil {
		normalizeFields(r.Schema.Fields)
	}
	if err := s.checkTableText(r); err != nil {
		return nil, err
	}
	if r.Type == "EXTERNAL" && !sameExternal(o, r) {
		return nil, bqerror.Unsupported("A change of the schema or of the externalDataConfiguration of the external table %s: create it anew; that", old.Ref)
	}
	if r.Type == "TABLE" {
		if err := checkTable(r); err != nil {
			return nil, err
		}
		if !samePartitioning(o, r) {
			return nil, bqerror.Invalid("Cannot change partitioning spec for a partitioned/non-partitioned table %s.", old.Ref)
		}
	}
	s.stampTable(r)
	return tx.PutTable(old.ID, r)
}

// sameExternal compares what can't change of an external table.
func sameExternal(a, b *bqv2.Table) bool {
	return sameJSON(a.ExternalDataConfiguration, b.ExternalDataConfiguration) && sameJSON(a.Schema, b.Schema)
}

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// samePartitioning compares what can't change of a table's partitioning.
func samePartitioning(a, b *bqv2.Table) bool {
	at, bt := a.TimePartitioning, b.TimePartitioning
	if (at == nil) != (bt == nil) || (a.RangePartitioning == nil) != (b.RangePartitioning == nil) {
		return false
	}
	return at == nil || at.Type == bt.Type && strings.EqualFold(at.Field, bt.Field)
}

// alterColumns brings the physical table from the columns of old to those of t.
func (s *Store) alterColumns(tx *catalog.Tx, old, t *catalog.Table) error {
	for _, was := range old.Columns {
		is := FindColumn(t.Columns, was.Name)
		switch {
		case is == nil:
			return bqerror.Invalid("Provided Schema does not match Table %s. Field %s is missing in new schema", t.Ref, was.Name)
		case !is.Type.Equal(was.Type):
			if err := s.alterPhysical(tx, old, "ALTER COLUMN "+types.Quote(was.Name)+" TYPE "+is.Type.DuckDB()); err != nil {
				return bqerror.Invalid("Provided Schema does not match Table %s. Field %s has changed type from %s to %s", t.Ref, was.Name, was.Type, is.Type)
			}
		case is.Required && !was.Required:
			return bqerror.Invalid("Provided Schema does not match Table %s. Field %s has changed mode from NULLABLE to REQUIRED", t.Ref, was.Name)
		}
		if was.Required && !is.Required {
			if err := s.alterPhysical(tx, old, "ALTER COLUMN "+types.Quote(was.Name)+" DROP NOT NULL"); err != nil {
				return err
			}
		}
	}
	for _, is := range t.Columns {
		if FindColumn(old.Columns, is.Name) != nil {
			continue
		}
		if is.Required {
			return bqerror.Invalid("Provided Schema does not match Table %s. Cannot add required fields to an existing schema. (field: %s)", t.Ref, is.Name)
		}
		def, err := s.ColumnDDL(is)
		if err != nil {
			return err
		}
		if err := s.alterPhysical(tx, old, "ADD COLUMN "+def); err != nil {
			return err
		}
	}
	return nil
}

// FindColumn is the column of a name, in any case; nil for none.
func FindColumn(columns []types.Field, name string) *types.Field {
	for i := range columns {
		if strings.EqualFold(columns[i].Name, name) {
			return &columns[i]
		}
	}
	return nil
}
