package bigquery_test

import (
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"github.com/google/go-cmp/cmp"
)

// A GEOGRAPHY comes in as WKT, WKB or GeoJSON by each way that rows come, and goes out as WKT.
func TestGeography(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "ds")
	schema := bq.Schema{{Name: "id", Type: bq.IntegerFieldType}, {Name: "loc", Type: bq.GeographyFieldType}}
	table := e.table(t, d, "t", schema)
	ctx := within(t, 30*time.Second)

	put := func(id int, loc string) error {
		return table.Inserter().Put(ctx, &bq.ValuesSaver{Schema: schema, Row: []bq.Value{id, loc}})
	}
	for id, loc := range []string{"POINT(1 2)", "010100000000000000000000400000000000001040", `{"type":"Point","coordinates":[3,4]}`} {
		if err := put(id, loc); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(9, "POINT(0 91)"); err == nil || !strings.Contains(err.Error(), "Latitude") {
		t.Errorf("a latitude of 91°: %v", err)
	}
	load(t, table, bq.CSV, "10,\"POLYGON((0 0, 2 0, 2 2, 0 0))\"\n", schema)
	load(t, table, bq.JSON, `{"id":11,"loc":"LINESTRING(0 0, 1 1)"}`+"\n", schema)
	writeGeography(t, e, schema)

	want := [][]bq.Value{
		{int64(0), "POINT(1 2)"}, {int64(1), "POINT(2 4)"}, {int64(2), "POINT(3 4)"}, {int64(10), "POLYGON((0 0, 2 0, 2 2, 0 0))"},
		{int64(11), "LINESTRING(0 0, 1 1)"}, {int64(12), "MULTIPOINT(0 0, 1 1)"},
	}
	it, err := e.client.Query("SELECT * FROM ds.t ORDER BY id").Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, rows(t, it)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	q := e.client.Query("SELECT id FROM ds.t WHERE ST_INTERSECTS(loc, @area) ORDER BY id")
	q.Parameters = []bq.QueryParameter{{Name: "area", Value: &bq.QueryParameterValue{
		Type: bq.StandardSQLDataType{TypeKind: "GEOGRAPHY"}, Value: "POINT(0 0)",
	}}}
	it, err = q.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(10)}, {int64(11)}, {int64(12)}}, rows(t, it)); diff != "" {
		t.Errorf("at the origin (-want +got):\n%s", diff)
	}
}

func load(t *testing.T, table *bq.Table, format bq.DataFormat, text string, schema bq.Schema) {
	t.Helper()
	source := bq.NewReaderSource(strings.NewReader(text))
	source.SourceFormat, source.Schema = format, schema
	job, err := table.LoaderFrom(source).Run(within(t, 20*time.Second))
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
}

// writeGeography appends a row by the Storage Write API.
func writeGeography(t *testing.T, e *emulator, schema bq.Schema) {
	t.Helper()
	ctx := within(t, 20*time.Second)
	md, self := descriptorOf(t, schema)
	stream, err := e.managedWriter(t).NewManagedStream(ctx,
		managedwriter.WithDestinationTable(managedwriter.TableParentFromParts(project, "ds", "t")),
		managedwriter.WithType(managedwriter.DefaultStream), managedwriter.WithSchemaDescriptor(self))
	if err != nil {
		t.Fatal(err)
	}
	result, err := stream.AppendRows(ctx, serialize(t, md, map[string]any{"id": int64(12), "loc": "MULTIPOINT(1 1, 0 0)"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := result.GetResult(ctx); err != nil {
		t.Fatal(err)
	}
	bad, err := stream.AppendRows(ctx, serialize(t, md, map[string]any{"id": int64(13), "loc": "POINT(0"}))
	if err != nil {
		t.Fatal(err)
	}
	response, err := bad.FullResponse(ctx)
	if err == nil || len(response.GetRowErrors()) != 1 || !strings.Contains(response.GetRowErrors()[0].GetMessage(), "POINT(0") {
		t.Errorf("POINT(0: %v, %v", response, err)
	}
}
