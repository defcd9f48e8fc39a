package bigquery_test

import (
	"fmt"
	"testing"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/managedwriter"
)

// BenchmarkDefaultStream appends rows of 15 columns in requests of about 1 MB,
// several in flight.
func BenchmarkDefaultStream(b *testing.B) {
	e := start(b)
	schema := bq.Schema{}
	values := map[string]any{}
	for i := range 5 {
		schema = append(schema,
			&bq.FieldSchema{Name: fmt.Sprintf("s%d", i), Type: bq.StringFieldType},
			&bq.FieldSchema{Name: fmt.Sprintf("n%d", i), Type: bq.IntegerFieldType},
			&bq.FieldSchema{Name: fmt.Sprintf("t%d", i), Type: bq.TimestampFieldType})
		values[fmt.Sprintf("s%d", i)] = "a text of ordinary length"
		values[fmt.Sprintf("n%d", i)] = int64(1_000_000 + i)
		values[fmt.Sprintf("t%d", i)] = int64(1_770_000_000_000_000 + i)
	}
	e.table(b, e.dataset(b, "ds"), "t", schema)
	md, self := descriptorOf(b, schema)
	row := serialize(b, md, values)[0]
	perRequest := 1 << 20 / len(row)
	request := make([][]byte, perRequest)
	for i := range request {
		request[i] = row
	}
	stream, err := e.managedWriter(b).NewManagedStream(b.Context(),
		managedwriter.WithDestinationTable(managedwriter.TableParentFromParts(project, "ds", "t")),
		managedwriter.WithType(managedwriter.DefaultStream), managedwriter.WithSchemaDescriptor(self))
	if err != nil {
		b.Fatal(err)
	}
	const inFlight = 8
	pending := make(chan *managedwriter.AppendResult, inFlight)
	acked := make(chan error, 1)
	go func() {
		var failed error
		for r := range pending {
			if _, err := r.GetResult(b.Context()); err != nil && failed == nil {
				failed = err
			}
		}
		acked <- failed
	}()
	for b.Loop() {
		r, err := stream.AppendRows(b.Context(), request)
		if err != nil {
			b.Fatal(err)
		}
		pending <- r
	}
	close(pending)
	if err := <-acked; err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N*perRequest)/b.Elapsed().Seconds(), "rows/s")
}
