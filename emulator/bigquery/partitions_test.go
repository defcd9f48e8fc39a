package bigquery_test

import (
	"fmt"
	"strings"
	"testing"

	bq "cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
)

// done runs a job of a configuration and returns its resource, and the message of its
// failure.
func (e *emulator) done(t *testing.T, configuration object) (job object, failure string) {
	t.Helper()
	return e.ended(t, object{"configuration": configuration})
}

func ref(table string) object {
	return object{"projectId": project, "datasetId": "ds", "tableId": table}
}

// partitioned creates the table ds.p with two partitions. check compares its rows.
func (e *emulator) partitioned(t *testing.T) (check func(after string, want ...string)) {
	t.Helper()
	e.query(t, "CREATE TABLE ds.p (d DATE, n INT64) PARTITION BY d")
	e.query(t, "INSERT ds.p (d, n) VALUES ('2026-11-02', 1), ('2026-11-03', 2)")
	return func(after string, want ...string) {
		t.Helper()
		var got []string
		for _, row := range e.query(t, "SELECT d, n FROM ds.p ORDER BY d, n") {
			got = append(got, fmt.Sprintf("%v %v", row[0], row[1]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", after, diff)
		}
	}
}

// A table$id is a partition wherever rows are written, read or deleted, and never a table.
func TestPartitionIDs(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "ds")
	check := e.partitioned(t)
	into := func(sql, table, write string) string {
		_, failure := e.done(t, object{"query": object{"query": sql, "useLegacySql": false, "destinationTable": ref(table), "writeDisposition": write}})
		return failure
	}
	if failure := into("SELECT DATE '2026-11-02' AS d, 7 AS n", "p$20261102", "WRITE_TRUNCATE"); failure != "" {
		t.Error(failure)
	}
	check("a query that replaces a partition", "2026-11-02 7", "2026-11-03 2")
	if failure := into("SELECT DATE '2026-11-04' AS d, 7 AS n", "p$20261102", "WRITE_APPEND"); !strings.Contains(failure, "different partitions") {
		t.Errorf("rows of another partition: %q", failure)
	}
	if failure := into("SELECT DATE '2026-11-03' AS d, 7 AS n", "p$20261103", "WRITE_EMPTY"); !strings.Contains(failure, "Already Exists") {
		t.Errorf("WRITE_EMPTY of a partition with rows: %q", failure)
	}
	if failure := into("SELECT DATE '2026-11-03' AS d, 7 AS n", "p$2026", "WRITE_APPEND"); !strings.Contains(failure, "$2026") {
		t.Errorf("the id of a year in a table by days: %q", failure)
	}
	source := bq.NewReaderSource(strings.NewReader(`{"d":"2026-11-03","n":9}`))
	source.SourceFormat = bq.JSON
	loader := d.Table("p$20261103").LoaderFrom(source)
	loader.WriteDisposition = bq.WriteTruncate
	job, err := loader.Run(t.Context())
	if _, failed := finish(t, job, err); failed != nil {
		t.Error(failed)
	}
	check("a load that replaces a partition", "2026-11-02 7", "2026-11-03 9")
	status, body := e.call(t, "POST", projectURL+"/datasets/ds/tables/p$20261104/insertAll", object{"rows": []any{object{"json": object{"d": "2026-11-04", "n": 5}}}})
	if status != 200 || body["insertErrors"] != nil {
		t.Errorf("insertAll: %d %v", status, body)
	}
	check("insertAll", "2026-11-02 7", "2026-11-03 9", "2026-11-04 5")
	if status, body := e.call(t, "GET", projectURL+"/datasets/ds/tables/p$20261103", nil); status != 200 || body["numRows"] != "1" {
		t.Errorf("tables.get of a partition: %d %v", status, body)
	}
	if got := rows(t, d.Table("p$20261102").Read(t.Context())); len(got) != 1 || got[0][1] != int64(7) {
		t.Errorf("rows of a partition: %v", got)
	}
	if err := d.Table("p$20261102").Delete(t.Context()); err != nil {
		t.Error(err)
	}
	check("the deletion of a partition", "2026-11-03 9", "2026-11-04 5")
}

// A partition is copied to a table, and to the same partition of a table.
func TestCopiesOfPartitions(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	check := e.partitioned(t)
	if _, failure := e.done(t, object{"copy": object{"sourceTable": ref("p$20261103"), "destinationTable": ref("q")}}); failure != "" {
		t.Error(failure)
	}
	e.query(t, "UPDATE ds.q SET n = 6 WHERE d = '2026-11-03'")
	copied := object{"sourceTable": ref("q$20261103"), "destinationTable": ref("p$20261103"), "writeDisposition": "WRITE_TRUNCATE"}
	if _, failure := e.done(t, object{"copy": copied}); failure != "" {
		t.Error(failure)
	}
	check("the copy of a partition", "2026-11-02 1", "2026-11-03 6")
	copied["destinationTable"] = ref("p$20261102")
	if _, failure := e.done(t, object{"copy": copied}); !strings.Contains(failure, "different partitions") {
		t.Errorf("a copy to another partition: %q", failure)
	}
	check("a copy that failed", "2026-11-02 1", "2026-11-03 6")
}

// A partition by the time of ingestion takes rows whose columns say nothing of it, and makes
// the table where there is none.
func TestPartitionsByIngestion(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	for _, c := range []struct{ sql, table string }{{"SELECT 1 AS n", "new$20240101"}, {"SELECT 2 AS n", "new$20240102"}} {
		if _, failure := e.done(t, object{"query": object{"query": c.sql, "useLegacySql": false, "destinationTable": ref(c.table), "writeDisposition": "WRITE_TRUNCATE"}}); failure != "" {
			t.Error(failure)
		}
	}
	if _, failure := e.done(t, object{"copy": object{"sourceTable": ref("new$20240102"), "destinationTable": ref("new$20240101"), "writeDisposition": "WRITE_APPEND"}}); failure != "" {
		t.Error(failure)
	}
	want := [][]bq.Value{{int64(1), "2024-01-01"}, {int64(2), "2024-01-01"}, {int64(2), "2024-01-02"}}
	got := e.query(t, "SELECT n, CAST(_PARTITIONDATE AS STRING) FROM ds.new ORDER BY 2, 1")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestDispositions(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t AS SELECT 'old' AS v")
	query := func(more object) object {
		q := object{"query": "SELECT 'new' AS v", "useLegacySql": false, "destinationTable": ref("t")}
		for k, v := range more {
			q[k] = v
		}
		return object{"query": q}
	}
	for _, c := range []struct {
		config object
		name   string
	}{
		{query(object{"writeDisposition": "WRITE_NONSENSE"}), "WRITE_NONSENSE"},
		{query(object{"createDisposition": "CREATE_NONSENSE"}), "CREATE_NONSENSE"},
		{query(object{"writeDisposition": "WRITE_APPEND", "schemaUpdateOptions": []string{"ALLOW_NONSENSE"}}), "ALLOW_NONSENSE"},
		{query(object{"writeDisposition": "WRITE_TRUNCATE", "schemaUpdateOptions": []string{"ALLOW_FIELD_ADDITION"}}), "WRITE_TRUNCATE disposition on a table partition"},
		{object{"copy": object{"sourceTable": ref("t"), "destinationTable": ref("t"), "writeDisposition": "WRITE_TRUNCATE_DATA"}}, "WRITE_TRUNCATE_DATA"},
		{object{"load": object{"sourceUris": []string{"gs://b/o"}, "destinationTable": ref("t"), "writeDisposition": "WRITE_NONSENSE"}}, "WRITE_NONSENSE"},
	} {
		if _, failure := e.done(t, c.config); !strings.Contains(failure, c.name) {
			t.Errorf("%v: %q, want an error that names %s", c.config, failure, c.name)
		}
	}
	e.query(t, "ALTER TABLE ds.t ADD COLUMN more INT64")
	if _, failure := e.done(t, query(object{"writeDisposition": "WRITE_TRUNCATE_DATA"})); failure != "" {
		t.Error(failure)
	}
	if diff := cmp.Diff([][]bq.Value{{"new", nil}}, e.query(t, "SELECT v, more FROM ds.t")); diff != "" {
		t.Errorf("rows after WRITE_TRUNCATE_DATA, which keeps the schema (-want +got):\n%s", diff)
	}
}

// The job of DML names the table that it changes as the destination.
func TestDestinationOfDML(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t (n INT64)")
	for _, sql := range []string{
		"INSERT ds.t (n) VALUES (1)", "UPDATE ds.t SET n = 2 WHERE TRUE", "DELETE ds.t WHERE TRUE",
		"MERGE ds.t USING (SELECT 3 AS n) s ON FALSE WHEN NOT MATCHED THEN INSERT ROW",
	} {
		job, failure := e.done(t, object{"query": object{"query": sql, "useLegacySql": false}})
		if got := at(job, "configuration", "query", "destinationTable", "tableId"); failure != "" || got != "t" {
			t.Errorf("%s: destination %v, %s", sql, got, failure)
		}
	}
}

func TestParameterForms(t *testing.T) {
	e := start(t)
	for _, c := range []struct {
		typ         string
		value, want any
	}{
		{"NUMERIC", "1.50", "1.5"}, {"BIGNUMERIC", "-0.25", "-0.25"}, {"NUMERIC", 2.5, "2.5"}, {"INT64", 10, "10"},
		{"BOOL", true, "true"}, {"FLOAT64", 1.5, "1.5"}, {"STRING", 7, "7"}, {"STRING", "", ""}, {"STRING", nil, nil},
	} {
		status, body := e.call(t, "POST", projectURL+"/queries", object{
			"query": "SELECT @p", "useLegacySql": "false", "parameterMode": "NAMED",
			"queryParameters": object{"name": "p", "parameterType": object{"type": c.typ}, "parameterValue": object{"value": c.value}},
		})
		if status != 200 || cells(body)[0] != c.want {
			t.Errorf("%s %v: %d %v", c.typ, c.value, status, body)
		}
	}
}

// A POST may be another method, as Google's Java client sends it.
func TestMethodOverride(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	status, body := e.call(t, "POST", projectURL+"/datasets/ds", object{"description": "x"}, "X-HTTP-Method-Override", "PATCH")
	if status != 200 || body["description"] != "x" {
		t.Errorf("PATCH by POST: %d %v", status, body)
	}
	if status, body := e.call(t, "GET", projectURL+"/datasets/ds/models", nil); status != 200 || body["models"] != nil {
		t.Errorf("models of a dataset: %d %v", status, body)
	}
	if status, _ := e.call(t, "GET", projectURL+"/datasets/gone/models", nil); status != 404 {
		t.Errorf("models of no dataset: %d", status)
	}
}

// A column of a limited length takes no longer text, by whatever way it comes.
func TestLimitedColumns(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	if status, body := e.call(t, "POST", projectURL+"/datasets/ds/tables", object{"tableReference": ref("t"),
		"schema": object{"fields": []any{object{"name": "a", "type": "STRING", "maxLength": "5"}}}}); status != 200 {
		t.Fatalf("%d %v", status, body)
	}
	_, body := e.call(t, "POST", projectURL+"/datasets/ds/tables/t/insertAll", object{"rows": []any{object{"json": object{"a": "abcdef"}}}})
	if list, _ := body["insertErrors"].([]any); len(list) != 1 || !strings.Contains(fmt.Sprint(list[0]), "maximum length 5") {
		t.Errorf("insertAll: %v", body)
	}
	if _, failure := e.done(t, object{"query": object{"query": "SELECT 'abcdef' AS a", "useLegacySql": false, "destinationTable": ref("t"), "writeDisposition": "WRITE_APPEND"}}); !strings.Contains(failure, "maximum length 5") {
		t.Errorf("a destination: %q", failure)
	}
	if _, err := e.client.Query("INSERT ds.t (a) VALUES ('abcdef')").Read(t.Context()); err == nil || !strings.Contains(err.Error(), "maximum length 5") {
		t.Errorf("INSERT: %v", err)
	}
	_, body = e.call(t, "GET", projectURL+"/datasets/ds/tables/t", nil)
	if got := fmt.Sprint(at(body, "schema")); !strings.Contains(got, "maxLength:5") {
		t.Errorf("the schema of the table: %s", got)
	}
}

// t$__PARTITIONS_SUMMARY__ lists the partitions of t, and of nothing else.
func TestPartitionsSummary(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.p (d DATE) PARTITION BY d AS SELECT d FROM UNNEST([DATE '2026-11-02', DATE '2026-11-03']) AS d")
	e.query(t, "CREATE TABLE ds.whole AS SELECT 1 AS n")
	const summary = projectURL + "/datasets/ds/tables/p$__PARTITIONS_SUMMARY__"
	status, table := e.call(t, "GET", summary, nil)
	fields, _ := at(table, "schema", "fields").([]any)
	if status != 200 || len(fields) != 6 || table["numRows"] != "2" {
		t.Fatalf("%d %v, want six fields and two rows", status, table)
	}
	_, list := e.call(t, "GET", summary+"/data?selectedFields=partition_id&startIndex=1", nil)
	if diff := cmp.Diff([]any{object{"f": []any{object{"v": "20261103"}}}}, list["rows"]); diff != "" {
		t.Errorf("the second partition (-want +got):\n%s", diff)
	}
	status, body := e.call(t, "GET", projectURL+"/datasets/ds/tables/whole$__PARTITIONS_SUMMARY__", nil)
	if message, _ := at(body, "error", "message").(string); status != 400 || !strings.Contains(message, "not partitioned") {
		t.Errorf("of a table without partitions: %d %v", status, body)
	}
}
