package sqltest

import (
	"context"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/analyzer"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

func everyType() *bqv2.Table {
	return &bqv2.Table{
		TableReference: &bqv2.TableReference{ProjectId: "p", DatasetId: "d", TableId: "Every"},
		Schema: &bqv2.TableSchema{Fields: []*bqv2.TableFieldSchema{
			{Name: "i", Type: "INT64", Mode: "REQUIRED"}, {Name: "f", Type: "FLOAT"}, {Name: "b", Type: "BOOL"},
			{Name: "s", Type: "STRING"}, {Name: "y", Type: "BYTES"}, {Name: "d", Type: "DATE"}, {Name: "t", Type: "TIME"},
			{Name: "dt", Type: "DATETIME"}, {Name: "ts", Type: "TIMESTAMP"}, {Name: "n", Type: "NUMERIC"}, {Name: "j", Type: "JSON"},
			{Name: "tags", Type: "STRING", Mode: "REPEATED"},
			{Name: "r", Type: "RECORD", Mode: "REPEATED", Fields: []*bqv2.TableFieldSchema{{Name: "a", Type: "INT64"}, {Name: "b", Type: "STRING"}}},
		}},
	}
}

var everyRow = []any{
	int64(1), 1.5, true, "text", []byte{1, 2}, civil.Date{Year: 2024, Month: 2, Day: 29}, civil.Time{Hour: 1, Minute: 2, Second: 3, Nanosecond: 4000},
	civil.DateTime{Date: civil.Date{Year: 2024, Month: 1, Day: 2}, Time: civil.Time{Hour: 3}}, time.Date(2024, 1, 2, 3, 4, 5, 6000, time.UTC),
	"-12.5", `{"a":1}`, []any{"x", "y"}, []any{[]any{int64(7), nil}},
}

func TestAppendAndReadEveryType(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	ref := TableRef{Project: "p", Dataset: "d", Table: "Every"}
	e, err := engine.Open(ctx, Options{Dir: dir, Analyzer: analyzer.Analyzer{}})
	if err != nil {
		t.Fatal(err)
	}
	createDataset(t, e)
	if _, err := e.CreateTable(ctx, everyType()); err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, f := range everyType().Schema.Fields {
		columns = append(columns, f.Name)
	}
	if err := e.Append(ctx, ref, columns, [][]any{everyRow}); err != nil {
		t.Fatal(err)
	}
	if err := e.Append(ctx, ref, []string{"I"}, [][]any{{int64(2)}, {int64(3)}}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}

	e = open(t, Options{Dir: dir}) // rows and metadata survive
	rows, err := e.ReadTable(ctx, ref, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	empty := make([]any, len(everyRow))
	empty[0], empty[11], empty[12] = int64(2), []any{}, []any{}
	if diff := cmp.Diff([][]any{everyRow, empty}, rows.Values); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	r, err := e.Table(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	if r.NumRows != 3 || r.Schema.Fields[0].Type != "INTEGER" || r.Schema.Fields[1].Mode != "NULLABLE" {
		t.Errorf("resource = %d rows, %+v", r.NumRows, r.Schema.Fields[0])
	}
}

func TestAppendRejectsAllOfABadBatch(t *testing.T) {
	ctx := context.Background()
	e := open(t, Options{})
	createDataset(t, e)
	if _, err := e.CreateTable(ctx, everyType()); err != nil {
		t.Fatal(err)
	}
	ref := TableRef{Project: "p", Dataset: "d", Table: "Every"}
	for name, bad := range map[string]struct {
		columns []string
		row     []any
	}{
		"null in a required column": {[]string{"i"}, []any{nil}},
		"missing required column":   {[]string{"s"}, []any{"x"}},
		"unknown column":            {[]string{"i", "nope"}, []any{int64(1), "x"}},
		"wrong type":                {[]string{"i", "s"}, []any{int64(1), int64(1)}},
		"bad json":                  {[]string{"i", "j"}, []any{int64(1), "{"}},
		"too few values":            {[]string{"i", "s"}, []any{int64(1)}},
	} {
		err := e.Append(ctx, ref, bad.columns, [][]any{bad.row})
		be, ok := err.(*Error)
		if !ok || be.Code != 400 || be.Reason != "invalid" {
			t.Errorf("%s: error = %v", name, err)
		}
	}
	rows, err := e.ReadTable(ctx, ref, 0, -1)
	if err != nil || len(rows.Values) != 0 {
		t.Errorf("rows = %v, %v", rows, err)
	}
}
