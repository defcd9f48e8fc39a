package catalog

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// open opens the catalog of a file; the caller closes the database.
func open(t *testing.T, file string) (*Catalog, *sql.DB) {
	t.Helper()
	db, err := sql.Open("duckdb", file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return c, db
}

var dataset = &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: "p", DatasetId: "d"}, Description: "votes"}

func table(name string) *bqv2.Table {
	return &bqv2.Table{
		TableReference: &bqv2.TableReference{ProjectId: "p", DatasetId: "d", TableId: name},
		Schema:         &bqv2.TableSchema{Fields: []*bqv2.TableFieldSchema{{Name: "k", Type: "INTEGER", Mode: "REQUIRED"}}},
	}
}

// create makes a dataset with a table and its rows.
func create(tx *Tx) error {
	if err := tx.PutDataset(dataset); err != nil {
		return err
	}
	id, err := tx.NewID()
	if err != nil {
		return err
	}
	t, err := tx.PutTable(id, table("t"))
	if err != nil {
		return err
	}
	return tx.Exec("CREATE TABLE " + t.Physical() + " (k BIGINT)")
}

// What is committed is there after a restart; what fails is as if it hadn't been.
func TestChangesLast(t *testing.T) {
	file := filepath.Join(t.TempDir(), "catalog.duckdb")
	c, db := open(t, file)
	if err := c.Change(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("stop")
	err := c.Change(t.Context(), func(tx *Tx) error {
		if err := tx.DropTable(Ref{"p", "d", "t"}); err != nil {
			return err
		}
		if _, err := tx.Table(Ref{"p", "d", "t"}); !bqerror.IsNotFound(err) {
			t.Errorf("within its change a dropped table is found: %v", err)
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatalf("error = %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c, db = open(t, file)
	defer db.Close()
	got, err := c.Table(Ref{"p", "d", "t"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Columns) != 1 || !got.Columns[0].Required || got.Columns[0].Name != "k" {
		t.Errorf("columns = %+v", got.Columns)
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM " + got.Physical()).Scan(&n); err != nil {
		t.Errorf("rows of the table: %v", err)
	}
	if d, err := c.Dataset(DatasetRef{"p", "d"}); err != nil || d.Resource.Description != "votes" || len(d.Tables()) != 1 {
		t.Errorf("dataset = %+v, %v", d, err)
	}
}

func TestNotFound(t *testing.T) {
	c, db := open(t, "")
	defer db.Close()
	if _, err := c.Table(Ref{"p", "d", "t"}); !bqerror.IsNotFound(err) || err.Error() != "Not found: Dataset p:d was not found in location US" {
		t.Errorf("table of no dataset: %v", err)
	}
	if err := c.Change(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Table(Ref{"p", "d", "x"}); !bqerror.IsNotFound(err) || err.Error() != "Not found: Table p:d.x was not found in location US" {
		t.Errorf("no such table: %v", err)
	}
}

// A reader keeps the dataset that it has, while changes go on.
func TestReadersKeepWhatTheyHave(t *testing.T) {
	c, db := open(t, "")
	defer db.Close()
	if err := c.Change(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	before, err := c.Dataset(DatasetRef{"p", "d"})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		done <- c.Change(context.WithoutCancel(t.Context()), func(tx *Tx) error { return tx.DropTable(Ref{"p", "d", "t"}) })
	}()
	if len(before.Tables()) != 1 {
		t.Fatal("a table went from a dataset that was read before")
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	after, err := c.Dataset(DatasetRef{"p", "d"})
	if err != nil || len(after.Tables()) != 0 || len(before.Tables()) != 1 {
		t.Errorf("tables: %d before, %d after, %v", len(before.Tables()), len(after.Tables()), err)
	}
}

func TestPartitionNumbers(t *testing.T) {
	at := func(s string) time.Time {
		x, err := time.Parse(time.DateTime, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	byTime := func(unit string) Partitioning {
		return PartitioningOf(&bqv2.Table{TimePartitioning: &bqv2.TimePartitioning{Type: unit, Field: "at"}})
	}
	for unit, apart := range map[string][2]string{
		"HOUR":  {"2026-11-03 08:59:59", "2026-11-03 09:00:00"},
		"DAY":   {"2026-11-03 23:59:59", "2026-11-04 00:00:00"},
		"MONTH": {"2026-11-30 23:59:59", "2026-12-01 00:00:00"},
		"YEAR":  {"2026-12-31 23:59:59", "2027-01-01 00:00:00"},
	} {
		p := byTime(unit)
		a, b := p.Number(at(apart[0])), p.Number(at(apart[1]))
		if b != a+1 || p.Number(at(apart[0]).Add(-time.Second)) != a {
			t.Errorf("%s: %v are in partitions %d and %d", unit, apart, a, b)
		}
		if p.Number(nil) == p.Number(at("1900-01-01 00:00:00")) || p.Number(at("1900-01-01 00:00:00")) != p.Number(at("2200-01-01 00:00:00")) {
			t.Errorf("%s: NULL and values beyond all partitions have one each", unit)
		}
	}
	r := PartitioningOf(&bqv2.Table{RangePartitioning: &bqv2.RangePartitioning{Field: "n", Range: &bqv2.RangePartitioningRange{Start: 10, End: 30, Interval: 10}}})
	if r.Number(int64(19)) != 0 || r.Number(int64(20)) != 1 || r.Number(int64(30)) != r.Number(int64(9)) || r.Most() != 4 {
		t.Errorf("range: %d %d %d %d, at most %d", r.Number(int64(19)), r.Number(int64(20)), r.Number(int64(30)), r.Number(int64(9)), r.Most())
	}
	if most := byTime("HOUR").Most(); most < 1_700_000 || most > 1_800_000 {
		t.Errorf("partitions by hour: %d", most)
	}
	if (Partitioning{}).Most() != 0 {
		t.Error("a table without partitioning has partitions")
	}
}
