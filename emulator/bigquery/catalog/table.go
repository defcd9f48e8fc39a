package catalog

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Ref names a table. Project and dataset are never empty.
type Ref struct{ Project, Dataset, Table string }

func (r Ref) String() string { return r.Project + ":" + r.Dataset + "." + r.Table }

// refName is the form that the Storage APIs have of a table's name.
var refName = regexp.MustCompile(`^projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)$`)

// ParseRef reads a name like projects/p/datasets/d/tables/t.
func ParseRef(name string) (Ref, bool) {
	m := refName.FindStringSubmatch(name)
	if m == nil {
		return Ref{}, false
	}
	return Ref{m[1], m[2], m[3]}, true
}

// DatasetRef is the dataset of the table.
func (r Ref) DatasetRef() DatasetRef { return DatasetRef{r.Project, r.Dataset} }

// PartitionTime is the hidden column of a table partitioned by ingestion time.
const PartitionTime = "_PARTITIONTIME"

// FileName is the hidden column of an external table: the object that a row is in.
const FileName = "_FILE_NAME"

// Table is a table or view. It is immutable once published.
type Table struct {
	ID       int64 // names the physical table, given once
	Ref      Ref
	Resource *bqv2.Table
	Columns  []types.Field
	// Ingestion says that the table is partitioned by ingestion time and has
	// the hidden column PartitionTime.
	Ingestion bool
	// ChangeHistory is the option enable_change_history, which the REST resource lacks.
	ChangeHistory bool
	// RowPolicies say who sees which rows; nil for everybody all.
	RowPolicies []*bqv2.RowAccessPolicy
	Indexes     []*Index
}

// newTable derives a table from its resource.
func newTable(id int64, r *bqv2.Table) (*Table, error) {
	t := &Table{ID: id, Resource: r, Ref: Ref{r.TableReference.ProjectId, r.TableReference.DatasetId, r.TableReference.TableId}}
	if r.Schema != nil {
		columns, err := types.FromSchema(r.Schema.Fields)
		if err != nil {
			return nil, bqerror.Invalid("Table %s: %v", t.Ref, err)
		}
		t.Columns = columns
	}
	if p := r.TimePartitioning; p != nil && p.Field == "" {
		t.Ingestion = true
	}
	return t, nil
}

// IsExternal says that the rows of the table are those of files.
func (t *Table) IsExternal() bool { return t.Resource.ExternalDataConfiguration != nil }

// IsView says that the table is a logical or materialized view.
func (t *Table) IsView() bool { return t.ViewSQL() != "" }

// ViewSQL is the query of a view, "" for a table.
func (t *Table) ViewSQL() string {
	switch {
	case t.Resource.View != nil:
		return t.Resource.View.Query
	case t.Resource.MaterializedView != nil:
		return t.Resource.MaterializedView.Query
	}
	return ""
}

// Name is the name of the physical table without its schema.
func (t *Table) Name() string { return fmt.Sprintf("t%d", t.ID) }

// Physical is the qualified name of the physical table in DuckDB.
func (t *Table) Physical() string { return "data." + t.Name() }

// StoredNames are the columns of the physical table, quoted.
func (t *Table) StoredNames() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = types.Quote(c.Name)
	}
	if t.Ingestion {
		names = append(names, types.Quote(PartitionTime))
	}
	return names
}

// PartitionField is the column by which the table is partitioned: "" for none,
// PartitionTime for ingestion time.
func (t *Table) PartitionField() string {
	switch {
	case t.Ingestion:
		return PartitionTime
	case t.Resource.TimePartitioning != nil:
		return t.Resource.TimePartitioning.Field
	case t.Resource.RangePartitioning != nil:
		return t.Resource.RangePartitioning.Field
	}
	return ""
}

// Expired is the condition of the rows whose partitions have expired, "" for none. The rows
// of no partition stay.
func (t *Table) Expired(now time.Time) string {
	p := t.Resource.TimePartitioning
	if p == nil || p.ExpirationMs <= 0 || t.IsView() {
		return ""
	}
	last := now.Add(-time.Duration(p.ExpirationMs) * time.Millisecond).UTC()
	return fmt.Sprintf("%[1]s >= DATE '%[2]s' AND date_trunc('%[3]s', CAST(%[1]s AS TIMESTAMP)) <= TIMESTAMP '%[4]s'",
		types.Quote(t.PartitionField()), firstPartition.Format(time.DateOnly), strings.ToLower(p.Type), last.Format("2006-01-02 15:04:05.999999"))
}

// RequiresFilter says that queries must filter by the partition.
func (t *Table) RequiresFilter() bool {
	return t.Resource.RequirePartitionFilter ||
		t.Resource.TimePartitioning != nil && t.Resource.TimePartitioning.RequirePartitionFilter
}

// Fingerprint changes with everything that the translation of a query of the
// table depends on.
func (t *Table) Fingerprint() string {
	text := fmt.Sprintf("%d %s %d", t.ID, t.Resource.Etag, t.Resource.LastModifiedTime)
	for _, p := range t.RowPolicies {
		text += " " + p.Etag
	}
	return text
}

// Clone copies a REST resource deeply.
func Clone[T any](r *T) *T {
	b, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("catalog: a REST resource doesn't marshal: %v", err))
	}
	out := new(T)
	if err := json.Unmarshal(b, out); err != nil {
		panic(fmt.Sprintf("catalog: a REST resource doesn't unmarshal: %v", err))
	}
	return out
}
