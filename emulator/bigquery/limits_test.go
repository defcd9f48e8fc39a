package bigquery_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/emulator/bigquery"
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

// A query has 1,024K characters at most, and the body of a request 10 MB.
func TestLengths(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	const limit = 1 << 20
	text := "SELECT 1 AS one -- "
	comment := text + strings.Repeat("ä", limit-len(text)) // of two bytes each
	if got := e.query(t, comment); got[0][0] != int64(1) {
		t.Errorf("a query of %d characters returns %v", limit, got)
	}
	_, err := e.client.Query(comment + "ä").Read(t.Context())
	const long = "The query is too large (1024.00K characters, 1 characters over the limit)."
	if err == nil || !strings.Contains(err.Error(), long) {
		t.Errorf("error %v, want %q", err, long)
	}
	e.query(t, "CREATE TABLE ds.t (s STRING)")
	row := func(bytes int) []byte {
		head, tail := `{"rows":[{"json":{"s":"`, `"}}]}`
		return []byte(head + strings.Repeat("x", bytes-len(head)-len(tail)) + tail)
	}
	const path = projectURL + "/datasets/ds/tables/t/insertAll"
	if status, body := e.call(t, "POST", path, row(10<<20)); status != 200 || body["insertErrors"] != nil {
		t.Errorf("a body of 10 MB: %d %v", status, body["error"])
	}
	status, body := e.call(t, "POST", path, row(10<<20+1))
	const large = "Request payload size exceeds the limit: 10485760 bytes."
	if message := at(body, "error", "message"); status != 400 || message != large {
		t.Errorf("a body of a byte more: %d %v, want 400 %q", status, message, large)
	}
}

// What asks for more memory than there is fails by name and leaves it to others: rows that are read, and what DuckDB
// holds for them.
func TestMemory(t *testing.T) {
	e := startWith(t, bigquery.Options{Memory: 128 << 20})
	ctx := within(t, time.Minute)
	const everything = "SELECT a, b FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS a, UNNEST(GENERATE_ARRAY(1, 100000)) AS b"
	for sql, reason := range map[string]string{
		everything: "responseTooLarge",
		"SELECT STRING_AGG(TO_HEX(SHA256(CAST(a * 100000 + b AS STRING)))) FROM (" + everything + ")": "resourcesExceeded",
	} {
		q := e.client.Query(sql)
		q.DisableQueryCache = true
		job, err := q.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		// Others get through meanwhile, and afterwards the memory is there again.
		for done := false; !done; {
			if got := e.query(t, "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 10000))"); got[0][0] != int64(10000) {
				t.Fatalf("beside it: %v", got)
			}
			s, err := job.Status(ctx)
			if err != nil {
				t.Fatal(err)
			}
			done = s.Done()
		}
		var be *bq.Error
		if _, failed := finish(t, job, nil); !errors.As(failed, &be) || be.Reason != reason || !strings.Contains(be.Message, "-memory") {
			t.Errorf("%s: %v, want %s and the remedy", sql, failed, reason)
		}
		if got := e.query(t, "SELECT a, REPEAT('x', 100) FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS a"); len(got) != 100000 {
			t.Errorf("%d rows afterwards, want 100000", len(got))
		}
	}
}
