package bigquery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
)

// A load and a query with a destination are jobs as statements are.
func TestPartitionsOfJobs(t *testing.T) {
	e := start(t)
	ctx := within(t, 30*time.Second)
	d := e.dataset(t, "ds")
	schema := bq.Schema{{Name: "ts", Type: bq.TimestampFieldType}}
	table := d.Table("t")
	if err := table.Create(ctx, &bq.TableMetadata{Schema: schema, TimePartitioning: &bq.TimePartitioning{Type: bq.HourPartitioningType, Field: "ts"}}); err != nil {
		t.Fatal(err)
	}
	load := func(hours int) error {
		var file strings.Builder
		for h := range hours {
			fmt.Fprintf(&file, "{\"ts\": %q}\n", time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC).Format(time.RFC3339))
		}
		source := bq.NewReaderSource(strings.NewReader(file.String()))
		source.SourceFormat, source.Schema = bq.JSON, schema
		job, err := table.LoaderFrom(source).Run(ctx)
		_, failed := finish(t, job, err)
		return failed
	}
	query := func(hours int) error {
		q := e.client.Query(fmt.Sprintf("SELECT TIMESTAMP_ADD(TIMESTAMP '2027-01-01', INTERVAL h HOUR) AS ts FROM UNNEST(GENERATE_ARRAY(1, %d)) AS h", hours))
		q.Dst, q.WriteDisposition = table, bq.WriteAppend
		job, err := q.Run(ctx)
		_, failed := finish(t, job, err)
		return failed
	}
	for name, run := range map[string]func(int) error{"load": load, "query": query} {
		if err := run(4000); err != nil {
			t.Errorf("%s of 4,000 partitions: %v", name, err)
		}
		const want = "Too many partitions produced by query, allowed 4000, query produces at least 4001 partitions"
		if err := run(4001); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "invalidQuery") {
			t.Errorf("%s of 4,001 partitions: %v, want invalidQuery with %q", name, err, want)
		}
	}
	if got := rows(t, table.Read(ctx)); len(got) != 8000 {
		t.Errorf("%d rows, want 8000", len(got))
	}
}
