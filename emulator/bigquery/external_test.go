package bigquery_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/fields/fieldstest"
)

// externalFiles are what external tables read.
var externalFiles = map[string]string{
	"a.csv": "id;name\n1;ann\n2;NA\n", "b.csv": "id;name\n3;\"x\ny\"\n", "bad.csv": "1,a\nx,b\n", "jagged.csv": "1\n", "latin.csv": "1,\xe9\n",
	"a.json": "{\"id\": 1, \"name\": \"ann\", \"more\": true}\n", "named.csv": "name,id\nann,1\n",
	"days/day=2026-11-03/n=1/x.csv": "a\n", "days/day=2026-11-04/n=x/y.csv": "b\n",
}

// externalTables are tables over them: what a query sees, or after an exclamation mark the error.
var externalTables = []struct {
	config object
	schema []any
	query  string
	want   string
}{
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/a.csv", "gs://b/b.*"}, "autodetect": true, "compression": "NONE",
		"csvOptions": object{"skipLeadingRows": "1", "fieldDelimiter": ";", "nullMarker": "NA", "allowQuotedNewlines": true, "preserveAsciiControlCharacters": true, "quote": "\""}},
		schema: []any{column("id", "INTEGER", nil), column("name", "STRING", nil)},
		query:  "SELECT FORMAT('%T %T', _FILE_NAME, t) FROM ds.x AS t ORDER BY id",
		want:   `"gs://b/a.csv" (1, "ann") "gs://b/a.csv" (2, NULL) "gs://b/b.csv" (3, "x\ny")`},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/bad.csv"}, "maxBadRecords": 1, "schema": object{"fields": []any{column("id", "INTEGER", nil), column("b", "STRING", nil)}}},
		query: "SELECT FORMAT('%T', t) FROM ds.x AS t", want: `(1, "a")`},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/bad.csv"}}, schema: []any{column("id", "INTEGER", nil), column("b", "STRING", nil)},
		query: "SELECT id FROM ds.x", want: "!Error while reading data"},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/jagged.csv"}, "csvOptions": object{"allowJaggedRows": true, "nullMarkers": []any{"-"}}},
		schema: []any{column("id", "INTEGER", nil), column("b", "STRING", nil)}, query: "SELECT FORMAT('%T', t) FROM ds.x AS t", want: "(1, NULL)"},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/latin.csv"}, "csvOptions": object{"encoding": "ISO-8859-1"}},
		schema: []any{column("id", "INTEGER", nil), column("b", "STRING", nil)}, query: "SELECT b FROM ds.x", want: "é"},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/named.csv"}, "csvOptions": object{"sourceColumnMatch": "NAME", "skipLeadingRows": "1"}},
		schema: []any{column("id", "INTEGER", nil), column("name", "STRING", nil)}, query: "SELECT FORMAT('%T', t) FROM ds.x AS t", want: `(1, "ann")`},
	{config: object{"sourceFormat": "NEWLINE_DELIMITED_JSON", "sourceUris": []any{"gs://b/a.json"}, "autodetect": true}, query: "SELECT name FROM ds.x WHERE more", want: "ann"},
	{config: object{"sourceFormat": "NEWLINE_DELIMITED_JSON", "sourceUris": []any{"gs://b/a.json"}, "ignoreUnknownValues": true},
		schema: []any{column("name", "STRING", nil), column("absent", "INTEGER", nil)}, query: "SELECT FORMAT('%T', t) FROM ds.x AS t", want: `("ann", NULL)`},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/days/*"}, "autodetect": true, "hivePartitioningOptions": object{"mode": "AUTO", "sourceUriPrefix": "gs://b/days"}},
		schema: []any{column("v", "STRING", nil)}, query: "SELECT FORMAT('%T', t) FROM ds.x AS t WHERE day > '2026-11-01' ORDER BY v",
		want: `("a", DATE "2026-11-03", "1") ("b", DATE "2026-11-04", "x")`},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/days/*"}, "hivePartitioningOptions": object{"mode": "CUSTOM", "sourceUriPrefix": "gs://b/days/{day:STRING}/{n:INT64}"}},
		schema: []any{column("v", "STRING", nil)}, query: "SELECT day FROM ds.x", want: "!The value of n in the name gs://b/days/day=2026-11-04/n=x/y.csv"},
	{config: object{"sourceFormat": "AVRO", "sourceUris": []any{"gs://b/out.avro"}, "avroOptions": object{"useAvroLogicalTypes": true}}, query: "SELECT FORMAT('%T', d) FROM ds.x", want: `DATE "2026-11-03"`},
	{config: object{"sourceFormat": "PARQUET", "sourceUris": []any{"gs://b/out.parquet"}, "decimalTargetTypes": []any{"STRING"},
		"parquetOptions": object{"enableListInference": true, "enumAsString": true, "mapTargetType": "ARRAY_OF_STRUCT"}}, query: "SELECT FORMAT('%T %T', l, n) FROM ds.x", want: `[1, 2] "1.500000000"`},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/none.csv"}}, schema: []any{column("a", "STRING", nil)}, query: "SELECT a FROM ds.x", want: "!Not found: URI gs://b/none.csv"},
	{config: object{"sourceFormat": "CSV", "sourceUris": []any{"gs://b/a.csv"}}, want: "!No schema specified"},
	{config: object{"sourceFormat": "ORC", "sourceUris": []any{"gs://b/a.orc"}}, want: `!An external table of the format "ORC"`},
	{config: object{"sourceFormat": "CSV"}, want: "!sourceUris"},
}

// externalFolder is an emulator whose buckets are a folder with externalFiles. write writes a
// file of the bucket b.
func externalFolder(t *testing.T) (e *emulator, write func(name, text string)) {
	folder := t.TempDir()
	write = func(name, text string) {
		path := filepath.Join(folder, "b", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range externalFiles {
		write(name, text)
	}
	e = startWith(t, bigquery.Options{Buckets: bucket.Folder(folder)})
	e.dataset(t, "ds")
	return e, write
}

// Each field of an external table has its effect.
func TestExternalTables(t *testing.T) {
	e, _ := externalFolder(t)
	e.query(t, `EXPORT DATA OPTIONS (uri = 'gs://b/out.avro*', format = 'AVRO', use_avro_logical_types = TRUE) AS SELECT DATE '2026-11-03' AS d;
		EXPORT DATA OPTIONS (uri = 'gs://b/out.parquet*', format = 'PARQUET') AS SELECT [1, 2] AS l, NUMERIC '1.5' AS n`)
	doc := fieldstest.Load(t)
	s := &sent{doc: doc, seen: map[string]bool{}}
	for _, c := range externalTables {
		if uris, ok := c.config["sourceUris"].([]any); ok && strings.Contains(fmt.Sprint(uris), "/out.") {
			c.config["sourceUris"] = []any{fmt.Sprint(uris[0]) + "*"}
		}
		body := object{"tableReference": ref("x"), "externalDataConfiguration": c.config}
		if c.schema != nil {
			body["schema"] = object{"fields": c.schema}
		}
		s.body("Table", doc.Schemas["Table"], body)
		got, message := e.readExternal(t, body, c.query)
		if want, fails := strings.CutPrefix(c.want, "!"); fails || message != "" {
			if !fails || !strings.Contains(message, want) || message == "" {
				t.Errorf("%v: error %q, want %s", c.config, message, c.want)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.config, got, c.want)
		}
	}
	if list := s.missing("ExternalDataConfiguration", doc.Schemas["ExternalDataConfiguration"], map[string]bool{"TableSchema": true}); len(list) > 0 {
		t.Errorf("no external table of the test has %s", strings.Join(list, ", "))
	}
}

// readExternal creates the external table ds.x, reads it by a query, and deletes it. It returns
// the values of the first column, or the message of an error.
func (e *emulator) readExternal(t *testing.T, table object, query string) (got, message string) {
	t.Helper()
	status, answer := e.call(t, "POST", projectURL+"/datasets/ds/tables", table)
	if status != 200 {
		message, _ = at(answer, "error", "message").(string)
		return "", message
	}
	if at(answer, "type") != "EXTERNAL" {
		t.Errorf("%v: the table is a %v", table, at(answer, "type"))
	}
	_, answer = e.call(t, "POST", projectURL+"/queries", sql(query))
	message, _ = at(answer, "error", "message").(string)
	rows, _ := at(answer, "rows").([]any)
	for i, row := range rows {
		got += strings.Repeat(" ", min(i, 1)) + fmt.Sprint(at(row, "f").([]any)[0].(object)["v"])
	}
	e.call(t, "DELETE", projectURL+"/datasets/ds/tables/x", nil)
	return got, message
}

// The files of an external table are read again when they change. Nothing changes the table itself.
func TestExternalTablesFollowTheirFiles(t *testing.T) {
	e, write := externalFolder(t)
	e.query(t, `CREATE EXTERNAL TABLE ds.e (v STRING) WITH PARTITION COLUMNS (day DATE, n STRING)
		OPTIONS (format = 'CSV', uris = ['gs://b/days/*.csv'], hive_partition_uri_prefix = 'gs://b/days')`)
	for _, want := range []string{"a 2026-11-03 1|b 2026-11-04 x", "a 2026-11-03 1|b 2026-11-04 x|c 2026-11-05 z"} {
		if got := fmt.Sprint(e.query(t, "SELECT STRING_AGG(FORMAT('%s %t %s', v, day, n), '|' ORDER BY v) FROM ds.e")[0][0]); got != want {
			t.Errorf("the table has %s, want %s", got, want)
		}
		write("days/day=2026-11-05/n=z/z.csv", "c\n")
	}
	e.query(t, "CREATE VIEW ds.ev AS SELECT COUNT(*) AS n FROM ds.e")
	for _, want := range []string{"3", "4"} {
		if got := fmt.Sprint(e.query(t, "SELECT n FROM ds.ev")[0][0]); got != want {
			t.Errorf("the view has %s rows, want %s", got, want)
		}
		write("days/day=2026-11-06/n=y/y.csv", "d\n")
	}
	for _, refused := range []string{"INSERT ds.e (v) VALUES ('d')", "SELECT * FROM ds.e FOR SYSTEM_TIME AS OF TIMESTAMP '2026-11-03'", "CREATE TABLE ds.copy CLONE ds.e", "TRUNCATE TABLE ds.e", "BEGIN TRANSACTION; SELECT v FROM ds.e; COMMIT TRANSACTION"} {
		if _, answer := e.call(t, "POST", projectURL+"/queries", sql(refused)); at(answer, "error", "message") == nil {
			t.Errorf("%s: %v", refused, answer)
		}
	}
}
