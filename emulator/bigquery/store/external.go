package store

import (
	"context"
	"database/sql/driver"
	"fmt"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
)

// CompleteExternal checks the resource of a new external table, and gives it its schema.
func (s *Store) CompleteExternal(ctx context.Context, r *bqv2.Table) error {
	c := r.ExternalDataConfiguration
	if c == nil {
		return nil
	}
	if r.View != nil || r.MaterializedView != nil || r.TimePartitioning != nil || r.RangePartitioning != nil || r.Clustering != nil || r.TableConstraints != nil || r.RequirePartitionFilter {
		return bqerror.Invalid("The external table %s can't be a view, and have no partitions, clusters or constraints", r.TableReference.TableId)
	}
	var given []*bqv2.TableFieldSchema
	for _, schema := range []*bqv2.TableSchema{r.Schema, c.Schema} {
		if schema != nil && len(given) == 0 {
			given = schema.Fields
		}
	}
	c.Schema = nil // BigQuery keeps it as the table's
	fields, err := s.views.ExternalSchema(ctx, c, given)
	if err != nil {
		return err
	}
	normalizeFields(fields)
	r.Schema = &bqv2.TableSchema{Fields: fields}
	return checkColumns(fields)
}

// FilledExternal are rows of one file of an external table.
type FilledExternal struct {
	URI    string
	Values [][]any
}

// FillExternal puts rows in the place of those that an external table has.
func (s *Store) FillExternal(ctx context.Context, t *catalog.Table, files []FilledExternal) error {
	s.altering.RLock()
	defer s.altering.RUnlock()
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = c.Name
	}
	plan, err := planAppend(t, columns, s.Now(), nil)
	if err != nil {
		return err
	}
	var converted [][]driver.Value
	for _, f := range files {
		for i, row := range f.Values {
			values, err := plan.convert(row)
			if err != nil {
				return bqerror.Query("Error while reading table: %s, error message: row %d: %v File: %s", t.Ref, i, err, f.URI)
			}
			converted = append(converted, append(values, f.URI))
		}
	}
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to read %s: %w", t.Ref, err)
	}
	defer conn.Close()
	if err := s.appendRows(ctx, conn, t, append(plan.names, catalog.FileName), converted, deletion(t, nil)); err != nil {
		return duck.AsBigQuery(err)
	}
	s.Touch(t.ID)
	return nil
}
