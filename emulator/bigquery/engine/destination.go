package engine

import (
	"context"
	"fmt"
	"slices"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// writeDestination stores the rows of a query in its destination table.
func (r *run) writeDestination(ctx context.Context, res *Result) error {
	q, e := r.query, r.engine
	ref := *q.Destination
	columns, err := types.FromSchema(res.Rows.Schema)
	if err != nil {
		return err
	}
	old, err := e.Catalog.Table(ref)
	switch {
	case bqerror.IsNotFound(err):
		if q.CreateDisposition == "CREATE_NEVER" {
			return err
		}
	case err != nil:
		return err
	case q.WriteDisposition == "WRITE_APPEND":
		return r.appendDestination(ctx, old, columns, res.Rows)
	case q.WriteDisposition != "WRITE_TRUNCATE":
		if n, err := e.countRows(ctx, old); err != nil || n > 0 {
			if err != nil {
				return err
			}
			return bqerror.Duplicate("Table", ref.String())
		}
	}
	resource := &bqv2.Table{
		TableReference:   &bqv2.TableReference{ProjectId: ref.Project, DatasetId: ref.Dataset, TableId: ref.Table},
		Schema:           &bqv2.TableSchema{Fields: res.Rows.Schema},
		TimePartitioning: q.TimePartitioning, RangePartitioning: q.RangePartitioning, Clustering: q.Clustering,
	}
	if old != nil && q.TimePartitioning == nil && q.RangePartitioning == nil {
		c := catalog.Clone(old.Resource)
		resource.TimePartitioning, resource.RangePartitioning = c.TimePartitioning, c.RangePartitioning
	}
	if old != nil && q.Clustering == nil {
		resource.Clustering = catalog.Clone(old.Resource).Clustering
	}
	if err := store.LimitRows(catalog.PartitioningOf(resource), columns, res.Rows.Values); err != nil {
		return err // before the old table goes
	}
	empty := func(*catalog.Table) (filling, error) { return filling{}, nil }
	if err := r.replaceTable(ctx, ref, catalog.Clone(resource), empty, true); err != nil {
		return err
	}
	return e.Append(ctx, ref, columnNames(columns), res.Rows.Values)
}

func columnNames(columns []types.Field) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

func (e *Engine) countRows(ctx context.Context, t *catalog.Table) (n int64, err error) {
	if err := e.DB.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Physical()).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", t.Ref, err)
	}
	return n, nil
}

// appendDestination appends rows, adding columns if the query allows it.
func (r *run) appendDestination(ctx context.Context, t *catalog.Table, columns []types.Field, rows *Rows) error {
	var added []*bqv2.TableFieldSchema
	var relaxed []string
	for i, c := range columns {
		have := store.FindColumn(t.Columns, c.Name)
		switch {
		case have != nil && have.Required && slices.Contains(r.query.SchemaUpdate, "ALLOW_FIELD_RELAXATION"):
			relaxed = append(relaxed, have.Name)
		case have == nil:
			added = append(added, rows.Schema[i])
		case !have.Type.Same(c.Type):
			return bqerror.Invalid("Provided Schema does not match Table %s. Field %s has changed type from %s to %s",
				t.Ref, c.Name, restName(have.Type), restName(c.Type))
		}
	}
	if len(added) > 0 && !slices.Contains(r.query.SchemaUpdate, "ALLOW_FIELD_ADDITION") {
		return bqerror.Invalid("Provided Schema does not match Table %s. Cannot add fields (field: %s)", t.Ref, added[0].Name)
	}
	if len(added)+len(relaxed) > 0 {
		_, err := r.engine.UpdateTable(ctx, t.Ref, func(resource *bqv2.Table) error {
			for _, name := range relaxed {
				store.FindField(resource, name).Mode = "NULLABLE"
			}
			resource.Schema.Fields = append(resource.Schema.Fields, added...)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return r.engine.Load(ctx, t.Ref, columnNames(columns), rows.Values)
}

func restName(t *types.Type) string {
	return types.ToField(types.Field{Type: t}).Type
}
