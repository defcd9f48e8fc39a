package load

import (
	"bytes"
	"compress/gzip"
	"math/big"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2/ocf"
	bqv2 "google.golang.org/api/bigquery/v2"
)

// spec writes a schema as name:TYPE[:MODE], records with their fields in braces.
func spec(fields []*bqv2.TableFieldSchema) string {
	var out []string
	for _, f := range fields {
		s := f.Name + ":" + f.Type
		if f.Mode != "" && f.Mode != "NULLABLE" {
			s += ":" + f.Mode
		}
		if len(f.Fields) > 0 {
			s += "{" + spec(f.Fields) + "}"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

var people = []*bqv2.TableFieldSchema{
	{Name: "id", Type: "INTEGER", Mode: "REQUIRED"}, {Name: "name", Type: "STRING"}, {Name: "born", Type: "DATE"},
}

func day(y, m, d int) civil.Date { return civil.Date{Year: y, Month: time.Month(m), Day: d} }

func TestCSV(t *testing.T) {
	tests := []struct {
		name   string
		config bqv2.JobConfigurationLoad
		schema []*bqv2.TableFieldSchema
		data   string
		spec   string
		rows   [][]any
		bad    int64
		err    string
	}{
		{name: "given schema", schema: people, data: "1,ann,2000-01-02\n2,,\n",
			rows: [][]any{{int64(1), "ann", day(2000, 1, 2)}, {int64(2), "", nil}}},
		{name: "header skipped", config: bqv2.JobConfigurationLoad{SkipLeadingRows: 1}, schema: people, data: "id,name,born\n1,\"a, b\",2000-01-02",
			rows: [][]any{{int64(1), "a, b", day(2000, 1, 2)}}},
		{name: "null marker and tabs", config: bqv2.JobConfigurationLoad{NullMarker: `\N`, FieldDelimiter: "\t"}, schema: people, data: "1\t\\N\t\\N\n",
			rows: [][]any{{int64(1), nil, nil}}},
		{name: "jagged rows", config: bqv2.JobConfigurationLoad{AllowJaggedRows: true}, schema: people, data: "1\n", rows: [][]any{{int64(1), nil, nil}}},
		{name: "extra values ignored", config: bqv2.JobConfigurationLoad{IgnoreUnknownValues: true}, schema: people, data: "1,a,,9\n", rows: [][]any{{int64(1), "a", nil}}},
		{name: "bad records tolerated", config: bqv2.JobConfigurationLoad{MaxBadRecords: 1}, schema: people, data: "x,a,\n2,b,\n", rows: [][]any{{int64(2), "b", nil}}, bad: 1},
		{name: "detected with header", config: bqv2.JobConfigurationLoad{Autodetect: true}, data: "a,b c,d\n1,x,2.5\n2,y,3\n",
			spec: "a:INTEGER b_c:STRING d:FLOAT", rows: [][]any{{int64(1), "x", 2.5}, {int64(2), "y", 3.0}}},
		{name: "detected without header", config: bqv2.JobConfigurationLoad{Autodetect: true}, data: "1,true,2020-01-01,12:00:00\n",
			spec: "int64_field_0:INTEGER bool_field_1:BOOLEAN date_field_2:DATE time_field_3:TIME",
			rows: [][]any{{int64(1), true, day(2020, 1, 1), civil.Time{Hour: 12}}}},
		{name: "by name", config: bqv2.JobConfigurationLoad{SkipLeadingRows: 1, SourceColumnMatch: "NAME"}, schema: people, data: "NAME,id\nann,1\n",
			rows: [][]any{{int64(1), "ann", nil}}},
		{name: "by name with another", config: bqv2.JobConfigurationLoad{SkipLeadingRows: 1, SourceColumnMatch: "NAME"}, schema: people, data: "id,age\n1,9\n", err: "no such field: age"},
		{name: "by name without one", config: bqv2.JobConfigurationLoad{SourceColumnMatch: "NAME"}, schema: people, data: "1,a,\n", err: "needs a header"},
		{name: "newline in quotes", config: bqv2.JobConfigurationLoad{AllowQuotedNewlines: true}, schema: people, data: "1,\"a\nb\",\n", rows: [][]any{{int64(1), "a\nb", nil}}},
		{name: "newline refused", schema: people, data: "1,\"a\nb\",\n", err: "allowQuotedNewlines"},
		{name: "another quote", config: bqv2.JobConfigurationLoad{Quote: new("'")}, schema: people, data: "1,'a \"b\", it''s',\n", rows: [][]any{{int64(1), `a "b", it's`, nil}}},
		{name: "no quote", config: bqv2.JobConfigurationLoad{Quote: new("")}, schema: people, data: "1,\"a,\r\n\n2,b\"c,", rows: [][]any{{int64(1), `"a`, nil}, {int64(2), `b"c`, nil}}},
		{name: "double quotes between values", config: bqv2.JobConfigurationLoad{Quote: new("'"), FieldDelimiter: `"`}, schema: people, data: "1\"'a\"b'\"\n", rows: [][]any{{int64(1), `a"b`, nil}}},
		{name: "two quotes", config: bqv2.JobConfigurationLoad{Quote: new("''")}, schema: people, data: "1,a,\n", err: "Invalid value for quote"},
		{name: "ASCII 0", schema: people, data: "1,a\x00,\n", err: "Bad character (ASCII 0)"},
		{name: "ASCII 0 tolerated", config: bqv2.JobConfigurationLoad{MaxBadRecords: 1}, schema: people, data: "1,a\x00,\n2,b,\n", rows: [][]any{{int64(2), "b", nil}}, bad: 1},
		{name: "ASCII 0 preserved", config: bqv2.JobConfigurationLoad{PreserveAsciiControlCharacters: true}, schema: people, data: "1,a\x00,\n", rows: [][]any{{int64(1), "a\x00", nil}}},
		{name: "Latin-1", config: bqv2.JobConfigurationLoad{Encoding: "ISO-8859-1"}, schema: people, data: "1,Jos\xe9,\n", rows: [][]any{{int64(1), "José", nil}}},
		{name: "UTF-16", config: bqv2.JobConfigurationLoad{Encoding: "UTF-16LE"}, schema: people, data: "\xff\xfe1\x00,\x00\xe9\x00,\x00", rows: [][]any{{int64(1), "é", nil}}},
		{name: "UTF-32", config: bqv2.JobConfigurationLoad{Encoding: "utf-32be"}, schema: people, data: "\x00\x00\x001\x00\x00\x00,\x00\x01\xf5\xf3\x00\x00\x00,", rows: [][]any{{int64(1), "🗳", nil}}},
		{name: "encoding unknown", config: bqv2.JobConfigurationLoad{Encoding: "UTF-7"}, schema: people, data: "1,a,\n", err: "Invalid value for encoding: UTF-7"},
		{name: "too few", schema: people, data: "1,a\n", err: "contains only 2 columns"},
		{name: "too many", schema: people, data: "1,a,,,\n", err: "Too many values"},
		{name: "bad value", schema: people, data: "one,a,\n", err: "Could not parse 'one' as INTEGER for field id"},
		{name: "required", schema: people, data: ",a,\n", err: "Required column"},
		{name: "bad quotes", schema: people, data: "1,\"a,\n", err: "CSV parsing error"},
		{name: "no schema", data: "1\n", err: "No schema"},
		{name: "nested", schema: []*bqv2.TableFieldSchema{{Name: "a", Type: "INTEGER", Mode: "REPEATED"}}, data: "1\n", err: "can't hold"},
		{name: "unknown type", schema: []*bqv2.TableFieldSchema{{Name: "a", Type: "POINT"}}, data: "1\n", err: `field a has type "POINT", which the emulator does not support`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(&tt.config, tt.schema, []byte(tt.data))
			checkOr(t, tt.err, got, err, tt.spec, tt.rows)
			if tt.err == "" && got.BadRecords != tt.bad {
				t.Errorf("%d bad records, want %d", got.BadRecords, tt.bad)
			}
		})
	}
}

// checkOr is check, or wants an error that says something.
func checkOr(t *testing.T, says string, got *Data, err error, wantSpec string, rows [][]any) {
	t.Helper()
	switch {
	case says == "" && err == nil:
		check(t, got, wantSpec, rows)
	case says == "" || err == nil || !strings.Contains(err.Error(), says):
		t.Fatalf("Read = %v, want an error with %q", err, says)
	}
}

func check(t *testing.T, got *Data, wantSpec string, rows [][]any) {
	t.Helper()
	if diff := cmp.Diff(rows, got.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantSpec, spec(got.Schema)); wantSpec != "" && diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	tests := []struct {
		name string
		data string
		spec string
		rows [][]any
		err  string
	}{
		{name: "scalars", data: "{\"a\":1,\"b\":\"x\",\"c\":1.5,\"d\":true,\"e\":null}\n\n{\"a\":2,\"f\":\"2020-01-01 00:00:00 UTC\"}",
			spec: "a:INTEGER b:STRING c:FLOAT d:BOOLEAN e:STRING f:TIMESTAMP",
			rows: [][]any{{int64(1), "x", 1.5, true, nil, nil}, {int64(2), nil, nil, nil, nil, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}},
		{name: "widening", data: "{\"a\":1,\"b\":1,\"c\":\"2020-01-01\"}\n{\"a\":1.5,\"b\":\"x\",\"c\":\"2020-01-01T00:00:00\"}",
			spec: "a:FLOAT b:STRING c:TIMESTAMP",
			rows: [][]any{{1.0, "1", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, {1.5, "x", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}},
		{name: "nested", data: `{"p":{"city":"x","n":[1,2]},"items":[{"s":"a"},{"q":2}]}`,
			spec: "p:RECORD{city:STRING n:INTEGER:REPEATED} items:RECORD:REPEATED{s:STRING q:INTEGER}",
			rows: [][]any{{[]any{"x", []any{int64(1), int64(2)}}, []any{[]any{"a", nil}, []any{nil, int64(2)}}}}},
		{name: "no object", data: `[1]`, err: "no object"},
		{name: "cut off", data: `{"a":`, err: "position 0"},
		{name: "empty", data: "\n", err: "no fields"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(&bqv2.JobConfigurationLoad{SourceFormat: JSON, Autodetect: true}, nil, []byte(tt.data))
			checkOr(t, tt.err, got, err, tt.spec, tt.rows)
		})
	}
}

func TestGzip(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte("1,a,\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&bqv2.JobConfigurationLoad{}, people, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, "", [][]any{{int64(1), "a", nil}})
	if _, err := Read(&bqv2.JobConfigurationLoad{}, people, b.Bytes()[:20]); err == nil {
		t.Error("a truncated gzip file was read")
	}
}

const avroSchema = `{"type":"record","name":"r","fields":[
	{"name":"id","type":"long"},
	{"name":"name","type":["null","string"]},
	{"name":"n","type":"int"},
	{"name":"place","type":["null",{"type":"record","name":"place","fields":[{"name":"place","type":["null","long"]}]}]},
	{"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"at","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
	{"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}]},
	{"name":"kind","type":{"type":"enum","name":"kind","symbols":["A","B"]}},
	{"name":"fx","type":{"type":"fixed","name":"fx","size":2}},
	{"name":"list","type":{"type":"array","items":"long"}},
	{"name":"m","type":{"type":"map","values":"string"}}]}`

func avroFile(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	enc, err := ocf.NewEncoder(avroSchema, &b)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 3, 8, 0, 0, 1000, time.UTC)
	full := map[string]any{
		"id": int64(1), "name": map[string]any{"string": "x"}, "n": 3,
		"place": map[string]any{"place": map[string]any{"place": map[string]any{"long": int64(5)}}},
		"day":   at, "at": map[string]any{"long.timestamp-micros": at},
		"price": map[string]any{"bytes.decimal": big.NewRat(314, 100)},
		"kind":  "B", "fx": [2]byte{1, 2}, "list": []any{int64(1)}, "m": map[string]any{"k": "v"},
	}
	bare := map[string]any{
		"id": int64(2), "name": nil, "n": 4, "place": nil, "day": at, "at": nil, "price": nil,
		"kind": "A", "fx": [2]byte{}, "list": []any{}, "m": map[string]any{},
	}
	for _, row := range []any{full, bare} {
		if err := enc.Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAvro(t *testing.T) {
	file := avroFile(t)
	at := time.Date(2026, 11, 3, 8, 0, 0, 1000, time.UTC)
	entry := []any{[]any{"k", "v"}}
	t.Run("logical types", func(t *testing.T) {
		got, err := Read(&bqv2.JobConfigurationLoad{SourceFormat: Avro, UseAvroLogicalTypes: true}, nil, file)
		if err != nil {
			t.Fatal(err)
		}
		check(t, got, "id:INTEGER:REQUIRED name:STRING n:INTEGER:REQUIRED place:RECORD{place:INTEGER} day:DATE:REQUIRED at:TIMESTAMP price:NUMERIC"+
			" kind:STRING:REQUIRED fx:BYTES:REQUIRED list:INTEGER:REPEATED m:RECORD:REPEATED{key:STRING:REQUIRED value:STRING}",
			[][]any{
				{int64(1), "x", int64(3), []any{int64(5)}, day(2026, 11, 3), at, "3.14", "B", []byte{1, 2}, []any{int64(1)}, entry},
				{int64(2), nil, int64(4), nil, day(2026, 11, 3), nil, nil, "A", []byte{0, 0}, []any{}, []any{}},
			})
	})
	t.Run("raw types", func(t *testing.T) {
		got, err := Read(&bqv2.JobConfigurationLoad{SourceFormat: Avro}, nil, file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]any{int64(20760), at.UnixMicro()}, got.Rows[0][4:6]); diff != "" {
			t.Errorf("day and at (-want +got):\n%s", diff)
		}
	})
	t.Run("not Avro", func(t *testing.T) {
		_, err := Read(&bqv2.JobConfigurationLoad{SourceFormat: Avro}, nil, []byte("plain text"))
		if err == nil || !strings.Contains(err.Error(), "Avro") {
			t.Errorf("Read = %v, want an error that names Avro", err)
		}
	})
	t.Run("missing column", func(t *testing.T) {
		_, err := Read(&bqv2.JobConfigurationLoad{SourceFormat: Avro}, people, file)
		if err == nil || !strings.Contains(err.Error(), "has no column") {
			t.Errorf("Read = %v, want an error of the column", err)
		}
	})
}
