package bigquery_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
)

// TestBuckets extracts a table in every format to a folder in place of a bucket, and loads what it has.
func TestBuckets(t *testing.T) {
	folder := t.TempDir()
	e := startWith(t, bigquery.Options{Buckets: bucket.Folder(folder)})
	ctx := within(t, 30*time.Second)
	d := e.dataset(t, "ds")
	e.run(t, everyType)
	e.run(t, "CREATE TABLE ds.flat AS SELECT id, f, IFNULL(s, '') AS s, ts, n FROM ds.every")
	e.run(t, "CREATE TABLE ds.narrow AS SELECT * EXCEPT (bn) FROM ds.every")
	for format, source := range map[bq.DataFormat]string{bq.CSV: "flat", bq.JSON: "every", bq.Avro: "every", bq.Parquet: "narrow"} {
		uri := "gs://votes/" + strings.ToLower(string(format)) + "/part-*"
		out := bq.NewGCSReference(uri)
		out.DestinationFormat = format
		extractor := d.Table(source).ExtractorTo(out)
		extractor.UseAvroLogicalTypes = true
		job, err := extractor.Run(ctx)
		s, failed := finish(t, job, err)
		if failed != nil {
			t.Fatalf("extract %s: %v", format, failed)
		}
		if x, ok := s.Statistics.Details.(*bq.ExtractStatistics); !ok || len(x.DestinationURIFileCounts) != 1 || x.DestinationURIFileCounts[0] != 1 {
			t.Errorf("extract %s: %+v", format, s.Statistics.Details)
		}
		if _, err := os.Stat(filepath.Join(folder, "votes", strings.ToLower(string(format)), "part-000000000000")); err != nil {
			t.Error(err)
		}
		in := bq.NewGCSReference(uri)
		in.SourceFormat, in.SkipLeadingRows = format, 1
		in.AvroOptions = &bq.AvroOptions{UseAvroLogicalTypes: true}
		if format != bq.CSV {
			in.SkipLeadingRows = 0
		}
		if format != bq.Avro {
			in.AvroOptions = nil
		}
		if format == bq.Parquet {
			in.ParquetOptions = &bq.ParquetOptions{EnableListInference: true}
		}
		back := "back_" + string(format)
		e.run(t, "CREATE TABLE ds."+back+" LIKE ds."+source)
		job, err = d.Table(back).LoaderFrom(in).Run(ctx)
		if _, failed := finish(t, job, err); failed != nil {
			t.Errorf("load %s: %v", format, failed)
			continue
		}
		sameRows(t, e.query(t, "SELECT * FROM ds."+source+" ORDER BY id"), e.query(t, "SELECT * FROM ds."+back+" ORDER BY id"))
	}
}

// TestParquetUpload loads an uploaded file with the schema that the file has, twice.
func TestParquetUpload(t *testing.T) {
	folder := t.TempDir()
	e := startWith(t, bigquery.Options{Buckets: bucket.Folder(folder)})
	ctx := within(t, 30*time.Second)
	d := e.dataset(t, "ds")
	e.run(t, "EXPORT DATA OPTIONS (uri = 'gs://b/*', format = 'PARQUET') AS SELECT 1 AS id, 'Zoë' AS name, [1.5, 2] AS marks")
	file, err := os.ReadFile(filepath.Join(folder, "b", "000000000000"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		source := bq.NewReaderSource(bytes.NewReader(file))
		source.SourceFormat, source.ParquetOptions = bq.Parquet, &bq.ParquetOptions{EnableListInference: true}
		job, err := d.Table("t").LoaderFrom(source).Run(ctx)
		if _, failed := finish(t, job, err); failed != nil {
			t.Fatal(failed)
		}
	}
	row := []bq.Value{int64(1), "Zoë", []bq.Value{1.5, 2.0}}
	sameRows(t, [][]bq.Value{row, row}, e.query(t, "SELECT * FROM ds.t"))

	// Another file's schema takes the place of the table's.
	e.run(t, "EXPORT DATA OPTIONS (uri = 'gs://b/*', format = 'PARQUET', overwrite = TRUE) AS SELECT DATE '2026-11-03' AS day")
	other := bq.NewGCSReference("gs://b/*")
	other.SourceFormat = bq.Parquet
	loader := d.Table("t").LoaderFrom(other)
	loader.WriteDisposition = bq.WriteTruncate
	truncating, err := loader.Run(ctx)
	if _, failed := finish(t, truncating, err); failed != nil {
		t.Fatal(failed)
	}
	sameRows(t, [][]bq.Value{{civil.Date{Year: 2026, Month: 11, Day: 3}}}, e.query(t, "SELECT * FROM ds.t"))

	source := bq.NewReaderSource(strings.NewReader("no Parquet"))
	source.SourceFormat = bq.Parquet
	job, err := d.Table("t").LoaderFrom(source).Run(ctx)
	var be *bq.Error
	if _, failed := finish(t, job, err); !errors.As(failed, &be) || be.Reason != "invalid" || !strings.Contains(be.Message, "not in Parquet format") {
		t.Errorf("what isn't Parquet: %v", failed)
	}
}

// TestExtractResult extracts the result of a query, and refuses a view.
func TestExtractResult(t *testing.T) {
	folder := t.TempDir()
	e := startWith(t, bigquery.Options{Buckets: bucket.Folder(folder)})
	ctx := within(t, 30*time.Second)
	d := e.dataset(t, "ds")
	job, err := e.result(t, "SELECT 7 AS n").ExtractorTo(bq.NewGCSReference("gs://b/n.csv")).Run(ctx)
	if _, failed := finish(t, job, err); failed != nil {
		t.Fatal(failed)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "b", "n.csv")); err != nil || string(got) != "n\n7\n" {
		t.Errorf("%q, %v", got, err)
	}
	e.run(t, "CREATE VIEW ds.v AS SELECT 1 AS n")
	job, err = d.Table("v").ExtractorTo(bq.NewGCSReference("gs://b/v.csv")).Run(ctx)
	if _, failed := finish(t, job, err); failed == nil || !strings.Contains(failed.Error(), "VIEW") {
		t.Errorf("extract of a view: %v", failed)
	}
}
