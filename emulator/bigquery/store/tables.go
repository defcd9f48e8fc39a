package store

import (
	"context"
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Table returns a table's resource with its current row count.
func (s *Store) Table(ctx context.Context, ref catalog.Ref) (*bqv2.Table, error) {
	if err := s.Sweep(ctx); err != nil {
		return nil, err
	}
	t, part, err := s.partition(ref)
	if err != nil {
		return nil, err
	}
	r, err := s.resource(ctx, t)
	if err != nil || part == nil {
		return r, err
	}
	r.TableReference.TableId = ref.Table
	if r.NumRows, err = s.count(ctx, t, " WHERE "+part.Where); err != nil {
		return nil, err
	}
	r.NumBytes = int64(r.NumRows) * types.RowBytes(t.Columns)
	return r, nil
}

// count counts the rows of a table that a WHERE clause lets through.
func (s *Store) count(ctx context.Context, t *catalog.Table, where string) (n uint64, err error) {
	if err := s.DB.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Physical()+where).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", t.Ref, err)
	}
	return n, nil
}

// resource is the REST resource of a table, with its counts.
func (s *Store) resource(ctx context.Context, t *catalog.Table) (*bqv2.Table, error) {
	r := catalog.Clone(t.Resource)
	if t.IsView() || t.IsExternal() {
		return r, nil
	}
	s.Expire(ctx, t)
	rows, err := s.count(ctx, t, "")
	if err != nil {
		return nil, err
	}
	r.NumRows = rows
	r.NumBytes = int64(rows) * types.RowBytes(t.Columns)
	r.ForceSendFields = append(r.ForceSendFields, "NumRows", "NumBytes")
	if m := s.Mutated(t.ID).At; m > int64(r.LastModifiedTime) {
		r.LastModifiedTime = uint64(m)
	}
	return r, nil
}

// ListTables lists a dataset's tables and views by name, without row counts.
func (s *Store) ListTables(ctx context.Context, project, dataset string) ([]*bqv2.Table, error) {
	if err := s.Sweep(ctx); err != nil {
		return nil, err
	}
	d, err := s.Catalog.Dataset(catalog.DatasetRef{Project: project, Dataset: dataset})
	if err != nil {
		return nil, err
	}
	var list []*bqv2.Table
	for _, t := range d.Tables() {
		list = append(list, catalog.Clone(t.Resource))
	}
	return list, nil
}

// DeleteTable deletes a table or view, or the rows of a partition.
func (s *Store) DeleteTable(ctx context.Context, ref catalog.Ref) error {
	t, part, err := s.partition(ref)
	if err != nil {
		return err
	}
	if part != nil {
		if _, err := s.delete(ctx, t, deletion(t, part)); err != nil {
			return duck.AsBigQuery(err)
		}
		s.Touch(t.ID)
		return nil
	}
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error { return tx.DropTable(ref) })
}

// ReadTable returns rows of a table in the order of their insertion.
func (s *Store) ReadTable(ctx context.Context, ref catalog.Ref, start, limit int64) (*types.Rows, error) {
	t, part, err := s.partition(ref)
	if err != nil {
		return nil, err
	}
	if t.IsView() {
		return s.views.ReadView(ctx, ref, start, limit)
	}
	s.Expire(ctx, t)
	where := "TRUE"
	if part != nil {
		where = "(" + part.Where + ")"
	}
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = types.Quote(c.Name)
	}
	if len(t.Columns) == 0 {
		return &types.Rows{}, nil
	}
	tx, err := s.DB.BeginTx(ctx, nil) // see run.still
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	page, err := pageOf(ctx, tx, t.Physical()+" WHERE "+where, start, limit)
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	rows, err := duck.Read(ctx, tx, s.Results, t.Columns, "SELECT "+strings.Join(names, ", ")+" FROM "+page)
	return rows, duck.AsBigQuery(err)
}
