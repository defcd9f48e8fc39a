package bigquery_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"
)

// finish waits for a job and returns its failure. The client waits for queries
// by their results, which fail with an error of the API.
func finish(t *testing.T, job *bq.Job, err error) (*bq.JobStatus, error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ctx := within(t, 20*time.Second)
	if _, err := job.Wait(ctx); err != nil {
		var ge *googleapi.Error
		if !errors.As(err, &ge) {
			t.Fatal(err)
		}
	}
	s, err := job.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Done() {
		t.Fatalf("job %s is in state %v after Wait", job.ID(), s.State)
	}
	return s, s.Err()
}

// result runs a query and returns the table of its result.
func (e *emulator) result(t *testing.T, sql string) *bq.Table {
	t.Helper()
	job, err := e.client.Query(sql).Run(t.Context())
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	config, err := job.Config()
	if err != nil {
		t.Fatal(err)
	}
	return config.(*bq.QueryConfig).Dst
}

func TestLoad(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	d := e.dataset(t, "ds")
	source := bq.NewReaderSource(strings.NewReader("{\"id\":1,\"tags\":[\"a\"]}\n{\"id\":2,\"at\":\"2026-11-03T08:00:00Z\"}\n"))
	source.SourceFormat, source.AutoDetect = bq.JSON, true
	job, err := d.Table("t").LoaderFrom(source).Run(ctx)
	s, failed := finish(t, job, err)
	if failed != nil {
		t.Fatal(failed)
	}
	if l, ok := s.Statistics.Details.(*bq.LoadStatistics); !ok || l.OutputRows != 2 {
		t.Errorf("statistics %+v, want 2 output rows", s.Statistics.Details)
	}
	want := [][]bq.Value{
		{int64(1), []bq.Value{"a"}, nil},
		{int64(2), []bq.Value(nil), time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, rows(t, d.Table("t").Read(ctx))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}

	more := bq.NewReaderSource(strings.NewReader("{\"id\":3,\"extra\":1}\n"))
	more.SourceFormat = bq.JSON
	job, err = d.Table("t").LoaderFrom(more).Run(ctx)
	var be *bq.Error
	if _, failed := finish(t, job, err); !errors.As(failed, &be) || be.Reason != "invalid" || !strings.Contains(be.Message, "extra") {
		t.Errorf("load of an unknown field: %v, want an error that names it", failed)
	}
	if n := len(rows(t, d.Table("t").Read(ctx))); n != 2 {
		t.Errorf("%d rows after a failed load, want 2", n)
	}

	csv := bq.NewReaderSource(strings.NewReader("a,b\n1,x\n"))
	csv.SourceFormat, csv.SkipLeadingRows = bq.CSV, 1
	csv.Schema = bq.Schema{{Name: "a", Type: bq.IntegerFieldType}, {Name: "b", Type: bq.StringFieldType}}
	loader := d.Table("t").LoaderFrom(csv)
	loader.WriteDisposition = bq.WriteTruncate
	job, err = loader.Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(1), "x"}}, rows(t, d.Table("t").Read(ctx))); diff != "" {
		t.Errorf("rows after WRITE_TRUNCATE with another schema (-want +got):\n%s", diff)
	}
}

// TestLoadResumable sends more than one chunk, which the client does by a
// resumable upload.
func TestLoadResumable(t *testing.T) {
	e := start(t)
	ctx := within(t, 30*time.Second)
	d := e.dataset(t, "ds")
	var data bytes.Buffer
	const n = 600_000 // the client's chunks have 16 MiB
	for i := range n {
		fmt.Fprintf(&data, "%d,a name of ordinary length %d\n", i, i%100)
	}
	if data.Len() < 17<<20 {
		t.Fatalf("the file has %d bytes, too few for two chunks", data.Len())
	}
	source := bq.NewReaderSource(&data)
	source.SourceFormat, source.Schema = bq.CSV, nameSchema
	job, err := d.Table("t").LoaderFrom(source).Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	md, err := d.Table("t").Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if md.NumRows != n {
		t.Errorf("%d rows, want %d", md.NumRows, n)
	}
}

// TestLoadAddsFields loads a file with a field more, which is detected, and one that makes the table anew.
func TestLoadAddsFields(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	table := e.dataset(t, "ds").Table("t")
	for _, text := range []string{`{"s":"a"}`, `{"s":"2","n":7}`} {
		source := bq.NewReaderSource(strings.NewReader(text))
		source.SourceFormat, source.AutoDetect = bq.JSON, true
		loader := table.LoaderFrom(source)
		loader.SchemaUpdateOptions = []string{"ALLOW_FIELD_ADDITION"}
		job, err := loader.Run(ctx)
		if _, failed := finish(t, job, err); failed != nil {
			t.Fatal(failed)
		}
	}
	sameRows(t, [][]bq.Value{{"a", nil}, {"2", int64(7)}}, e.query(t, "SELECT s, n FROM ds.t ORDER BY s DESC"))
}

// TestLoadIntoTheAnonymousDataset loads beside the results of queries, as ibis does.
func TestLoadIntoTheAnonymousDataset(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	hidden := e.client.Dataset(e.result(t, "SELECT 1").DatasetID)
	source := bq.NewReaderSource(strings.NewReader("{\"n\":7}\n"))
	source.SourceFormat, source.AutoDetect = bq.JSON, true
	job, err := hidden.Table("mine").LoaderFrom(source).Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(7)}}, e.query(t, "SELECT * FROM "+hidden.DatasetID+".mine")); diff != "" {
		t.Error(diff)
	}
	if d, err := e.client.Datasets(ctx).Next(); !errors.Is(err, iterator.Done) {
		t.Errorf("the list of datasets has %v, %v", d, err)
	}
}

func TestWithoutBuckets(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	d := e.dataset(t, "ds")
	table := e.table(t, d, "t", nameSchema)
	load, err := d.Table("t").LoaderFrom(bq.NewGCSReference("gs://bucket/file.csv")).Run(ctx)
	_, loading := finish(t, load, err)
	extract, err := table.ExtractorTo(bq.NewGCSReference("gs://bucket/file.csv")).Run(ctx)
	_, extracting := finish(t, extract, err)
	var be *bq.Error
	for _, failed := range []error{loading, extracting} {
		if !errors.As(failed, &be) || be.Reason != "notImplemented" || !strings.Contains(be.Message, "gs://bucket/file.csv") || !strings.Contains(be.Message, "-buckets") {
			t.Errorf("got %v, want notImplemented with the URI and the remedy", failed)
		}
	}
}

func TestCopy(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	d := e.dataset(t, "ds")
	a := e.table(t, d, "a", nameSchema)
	for _, id := range []int64{1, 2} {
		if err := a.Inserter().Put(ctx, &visitor{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	copier := d.Table("b").CopierFrom(a, a)
	job, err := copier.Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	if n := len(rows(t, d.Table("b").Read(ctx))); n != 4 {
		t.Errorf("%d rows copied, want 4", n)
	}
	job, err = copier.Run(ctx)
	var be *bq.Error
	if _, failed := finish(t, job, err); !errors.As(failed, &be) || be.Reason != "duplicate" {
		t.Errorf("copy onto a table with rows: %v, want duplicate", failed)
	}
	self := a.CopierFrom(a)
	self.WriteDisposition = bq.WriteAppend
	job, err = self.Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	if n := len(rows(t, a.Read(ctx))); n != 4 {
		t.Errorf("%d rows after a table was appended to itself, want 4", n)
	}
	self.WriteDisposition = bq.WriteTruncate
	job, err = self.Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	if n := len(rows(t, a.Read(ctx))); n != 4 {
		t.Errorf("%d rows after a table was copied onto itself, want 4", n)
	}
	onto := a.CopierFrom(d.Table("b"), a)
	onto.WriteDisposition = bq.WriteTruncate
	job, err = onto.Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	if n := len(rows(t, a.Read(ctx))); n != 8 {
		t.Errorf("%d rows after two tables were copied onto one of them, want 8", n)
	}
}
