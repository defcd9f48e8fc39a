// Package catalog keeps the metadata of datasets, tables and routines: in memory for
// reads, written through to DuckDB in the transaction that changes them.
//
// It doesn't hold rows. Every table has a number, given once, that names its
// physical table, so a table that is replaced never shares data with its
// predecessor and names keep their case.
package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// schema creates the tables of the catalog itself.
const schema = `
CREATE SCHEMA IF NOT EXISTS meta;
CREATE SCHEMA IF NOT EXISTS data;
CREATE SEQUENCE IF NOT EXISTS meta.ids;
CREATE TABLE IF NOT EXISTS meta.datasets (project VARCHAR, dataset VARCHAR, resource VARCHAR);
CREATE TABLE IF NOT EXISTS meta.tables (id BIGINT, project VARCHAR, dataset VARCHAR, name VARCHAR, resource VARCHAR);
CREATE TABLE IF NOT EXISTS meta.routines (id BIGINT, project VARCHAR, dataset VARCHAR, name VARCHAR, resource VARCHAR);
CREATE TABLE IF NOT EXISTS meta.change_history (id BIGINT);
CREATE TABLE IF NOT EXISTS meta.indexes (id BIGINT, resource VARCHAR);
CREATE TABLE IF NOT EXISTS meta.row_policies (id BIGINT, project VARCHAR, dataset VARCHAR, name VARCHAR, resource VARCHAR);
`

// Catalog is the metadata of all projects. It is safe for concurrent use.
type Catalog struct {
	db *sql.DB

	change sync.Mutex // held while metadata changes, never over a query
	past   Past       // nil for none

	mu       sync.RWMutex
	datasets map[DatasetRef]*Dataset
}

// Past keeps the physical tables of tables that are dropped.
type Past interface {
	// Retires reports whether the physical table stays. It is asked in the transaction that
	// drops the table.
	Retires(ctx context.Context, tx *sql.Tx, t *Table) bool
	// Retire takes over the physical table, once that is committed.
	Retire(t *Table)
	// Make notes that a table is there, once that is committed.
	Make(t *Table)
}

// Keep has dropped tables stay as long as their past says. It is called before anything
// else.
func (c *Catalog) Keep(p Past) { c.past = p }

// DatasetRef names a dataset.
type DatasetRef struct{ Project, Dataset string }

func (r DatasetRef) String() string { return r.Project + ":" + r.Dataset }

// Dataset is a dataset with its tables and routines. It is immutable once published.
type Dataset struct {
	Ref      DatasetRef
	Resource *bqv2.Dataset
	tables   map[string]*Table
	routines map[string]*Routine
}

func newDataset(ref DatasetRef, r *bqv2.Dataset) *Dataset {
	return &Dataset{Ref: ref, Resource: r, tables: map[string]*Table{}, routines: map[string]*Routine{}}
}

// copy is a dataset that a change may write to, with another resource.
func (d *Dataset) copy(r *bqv2.Dataset) *Dataset {
	return &Dataset{Ref: d.Ref, Resource: r, tables: maps.Clone(d.tables), routines: maps.Clone(d.routines)}
}

// Open reads the metadata of a database, creating the catalog's own tables in
// a new one.
func Open(ctx context.Context, db *sql.DB) (*Catalog, error) {
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, fmt.Errorf("create the catalog: %w", err)
	}
	c := &Catalog{db: db, datasets: map[DatasetRef]*Dataset{}}
	if err := c.load(ctx); err != nil {
		return nil, fmt.Errorf("load the catalog: %w", err)
	}
	return c, nil
}

// load reads what is stored: datasets, then what they hold, then what belongs to tables.
func (c *Catalog) load(ctx context.Context) error {
	for _, load := range []func(context.Context) error{c.loadDatasets, c.loadTables, c.loadOfTables, c.loadRoutines} {
		if err := load(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) loadDatasets(ctx context.Context) error {
	return each(ctx, c.db, `SELECT 0, project, dataset, '', resource FROM meta.datasets`,
		func(_ int64, ref DatasetRef, _ string, resource []byte) error {
			d := newDataset(ref, new(bqv2.Dataset))
			c.datasets[ref] = d
			return json.Unmarshal(resource, d.Resource)
		})
}

func (c *Catalog) loadTables(ctx context.Context) error {
	return each(ctx, c.db, `SELECT id, project, dataset, name, resource FROM meta.tables`,
		func(id int64, ref DatasetRef, name string, resource []byte) error {
			d := c.datasets[ref]
			if d == nil {
				return fmt.Errorf("table %s.%s has no dataset", ref, name)
			}
			r := new(bqv2.Table)
			if err := json.Unmarshal(resource, r); err != nil {
				return err
			}
			t, err := newTable(id, r)
			d.tables[name] = t
			return err
		})
}

// loadOfTables reads what is stored of tables beside their resources.
func (c *Catalog) loadOfTables(ctx context.Context) error {
	err := each(ctx, c.db, `SELECT id, project, dataset, name, '' FROM meta.tables WHERE id IN (SELECT id FROM meta.change_history)`,
		func(_ int64, ref DatasetRef, name string, _ []byte) error {
			c.datasets[ref].tables[name].ChangeHistory = true
			return nil
		})
	if err != nil {
		return err
	}
	err = each(ctx, c.db, `SELECT id, project, dataset, name, meta.indexes.resource FROM meta.tables JOIN meta.indexes USING (id)`,
		func(_ int64, ref DatasetRef, name string, list []byte) error {
			return json.Unmarshal(list, &c.datasets[ref].tables[name].Indexes)
		})
	if err != nil {
		return err
	}
	return each(ctx, c.db, `SELECT id, project, dataset, name, resource FROM meta.row_policies`,
		func(_ int64, ref DatasetRef, name string, resource []byte) error {
			d := c.datasets[ref]
			if d == nil || d.tables[name] == nil {
				return fmt.Errorf("row access policies of %s.%s have no table", ref, name)
			}
			return json.Unmarshal(resource, &d.tables[name].RowPolicies)
		})
}

func (c *Catalog) loadRoutines(ctx context.Context) error {
	return each(ctx, c.db, `SELECT id, project, dataset, name, resource FROM meta.routines`,
		func(id int64, ref DatasetRef, name string, text []byte) error {
			d := c.datasets[ref]
			if d == nil {
				return fmt.Errorf("routine %s.%s has no dataset", ref, name)
			}
			r, err := loadRoutine(id, text)
			d.routines[name] = r
			return err
		})
}

func each(ctx context.Context, db *sql.DB, query string, f func(int64, DatasetRef, string, []byte) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id             int64
			ref            DatasetRef
			name, resource string
		)
		if err := rows.Scan(&id, &ref.Project, &ref.Dataset, &name, &resource); err != nil {
			return err
		}
		if err := f(id, ref, name, []byte(resource)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Dataset finds a dataset.
func (c *Catalog) Dataset(ref DatasetRef) (*Dataset, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if d := c.datasets[ref]; d != nil {
		return d, nil
	}
	return nil, bqerror.NotFound("Dataset", ref.String())
}

// Datasets lists the datasets of a project by name; "" lists all projects'.
func (c *Catalog) Datasets(project string) []*Dataset {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*Dataset
	for ref, d := range c.datasets {
		if project == "" || ref.Project == project {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *Dataset) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	return list
}

// Table finds a table or view.
func (c *Catalog) Table(ref Ref) (*Table, error) {
	d, err := c.Dataset(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	return d.table(ref)
}

// table finds a table or view of the dataset.
func (d *Dataset) table(ref Ref) (*Table, error) { return find(d.tables, "Table", ref) }

// Tables lists the tables and views of a dataset by name.
func (d *Dataset) Tables() []*Table { return byName(d.tables) }

// find finds what a dataset holds of a kind.
func find[T any](held map[string]*T, kind string, ref Ref) (*T, error) {
	if v := held[ref.Table]; v != nil {
		return v, nil
	}
	return nil, bqerror.NotFound(kind, ref.String())
}

// byName lists what a dataset holds of a kind.
func byName[T any](held map[string]*T) []*T {
	list := make([]*T, 0, len(held))
	for _, name := range slices.Sorted(maps.Keys(held)) {
		list = append(list, held[name])
	}
	return list
}
