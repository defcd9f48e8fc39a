package export

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2/ocf"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/parquet"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// flat are rows of what every format has a place for.
var flat = &types.Rows{
	Schema: []*bqv2.TableFieldSchema{
		{Name: "id", Type: "INTEGER", Mode: "REQUIRED"}, {Name: "f", Type: "FLOAT"}, {Name: "ok", Type: "BOOLEAN"}, {Name: "s", Type: "STRING"}, {Name: "b", Type: "BYTES"},
		{Name: "d", Type: "DATE"}, {Name: "t", Type: "TIME"}, {Name: "dt", Type: "DATETIME"}, {Name: "ts", Type: "TIMESTAMP"}, {Name: "n", Type: "NUMERIC"},
	},
	Values: [][]any{
		{
			int64(1), 0.1, true, "a,\"b\"\nc", []byte{0, 255}, civil.Date{Year: 2026, Month: 11, Day: 3}, civil.Time{Hour: 8, Nanosecond: 500_000_000},
			civil.DateTime{Date: civil.Date{Year: 2026, Month: 11, Day: 3}, Time: civil.Time{Hour: 8}}, time.Date(2026, 11, 3, 8, 0, 0, 1000, time.UTC), "-1.5",
		},
		{int64(2), 1e300, false, "", []byte{}, nil, nil, nil, nil, nil},
		{int64(3), nil, nil, nil, nil, nil, nil, nil, nil, nil},
	},
}

// nested has what CSV has no place for.
var nested = &types.Rows{
	Schema: []*bqv2.TableFieldSchema{
		{Name: "id", Type: "INTEGER"}, {Name: "tags", Type: "STRING", Mode: "REPEATED"}, {Name: "j", Type: "JSON"},
		{Name: "p", Type: "RECORD", Fields: []*bqv2.TableFieldSchema{{Name: "x", Type: "FLOAT"}, {Name: "n", Type: "NUMERIC"}}},
	},
	Values: [][]any{{int64(1), []any{"a", "b"}, `{"k":[1]}`, []any{math.NaN(), "0.5"}}, {nil, []any{}, nil, nil}},
}

// written is the only file that an export of a target makes.
func written(t *testing.T, rows *types.Rows, o Options) []byte {
	t.Helper()
	o.Target = bucket.Object{Bucket: "b", Name: "x/part-*.out"}
	if err := o.Check(); err != nil {
		t.Fatal(err)
	}
	f := bucket.Folder(t.TempDir())
	got, err := Write(f, rows, o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := bucket.Read(f, bucket.Object{Bucket: "b", Name: "x/part-000000000000.out"})
	if err != nil || got != (Result{1, int64(len(rows.Values)), int64(len(data))}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := Write(f, rows, o); err == nil || !strings.Contains(err.Error(), "gs://b/x/part-000000000000.out") {
		t.Errorf("a second export without overwrite: %v", err)
	}
	o.Overwrite = true
	if _, err := Write(f, rows, o); err != nil {
		t.Errorf("a second export: %v", err)
	}
	return data
}

func TestText(t *testing.T) {
	const csv = "id,f,ok,s,b,d,t,dt,ts,n\n" +
		"1,0.1,true,\"a,\"\"b\"\"\nc\",AP8=,2026-11-03,08:00:00.5,2026-11-03T08:00:00,2026-11-03 08:00:00.000001 UTC,-1.5\n" +
		"2,1e+300,false,\"\",\"\",,,,,\n3,,,,,,,,,\n"
	if diff := cmp.Diff(csv, string(written(t, flat, Options{Format: CSV}))); diff != "" {
		t.Error(diff)
	}
	if got := string(written(t, flat, Options{Format: CSV, NoHeader: true, Delimiter: "|"})); !strings.HasPrefix(got, "1|0.1|true|\"a,\"\"b\"\"\nc\"|") {
		t.Error(got)
	}
	const json = `{"id":"1","tags":["a","b"],"j":{"k":[1]},"p":{"x":"NaN","n":"0.5"}}` + "\n" + `{"tags":[]}` + "\n"
	if diff := cmp.Diff(json, string(written(t, nested, Options{Format: JSON}))); diff != "" {
		t.Error(diff)
	}
	z, err := gzip.NewReader(bytes.NewReader(written(t, nested, Options{Format: JSON, Compression: "GZIP"})))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != json {
		t.Errorf("%s, %v", got, err)
	}
}

// TestParquet loads what was exported.
func TestParquet(t *testing.T) {
	db, err := duck.Open("", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	parquet := func(rows *types.Rows, data []byte) ([][]any, error) {
		path := filepath.Join(t.TempDir(), "x")
		if err := bucket.Write(bucket.Folder(filepath.Dir(path)), bucket.Object{Bucket: "b", Name: "x"}, data); err != nil {
			return nil, err
		}
		r, err := parquet.Read(t.Context(), db, filepath.Join(filepath.Dir(path), "b", "x"), rows.Schema, parquet.Options{ListInference: true})
		if err != nil {
			return nil, err
		}
		return r.Values, nil
	}
	for _, c := range []struct {
		o    Options
		read func(*types.Rows, []byte) ([][]any, error)
	}{
		{Options{Format: Parquet}, parquet}, {Options{Format: Parquet, Compression: "SNAPPY"}, parquet},
		{Options{Format: Parquet, Compression: "GZIP"}, parquet}, {Options{Format: Parquet, Compression: "ZSTD"}, parquet},
	} {
		for _, rows := range []*types.Rows{flat, nested} {
			got, err := c.read(rows, written(t, rows, c.o))
			if err != nil {
				t.Errorf("%+v: %v", c.o, err)
				continue
			}
			if diff := cmp.Diff(fmt.Sprint(rows.Values), fmt.Sprint(got)); diff != "" {
				t.Errorf("%+v: %s", c.o, diff)
			}
		}
	}
}

func TestAvro(t *testing.T) {
	for _, o := range []Options{{LogicalTypes: true}, {Compression: "SNAPPY"}, {Compression: "DEFLATE"}} {
		o.Format = Avro
		d, err := ocf.NewDecoder(bytes.NewReader(written(t, flat, o)))
		if err != nil {
			t.Fatal(err)
		}
		var first map[string]any
		for n := 0; d.HasNext(); n++ {
			var row map[string]any
			if err := d.Decode(&row); err != nil || row["id"] != int64(n+1) {
				t.Errorf("%+v: row %d is %v, %v", o, n, row, err)
			}
			if n == 0 {
				first = row
			}
		}
		want := "map[b:[0 255] d:20760 dt:2026-11-03T08:00:00 f:0.1 id:1 n:-3/2 ok:true s:a,\"b\"\nc t:28800500000 ts:1793692800000001]"
		if o.LogicalTypes {
			want = "map[b:[0 255] d:2026-11-03 00:00:00 +0000 UTC dt:2026-11-03T08:00:00 f:0.1 id:1 n:-3/2 ok:true s:a,\"b\"\nc t:8h0m0.5s ts:2026-11-03 08:00:00.000001 +0000 UTC]"
		}
		if got := fmt.Sprint(first); got != want || d.Error() != nil {
			t.Errorf("%+v: %v\n got %s\nwant %s", o, d.Error(), got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for want, o := range map[string]Options{
		`The format "ORC" is not one of CSV`:                              {Format: "ORC"},
		"Compression SNAPPY is not supported for the format CSV":          {Format: CSV, Compression: "SNAPPY"},
		`The field delimiter "ab" is not a character`:                     {Format: CSV, Delimiter: "ab"},
		"Compression GZIP is not supported for the format AVRO: it has N": {Format: Avro, Compression: "GZIP"},
	} {
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	o := Options{Target: bucket.Object{Bucket: "b", Name: "x"}, Format: CSV, Delimiter: ","}
	if _, err := Write(bucket.Folder(t.TempDir()), nested, o); err == nil || !strings.Contains(err.Error(), "nested schema. Field: tags") {
		t.Errorf("got %v", err)
	}
	if _, err := Write(nil, flat, o); err == nil || !strings.Contains(err.Error(), "gs://b/x") {
		t.Errorf("without a folder: %v", err)
	}
}
