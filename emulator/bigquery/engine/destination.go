package engine

import (
	"context"
	"slices"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// writeDestination stores the rows of a query in its destination, a table or a
// partition.
func (r *run) writeDestination(ctx context.Context, res *Result) error {
	q, e := r.query, r.engine
	ref, id, decorated := q.Destination.Partition()
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
		if decorated {
			return r.newPartition(ctx, ref, id, res)
		}
	case err != nil:
		return err
	case old.Resource.Type != "TABLE":
		return store.WrongType(old)
	case q.WriteDisposition == "WRITE_APPEND":
		return r.addToDestination(ctx, old, columns, res.Rows, e.Load)
	case q.WriteDisposition == "WRITE_TRUNCATE_DATA" || decorated && q.WriteDisposition == "WRITE_TRUNCATE":
		return r.addToDestination(ctx, old, columns, res.Rows, e.Replace)
	case q.WriteDisposition != "WRITE_TRUNCATE":
		t, err := e.Table(ctx, *q.Destination)
		if err != nil {
			return err
		}
		if t.NumRows > 0 {
			return bqerror.Duplicate("Table", q.Destination.String())
		}
		if decorated {
			return r.addToDestination(ctx, old, columns, res.Rows, e.Load)
		}
	}
	return r.makeDestination(ctx, ref, old, columns, res)
}

// newPartition writes rows to a partition of a table that isn't there yet.
func (r *run) newPartition(ctx context.Context, ref TableRef, id string, res *Result) error {
	t := &bqv2.Table{
		TableReference: &bqv2.TableReference{ProjectId: ref.Project, DatasetId: ref.Dataset, TableId: ref.Table},
		Schema:         &bqv2.TableSchema{Fields: res.Rows.Schema},
	}
	PartitionFor(t, r.query.TimePartitioning, r.query.RangePartitioning, id)
	t.Clustering = r.query.Clustering
	if _, err := r.engine.CreateTable(ctx, t); err != nil {
		return err
	}
	names := make([]string, len(res.Rows.Schema))
	for i, f := range res.Rows.Schema {
		names[i] = f.Name
	}
	return r.engine.Load(ctx, *r.query.Destination, names, res.Rows.Values)
}

// PartitionFor sets the partitioning of a table that a job makes to write to the partition
// of an id, "" for none: what the job asks for, or by the time of ingestion in the unit of
// the id.
func PartitionFor(t *bqv2.Table, byTime *bqv2.TimePartitioning, byRange *bqv2.RangePartitioning, id string) {
	t.TimePartitioning, t.RangePartitioning = byTime, byRange
	if unit := catalog.UnitOf(id); unit != "" && byTime == nil && byRange == nil {
		t.TimePartitioning = &bqv2.TimePartitioning{Type: unit}
	}
}

// makeDestination makes the destination anew, with the rows of a query.
func (r *run) makeDestination(ctx context.Context, ref TableRef, old *catalog.Table, columns []types.Field, res *Result) error {
	q := r.query
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
	return r.engine.Append(ctx, ref, columnNames(columns), res.Rows.Values)
}

func columnNames(columns []types.Field) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// addToDestination writes rows to a table that keeps its schema, adding columns if the
// query allows it.
func (r *run) addToDestination(ctx context.Context, t *catalog.Table, columns []types.Field, rows *Rows, write func(context.Context, TableRef, []string, [][]any) error) error {
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
	return write(ctx, *r.query.Destination, columnNames(columns), rows.Values)
}

func restName(t *types.Type) string {
	return types.ToField(types.Field{Type: t}).Type
}
