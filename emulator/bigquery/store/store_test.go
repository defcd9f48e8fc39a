package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/infoschema"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var ref = catalog.Ref{Project: "p", Dataset: "d", Table: "t"}

// noViews has no views.
type noViews struct{}

func (noViews) RefersTo(string, string, *catalog.Table) bool { return false }

func (noViews) ViewSchema(context.Context, string, string) ([]*bqv2.TableFieldSchema, error) {
	return nil, bqerror.Query("no views here")
}

func (noViews) ExternalSchema(context.Context, *bqv2.ExternalDataConfiguration, []*bqv2.TableFieldSchema) ([]*bqv2.TableFieldSchema, error) {
	panic("there are no external tables")
}

func (noViews) RoutineColumns(*catalog.Routine) ([]types.Field, error) {
	return []types.Field{{Name: "k", Type: types.Of(types.Int64)}}, nil
}

func (noViews) ReadView(context.Context, catalog.Ref, int64, int64) (*types.Rows, error) {
	return nil, bqerror.Query("no views here")
}

// open opens a store in memory with a dataset p.d.
func open(t *testing.T) *Store {
	t.Helper()
	db, err := duck.Open("", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // in memory
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	s, err := Open(t.Context(), db, func() time.Time { return now }, nil, noViews{})
	if err != nil {
		t.Fatal(err)
	}
	createDataset(t, s)
	return s
}

// createDataset creates the dataset p.d.
func createDataset(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.CreateDataset(t.Context(), &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: "p", DatasetId: "d"}}); err != nil {
		t.Fatal(err)
	}
}

// create creates the table p.d.t with columns of some types: a, b, ….
func create(t *testing.T, s *Store, partitioning *bqv2.TimePartitioning, columns ...string) {
	t.Helper()
	schema := &bqv2.TableSchema{}
	for i, typ := range columns {
		typ, mode, _ := strings.Cut(typ, " ")
		schema.Fields = append(schema.Fields, &bqv2.TableFieldSchema{Name: string(rune('a' + i)), Type: typ, Mode: mode})
	}
	_, err := s.CreateTable(t.Context(), &bqv2.Table{
		TableReference: &bqv2.TableReference{ProjectId: "p", DatasetId: "d", TableId: "t"}, Schema: schema, TimePartitioning: partitioning,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAppendAndRead(t *testing.T) {
	s := open(t)
	create(t, s, nil, "INT64 REQUIRED", "STRING", "FLOAT64 REPEATED")
	if err := s.Append(t.Context(), ref, []string{"C", "a"}, [][]any{{[]any{1.5}, int64(1)}, {nil, int64(2)}}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.ReadTable(t.Context(), ref, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{int64(1), nil, []any{1.5}}, {int64(2), nil, []any{}}}, rows.Values); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if rows, err = s.ReadTable(t.Context(), ref, 1, 5); err != nil || len(rows.Values) != 1 {
		t.Errorf("from row 1: %v, %v", rows, err)
	}
	table, err := s.Table(t.Context(), ref)
	if err != nil || table.NumRows != 2 || table.Schema.Fields[0].Type != "INTEGER" {
		t.Errorf("resource: %+v, %v", table, err)
	}
	if s.Mutated(1).Number == 0 {
		t.Error("the append isn't noted")
	}
	for message, bad := range map[string]func() error{
		"no such field: x":            func() error { return s.Append(t.Context(), ref, []string{"a", "x"}, nil) },
		"field A is named twice":      func() error { return s.Append(t.Context(), ref, []string{"a", "A"}, nil) },
		"Missing required field: a":   func() error { return s.Append(t.Context(), ref, []string{"b"}, nil) },
		"required field a is missing": func() error { return s.Append(t.Context(), ref, []string{"a"}, [][]any{{int64(3)}, {nil}}) },
		"a string is no INT64":        func() error { return s.Append(t.Context(), ref, []string{"a"}, [][]any{{"3"}}) },
		"Not found: Table p:d.missing": func() error {
			return s.Append(t.Context(), catalog.Ref{Project: "p", Dataset: "d", Table: "missing"}, nil, nil)
		},
	} {
		if err := bad(); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("error = %v, want %q", err, message)
		}
	}
	if rows, _ := s.ReadTable(t.Context(), ref, 0, -1); len(rows.Values) != 2 {
		t.Errorf("after bad appends there are %d rows", len(rows.Values))
	}
}

// Columns change while rows are appended, and no append fails.
func TestColumnsAreAddedWhileRowsAreAppended(t *testing.T) {
	s := open(t)
	create(t, s, nil, "INT64")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for n := range 25 {
				if err := s.Append(t.Context(), ref, []string{"a"}, [][]any{{int64(n)}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range 10 {
		_, err := s.UpdateTable(t.Context(), ref, func(r *bqv2.Table) error {
			r.Schema.Fields = append(r.Schema.Fields, &bqv2.TableFieldSchema{Name: fmt.Sprintf("new_%d", n), Type: "STRING"})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	rows, err := s.ReadTable(t.Context(), ref, 0, -1)
	if err != nil || len(rows.Values) != 100 || len(rows.Schema) != 11 {
		t.Errorf("%d rows of %d columns, %v; want 100 of 11", len(rows.Values), len(rows.Schema), err)
	}
}

func TestAlterTable(t *testing.T) {
	s := open(t)
	create(t, s, nil, "INT64 REQUIRED", "STRING")
	add := resolved.Alter{Action: resolved.AddColumn, Column: types.Field{Name: "n", Type: types.Of(types.Numeric)}}
	rename := resolved.Alter{Action: resolved.RenameColumn, Name: "b", NewName: "name"}
	if err := s.AlterTable(t.Context(), ref, []resolved.Alter{add, rename, {Action: resolved.DropNotNull, Name: "a"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AlterTable(t.Context(), ref, []resolved.Alter{{Action: resolved.DropColumn, Name: "name"}, add}); err == nil || err.Error() != "Column already exists: n" {
		t.Fatalf("error = %v", err)
	}
	table, err := s.Table(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range table.Schema.Fields {
		got = append(got, f.Name+" "+f.Type+" "+f.Mode)
	}
	if diff := cmp.Diff([]string{"a INTEGER NULLABLE", "name STRING NULLABLE", "n NUMERIC NULLABLE"}, got); diff != "" {
		t.Errorf("columns; a statement that fails changes none (-want +got):\n%s", diff)
	}
	if err := s.AlterTable(t.Context(), ref, []resolved.Alter{{Action: resolved.RenameTable, NewName: "votes"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Table(t.Context(), ref); !bqerror.IsNotFound(err) {
		t.Errorf("under its old name: %v", err)
	}
}

// A load may modify 4,000 partitions.
func TestPartitionsOfALoad(t *testing.T) {
	s := open(t)
	create(t, s, &bqv2.TimePartitioning{Type: "HOUR", Field: "a"}, "TIMESTAMP")
	rows := make([][]any, JobPartitions+1)
	for i := range rows {
		rows[i] = []any{time.Date(2026, 1, 1, i, 0, 0, 0, time.UTC)}
	}
	if err := s.Load(t.Context(), ref, []string{"a"}, rows); err == nil || !strings.Contains(err.Error(), "Too many partitions produced by query, allowed 4000") {
		t.Errorf("error = %v", err)
	}
	if err := s.Load(t.Context(), ref, []string{"a"}, rows[1:]); err != nil {
		t.Error(err)
	}
}

func TestDatasets(t *testing.T) {
	s := open(t)
	create(t, s, nil, "INT64")
	if err := s.DeleteDataset(t.Context(), "p", "d", false); err == nil || !strings.Contains(err.Error(), "Dataset p:d is still in use") {
		t.Errorf("a dataset with tables: %v", err)
	}
	if err := s.DeleteDataset(t.Context(), "p", "d", true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Dataset(t.Context(), "p", "d"); !bqerror.IsNotFound(err) {
		t.Errorf("after it is deleted: %v", err)
	}
}

// INFORMATION_SCHEMA describes what the store keeps.
func TestInformationSchema(t *testing.T) {
	s := open(t)
	create(t, s, &bqv2.TimePartitioning{Type: "DAY", Field: "b"}, "INT64 REQUIRED", "DATE")
	for view, want := range map[string]string{
		"SCHEMATA": "1", "TABLES": "1", "COLUMNS": "2", "COLUMN_FIELD_PATHS": "2", "VIEWS": "0", "ROUTINES": "0", "PARTITIONS": "0",
	} {
		source := infoschema.Source(view, s.Catalog.Datasets("p"))
		var n string
		if err := s.DB.QueryRowContext(t.Context(), "SELECT count(*)::VARCHAR FROM "+source.From).Scan(&n); err != nil || n != want {
			t.Errorf("%s has %s rows, %v; want %s", view, n, err, want)
		}
	}
	if infoschema.Has("RESERVATIONS") {
		t.Error("RESERVATIONS isn't there")
	}
	var name, partitioning string
	source := infoschema.Source("COLUMNS", s.Catalog.Datasets("p"))
	query := "SELECT column_name, is_partitioning_column FROM " + source.From + " WHERE ordinal_position = 2"
	if err := s.DB.QueryRowContext(t.Context(), query).Scan(&name, &partitioning); err != nil || name != "b" || partitioning != "YES" {
		t.Errorf("column 2: %s %s %v", name, partitioning, err)
	}
}

func TestRoutines(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	f := &bqv2.Routine{
		RoutineReference: &bqv2.RoutineReference{ProjectId: "p", DatasetId: "d", RoutineId: "f"}, RoutineType: "TABLE_VALUED_FUNCTION", DefinitionBody: "SELECT 1 AS k",
	}
	created, err := s.CreateRoutine(ctx, f)
	if err != nil || created.Etag == "" || created.CreationTime == 0 || created.Language != "SQL" {
		t.Fatalf("created %+v, %v", created, err)
	}
	if _, err := s.CreateRoutine(ctx, f); err == nil || err.Error() != "Already Exists: Routine p:d.f" {
		t.Errorf("created twice: %v", err)
	}
	replaced, err := s.ReplaceRoutine(ctx, f)
	if err != nil || replaced.Etag == created.Etag {
		t.Errorf("replaced by %+v, %v", replaced, err)
	}
	ref := catalog.Ref{Project: "p", Dataset: "d", Table: "f"}
	changed, err := s.UpdateRoutine(ctx, ref, func(r *bqv2.Routine) error {
		r.Description, r.CreationTime, r.RoutineReference = "one", 7, nil
		return nil
	})
	if err != nil || changed.Description != "one" || changed.CreationTime != replaced.CreationTime || changed.RoutineReference.RoutineId != "f" {
		t.Errorf("changed to %+v, %v", changed, err)
	}
	if err := s.DeleteDataset(ctx, "p", "d", false); err == nil {
		t.Error("a dataset that has a routine is deleted")
	}
	if err := s.DeleteDataset(ctx, "p", "d", true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Routine(ctx, ref); !bqerror.IsNotFound(err) {
		t.Errorf("a routine of a dataset that is deleted: %v", err)
	}
}

// Pages far into a table, of which rows were deleted, are those of all of its rows.
func TestPages(t *testing.T) {
	s := open(t)
	create(t, s, &bqv2.TimePartitioning{Type: "DAY", Field: "b"}, "INT64", "DATE")
	var rows [][]any
	for n := range 3 * farIn {
		rows = append(rows, []any{int64(n), civil.Date{Year: 2026, Month: 11, Day: 1 + n%2}})
	}
	if err := s.Append(t.Context(), ref, []string{"a", "b"}, rows); err != nil {
		t.Fatal(err)
	}
	table, err := s.Catalog.Table(ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.DB.Exec("DELETE FROM " + table.Physical() + " WHERE a % 7 = 3 OR a BETWEEN 5000 AND 6000"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"t", "t$20261102"} {
		from := catalog.Ref{Project: "p", Dataset: "d", Table: name}
		all, err := s.ReadTable(t.Context(), from, 0, -1)
		if err != nil || len(all.Values) < farIn {
			t.Fatalf("%s has %d rows, %v", name, len(all.Values), err)
		}
		var pages [][]any
		for start := 0; ; start += 4321 {
			page, err := s.ReadTable(t.Context(), from, int64(start), 4321)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Values) == 0 {
				break
			}
			pages = append(pages, page.Values...)
		}
		if diff := cmp.Diff(all.Values, pages); diff != "" {
			t.Errorf("the pages of %s (-want +got):\n%.2000s", name, diff)
		}
	}
}
