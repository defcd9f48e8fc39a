package bigquery_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/fields/fieldstest"
)

// with is an object with the members of others.
func with(objects ...object) object {
	all := object{}
	for _, o := range objects {
		for k, v := range o {
			all[k] = v
		}
	}
	return all
}

func job(kind string, objects ...object) object {
	return object{"configuration": object{kind: with(objects...)}}
}

func into(table string, more object) object {
	return with(object{"destinationTable": ref(table)}, more)
}

// file is a load from a file of the folder in place of Cloud Storage.
func file(name, table string, more object) object {
	return job("load", object{"sourceUris": []any{"gs://b/" + name}}, into(table, more))
}

func sql(text string) object { return object{"query": text, "useLegacySql": false} }

func columns(names ...string) object {
	var list []any
	for _, n := range names {
		name, typ, _ := strings.Cut(n, " ")
		list = append(list, column(name, typ, nil))
	}
	return object{"schema": object{"fields": list}}
}

var key = object{"destinationEncryptionConfiguration": object{"kmsKeyName": "k"}}

// files are what the loads of fieldsOfJobs read.
var files = map[string]string{
	"plain.csv": "1,x\n2,y\n", "head.csv": "b,a\nx,1\n", "odd.csv": "# a note\n1|\"two\nlines\"\n2|NA\n3\n", "latin.csv": "1,\xe9\n",
	"bad.csv": "1,x\nno,y\n", "wide.csv": "1,x,more\n", "markers.csv": "1,-\n2,?\n", "quotes.csv": "1,'a\x00'\n", "plain.json": "{\"a\": 1, \"c\": true}\n",
}

// fieldsOfJobs send each field of a job, with what is there afterwards or what the answer says.
var fieldsOfJobs = []struct {
	body object // of jobs.insert, or of jobs.query where it has a query
	see  string // a query, or with a leading dot what of the answer
	want string // its values, or what the error says after !
}{
	// Queries.
	{with(job("query", sql("SELECT 1 AS a, DATE '2026-11-03' AS d"), into("q1", with(key, object{
		"createDisposition": "CREATE_IF_NEEDED", "writeDisposition": "WRITE_TRUNCATE", "timePartitioning": object{"type": "DAY", "field": "d"}, "clustering": object{"fields": []any{"a"}},
		"priority": "BATCH", "allowLargeResults": true, "flattenResults": true, "preserveNulls": true, "maximumBillingTier": 1, "writeIncrementalResults": true}))),
		object{"jobReference": object{"projectId": project, "jobId": "named", "location": "eu"}}),
		"SELECT CONCAT(partition_id, ' ', total_rows) FROM ds.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'q1'", "20261103 1"},
	{job("query", sql("SELECT 5 AS i"), into("q2", object{"rangePartitioning": object{"field": "i", "range": object{"start": "0", "end": "10", "interval": "5"}}})),
		"SELECT partition_id FROM ds.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'q2'", "5"},
	{job("query", sql("SELECT 2 AS a, 'new' AS b"), into("t", object{"writeDisposition": "WRITE_APPEND", "schemaUpdateOptions": []any{"ALLOW_FIELD_ADDITION"}})), "SELECT b FROM ds.t WHERE a = 2", "new"},
	{job("query", sql("SELECT 1 AS a"), into("never", object{"createDisposition": "CREATE_NEVER"})), "", "!Not found: Table"},
	{job("query", sql("SELECT COUNT(*) AS n FROM t"), into("q3", object{"defaultDataset": object{"projectId": project, "datasetId": "ds"}})), "SELECT n FROM ds.q3", "2"},
	{job("query", sql("SELECT a FROM ds.t"), object{"maximumBytesBilled": "1"}), "", "!Query exceeded limit for bytes billed"},
	{job("query", sql("SELECT ? AS a"), into("q4", object{"parameterMode": "POSITIONAL", "queryParameters": []any{
		object{"parameterType": object{"type": "STRING"}, "parameterValue": object{"value": "p"}}}})), "SELECT a FROM ds.q4", "p"},
	{job("query", sql("SELECT FORMAT('%T %s %T', @s.x, CAST(@r AS STRING), @l) AS a"), into("q5", object{"queryParameters": []any{
		object{"name": "s", "parameterType": object{"type": "STRUCT", "structTypes": []any{object{"name": "x", "type": object{"type": "INT64"}, "description": "an x"}}},
			"parameterValue": object{"structValues": object{"x": object{"value": "1"}}}},
		object{"name": "r", "parameterType": object{"type": "RANGE", "rangeElementType": object{"type": "DATE"}},
			"parameterValue": object{"rangeValue": object{"start": object{"value": "2026-11-03"}, "end": object{"value": "2026-11-04"}}}},
		object{"name": "l", "parameterType": object{"type": "ARRAY", "arrayType": object{"type": "INT64"}}, "parameterValue": object{"arrayValues": []any{object{"value": "7"}}}}}})),
		"SELECT a FROM ds.q5", `1 [2026-11-03, 2026-11-04) [7]`},
	{job("query", sql("SELECT SESSION_USER()"), object{"createSession": true}), ".statistics.sessionInfo.sessionId", "?"},
	{job("query", sql("SELECT 1"), object{"connectionProperties": []any{object{"key": "session_id", "value": "none"}}}), "", "!Invalid input session id"},
	{job("query", sql("SELECT 1"), object{"connectionProperties": []any{object{"key": "dataset_project_id", "value": "p"}}}), "", "!dataset_project_id"},
	{job("query", sql("SELECT STRING(TIMESTAMP '2024-07-01 12:00:00') AS a"), into("q6", object{"connectionProperties": []any{object{"key": "time_zone", "value": "Asia/Tokyo"}}})), "SELECT a FROM ds.q6", "2024-07-01 12:00:00+09"},
	{job("query", object{"query": "SELECT 1", "useLegacySql": true}), "", "!Legacy SQL"},
	{job("query", object{"query": "SELECT a FROM [ds.t]"}), "", "!Legacy SQL, which the table [ds.t] is of"},
	{job("query", sql("SELECT 1"), object{"parameterMode": "SOMEHOW"}), "", "!job.configuration.query.parameter_mode"},
	{object{"configuration": object{"query": sql("SELECT nope"), "dryRun": true}}, "", "!Unrecognized name: nope"},
	{object{"configuration": object{"query": sql("SELECT 1 AS one"), "labels": object{"a": "1"}}}, ".configuration.labels.a", "1"},
	{object{"configuration": object{"query": sql("SELECT 1"), "labels": object{"A": "1"}}}, "", `!Label key "A" has invalid characters.`},

	// Loads.
	{file("plain.csv", "l1", with(key, columns("a INTEGER", "b STRING"), object{"createDisposition": "CREATE_IF_NEEDED", "writeDisposition": "WRITE_EMPTY", "sourceFormat": "CSV",
		"clustering": object{"fields": []any{"a"}}, "destinationTableProperties": object{"description": "d", "friendlyName": "f", "labels": object{"a": "1"}}})),
		"SELECT option_value FROM ds.INFORMATION_SCHEMA.TABLE_OPTIONS WHERE table_name = 'l1' ORDER BY option_name", `"d" "f" [STRUCT("a", "1")]`},
	{file("plain.csv", "l2", with(columns("i INTEGER", "b STRING"), object{"rangePartitioning": object{"field": "i", "range": object{"start": "0", "end": "10", "interval": "1"}}})),
		"SELECT partition_id FROM ds.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'l2' ORDER BY 1", "1 2"},
	{file("head.csv", "l3", object{"autodetect": true, "timePartitioning": object{"type": "DAY"}}), "SELECT FORMAT('%T', (a, b)) FROM ds.l3", `(1, "x")`},
	{file("head.csv", "l4", with(columns("a INTEGER", "b STRING"), object{"sourceColumnMatch": "NAME", "skipLeadingRows": 1})), "SELECT FORMAT('%T', (a, b)) FROM ds.l4", `(1, "x")`},
	{file("odd.csv", "l5", with(columns("a INTEGER", "b STRING"), object{"skipLeadingRows": 1, "fieldDelimiter": "|", "quote": "\"", "allowQuotedNewlines": true, "nullMarker": "NA", "allowJaggedRows": true})),
		"SELECT FORMAT('%T', (a, b)) FROM ds.l5 ORDER BY a", `(1, "two\nlines") (2, NULL) (3, NULL)`},
	{file("latin.csv", "l6", with(columns("a INTEGER", "b STRING"), object{"encoding": "ISO-8859-1"})), "SELECT b FROM ds.l6", "é"},
	{file("bad.csv", "l7", with(columns("a INTEGER", "b STRING"), object{"maxBadRecords": 1})), "SELECT b FROM ds.l7", "x"},
	{file("wide.csv", "l8", with(columns("a INTEGER", "b STRING"), object{"ignoreUnknownValues": true})), "SELECT b FROM ds.l8", "x"},
	{file("markers.csv", "l9", with(columns("a INTEGER", "b STRING"), object{"nullMarkers": []any{"-", "?"}})), "SELECT COUNT(b) FROM ds.l9", "0"},
	{file("plain.json", "t", object{"sourceFormat": "NEWLINE_DELIMITED_JSON", "autodetect": true, "schemaUpdateOptions": []any{"ALLOW_FIELD_ADDITION"}}), "SELECT a FROM ds.t WHERE c", "1"},
	{file("plain.csv", "l1", object{"sourceFormat": "ORC"}), "", "!ORC"},
	{file("plain.csv", "l1", object{"encoding": "EBCDIC"}), "", "!EBCDIC"},
	{file("plain.csv", "l1", object{"quote": "''"}), "", "!Invalid value for quote"},
	{file("quotes.csv", "lq", with(columns("a INTEGER", "b STRING"), object{"quote": "'", "preserveAsciiControlCharacters": true})), "SELECT LENGTH(b) FROM ds.lq", "2"},

	// Extracts, each read again.
	{job("extract", object{"sourceTable": ref("l1"), "destinationUri": "gs://b/one.csv", "fieldDelimiter": ";", "printHeader": false, "compression": "NONE"}), "file one.csv", "1;x\n2;y\n"},
	{job("extract", object{"sourceTable": ref("times"), "destinationUris": []any{"gs://b/times.avro"}, "destinationFormat": "AVRO", "useAvroLogicalTypes": true}), "", ""},
	{file("times.avro", "l10", object{"sourceFormat": "AVRO", "useAvroLogicalTypes": true}), "SELECT FORMAT('%t', d) FROM ds.l10", "2026-11-03"},
	{job("extract", object{"sourceTable": ref("lists"), "destinationUri": "gs://b/lists.parquet", "destinationFormat": "PARQUET"}), "", ""},
	{file("lists.parquet", "l11", object{"sourceFormat": "PARQUET", "parquetOptions": object{"enableListInference": true}, "decimalTargetTypes": []any{"STRING"}}), "SELECT FORMAT('%T %T', l, n) FROM ds.l11", `[1, 2] "1.500000000"`},

	// Copies.
	{job("copy", key, into("c1", object{"sourceTable": ref("l1"), "operationType": "COPY", "createDisposition": "CREATE_IF_NEEDED", "writeDisposition": "WRITE_EMPTY"})), "SELECT COUNT(*) FROM ds.c1", "2"},
	{job("copy", into("c1", object{"sourceTables": []any{ref("l1"), ref("l1")}, "writeDisposition": "WRITE_APPEND"})), "SELECT COUNT(*) FROM ds.c1", "6"},
	{job("copy", into("c2", object{"sourceTable": ref("l1"), "operationType": "MOVE"})), "", "!MOVE"},

	// jobs.query.
	{with(key, sql("SELECT x FROM UNNEST([1, 2, 3]) AS x ORDER BY x"), object{"kind": "bigquery#queryRequest", "maxResults": 2, "timeoutMs": 60000, "jobTimeoutMs": "60000", "location": "EU",
		"labels": object{"a": "1"}, "jobCreationMode": "JOB_CREATION_OPTIONAL", "preserveNulls": true, "writeIncrementalResults": true, "useQueryCache": false, "requestId": "once",
		"defaultDataset": object{"datasetId": "ds"}, "queryResultsFormat": "STRUCT_ENCODING"}), ".jobReference.location", "EU"},
	{with(sql("SELECT @a"), object{"parameterMode": "NAMED", "queryParameters": []any{object{"name": "a", "parameterType": object{"type": "INT64"}, "parameterValue": object{"value": "9"}}}}), ".rows", "[map[f:[map[v:9]]]]"},
	{with(sql("SELECT TIMESTAMP '1970-01-01 00:00:01+00'"), object{"formatOptions": object{"useInt64Timestamp": true}}), ".rows", "[map[f:[map[v:1000000]]]]"},
	{with(sql("SELECT TIMESTAMP '1970-01-01 00:00:01+00'"), object{"formatOptions": object{"timestampOutputFormat": "INT64"}}), ".rows", "[map[f:[map[v:1000000]]]]"},
	{with(sql("SELECT a FROM ds.t"), object{"maximumBytesBilled": "1"}), "", "!bytes billed"},
	{with(sql("SELECT nope"), object{"dryRun": true}), "", "!Unrecognized name: nope"},
	{with(sql("SELECT 1"), object{"createSession": true}), ".sessionInfo.sessionId", "?"},
	{with(sql("SELECT 1"), object{"connectionProperties": []any{object{"key": "session_id", "value": "none"}}}), "", "!Invalid input session id"},
	{object{"query": "SELECT 1", "useLegacySql": true}, "", "!Legacy SQL"},
	{with(sql("SELECT 1"), object{"queryResultsFormat": "ARROW"}), "", "!ARROW"},
	{with(sql("SELECT 1"), object{"jobCreationMode": "NEVER"}), "", "!job_creation_mode"},
	{with(sql("SELECT 1"), object{"labels": object{"a": "B"}}), "", `!Label value "B" has invalid characters.`},
}

// elsewhere are fields whose effect another test sees.
var elsewhere = map[string]string{
	"TimePartitioning.expirationMs": "TestFieldsOfResources", "TimePartitioning.requirePartitionFilter": "TestFieldsOfResources",
	"JobConfiguration.jobTimeoutMs": "TestJobTimeout", "JobConfigurationQuery.useQueryCache": "TestQueryCache",
	"ParquetOptions.enumAsString": "TestParquetUpload", "ParquetOptions.mapTargetType": "TestParquetUpload",
}

// Each field of a job has its effect.
func TestFieldsOfJobs(t *testing.T) {
	folder := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Join(folder, "b"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "b", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e := startWith(t, bigquery.Options{Buckets: bucket.Folder(folder)})
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t AS SELECT 1 AS a; CREATE TABLE ds.times AS SELECT DATE '2026-11-03' AS d; CREATE TABLE ds.lists AS SELECT [1, 2] AS l, NUMERIC '1.5' AS n")
	doc := fieldstest.Load(t)
	s := &sent{doc: doc, seen: map[string]bool{}}
	for _, c := range fieldsOfJobs {
		got, failure := "", ""
		var answer object
		if c.body["query"] != nil {
			s.body("QueryRequest", doc.Schemas["QueryRequest"], c.body)
			_, answer = e.call(t, "POST", projectURL+"/queries", c.body)
			failure, _ = at(answer, "error", "message").(string)
		} else {
			s.body("Job", doc.Schemas["Job"], c.body)
			answer, failure = e.ended(t, c.body)
		}
		if want, fails := strings.CutPrefix(c.want, "!"); fails || failure != "" {
			if !fails || !strings.Contains(failure, want) || failure == "" {
				t.Errorf("%v: error %q, want %s", c.body, failure, c.want)
			}
			continue
		}
		switch name, isFile := strings.CutPrefix(c.see, "file "); {
		case isFile:
			data, err := os.ReadFile(filepath.Join(folder, "b", name))
			if err != nil {
				t.Error(err)
			}
			got = string(data)
		case strings.HasPrefix(c.see, "."):
			got = fmt.Sprint(at(answer, strings.Split(c.see[1:], ".")...))
		case c.see != "":
			for i, row := range e.query(t, c.see) {
				got += strings.Repeat(" ", min(i, 1)) + fmt.Sprint(row[0])
			}
		}
		if got != c.want && !(c.want == "?" && got != "" && got != "<nil>") {
			t.Errorf("%v: %s is %q, want %q", c.body, c.see, got, c.want)
		}
	}
	tests := testNames(t)
	for _, typ := range []string{"Job", "QueryRequest"} {
		for _, name := range s.missing(typ, doc.Schemas[typ], map[string]bool{"TableFieldSchema": true, "ConnectionProperty": false}) {
			if !tests[elsewhere[name]] {
				t.Errorf("no test sends %s", name)
			}
		}
	}
}

// ended runs a job and returns its resource, and the message of its failure.
func (e *emulator) ended(t *testing.T, body object) (answer object, failure string) {
	t.Helper()
	status, answer := e.call(t, "POST", projectURL+"/jobs", body)
	for patience := within(t, time.Minute); status == 200 && at(answer, "status", "state") != "DONE"; {
		if patience.Err() != nil {
			t.Fatalf("the job isn't done after %d minutes: %v", busy, answer)
		}
		status, answer = e.call(t, "GET", fmt.Sprintf("%s/jobs/%v?location=%v", projectURL, at(answer, "jobReference", "jobId"), at(answer, "jobReference", "location")), nil)
	}
	if status != 200 {
		return answer, fmt.Sprint(at(answer, "error", "message"))
	}
	failure, _ = at(answer, "status", "errorResult", "message").(string)
	return answer, failure
}

// testNames are the names of the tests of this folder.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	paths, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(data, -1) {
			names[string(m[1])] = true
		}
	}
	return names
}

// Parameters of the query string have their effect, and the ids and texts of resources their limits.
func TestParametersAndLimits(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t AS SELECT 1 AS a, 2 AS b; CREATE ROW ACCESS POLICY p1 ON ds.t GRANT TO ('allUsers') FILTER USING (TRUE); CREATE ROW ACCESS POLICY p2 ON ds.t GRANT TO ('allUsers') FILTER USING (TRUE)")
	long := strings.Repeat("x", 16385)
	for _, c := range []struct {
		method, path string
		body         any
		see          string
		want         string
	}{
		{"GET", "/datasets/ds?datasetView=METADATA", nil, "access", "<nil>"},
		{"GET", "/datasets/ds?fields=id,datasetReference/projectId", nil, "datasetReference", "map[projectId:" + project + "]"},
		{"GET", "/datasets/ds?fields=id", nil, "etag", "<nil>"},
		{"GET", "/datasets/ds?fields=id(", nil, "", "!fields"},
		{"GET", "/datasets/ds?datasetView=ACL", nil, "creationTime", "<nil>"},
		{"PATCH", "/datasets/ds?updateMode=UPDATE_METADATA", object{"description": "d", "access": []any{}}, "description", "d"},
		{"PATCH", "/datasets/ds?updateMode=UPDATE_ACL", object{"description": "other", "access": []any{object{"role": "READER", "domain": "b.c"}}}, "description", "d"},
		{"GET", "/datasets/ds", nil, "access", "[map[domain:b.c role:READER]]"},
		{"GET", "/datasets/ds/tables/t?view=BASIC", nil, "numRows", "<nil>"},
		{"GET", "/datasets/ds/tables/t?view=STORAGE_STATS", nil, "numRows", "1"},
		{"GET", "/datasets/ds/tables/t?selectedFields=b", nil, "schema", "[map[mode:NULLABLE name:b type:INTEGER]]"},
		{"GET", "/datasets/ds/tables/t/rowAccessPolicies?pageSize=1", nil, "nextPageToken", "?"},
		{"GET", "/datasets/ds/tables/t/rowAccessPolicies?maxResults=1", nil, "", `!Unknown name "maxResults": Cannot bind query parameter.`},
		{"GET", "/datasets/ds/tables/t?view=SOME", nil, "", "!view"},
		{"DELETE", "/datasets/ds?deleteContents=yes", nil, "", "!deleteContents"},
		{"PATCH", "/datasets/ds/tables/t?autodetect_schema=true", object{}, "", "!autodetect_schema"},
		{"PATCH", "/datasets/ds", object{"location": "EU"}, "", "!location"},
		{"PATCH", "/datasets/ds", object{"datasetReference": object{"datasetId": "other"}}, "", "!Value 'other' in content"},
		{"PATCH", "/datasets/ds/tables/t", object{"tableReference": object{"tableId": "other"}}, "", "!Value 'other' in content"},
		{"PATCH", "/datasets/ds", object{"etag": "mine", "creationTime": "1"}, "etag", "?"},

		{"POST", "/datasets", object{"datasetReference": object{"datasetId": "a-b"}}, "", "!Invalid dataset ID"},
		{"POST", "/datasets", object{"datasetReference": object{"datasetId": "x"}, "labels": object{"A": ""}}, "", `!Label key "A"`},
		{"POST", "/datasets", object{"datasetReference": object{"datasetId": "x"}, "description": long}, "", "!16385 characters"},
		{"POST", "/datasets", object{"datasetReference": object{"datasetId": "x"}, "defaultTableExpirationMs": "5"}, "", "!defaultTableExpirationMs"},
		{"POST", "/datasets", object{"datasetReference": object{"datasetId": "x"}, "maxTimeTravelHours": "50"}, "", "!maxTimeTravelHours"},
		{"POST", "/datasets", object{"datasetReference": object{"datasetId": "x"}, "defaultRoundingMode": "ROUND_HALF_EVEN"}, "", "!ROUND_HALF_EVEN"},
		{"POST", "/datasets/ds/tables", object{"tableReference": ref("a$b")}, "", "!Invalid table ID"},
		{"POST", "/datasets/ds/tables", with(object{"tableReference": ref("x")}, columns("_TABLE_x STRING")), "", "!Invalid field name"},
		{"POST", "/datasets/ds/tables", object{"tableReference": ref("x"), "labels": object{"a": "B"}}, "", `!Label value "B"`},
		{"POST", "/datasets/ds/tables", object{"tableReference": ref("x"), "description": long}, "", "!16385 characters"},
		{"POST", "/datasets/ds/tables", object{"tableReference": ref("x"), "schema": object{"fields": []any{column("a", "STRING", object{"description": long})}}}, "", "!the column a"},
		{"POST", "/datasets/ds/tables", object{"tableReference": ref("x"), "schema": object{"fields": []any{column("a", "NUMERIC", object{"roundingMode": "ROUND_HALF_EVEN"})}}}, "", "!ROUND_HALF_EVEN"},
		{"POST", "/datasets/ds/tables", with(object{"tableReference": ref("x"), "tableConstraints": object{"primaryKey": object{"columns": []any{"b"}}}}, columns("a STRING")), "", "!primary key"},
		{"POST", "/jobs", with(job("query", sql("SELECT 1")), object{"jobReference": object{"jobId": "a b"}}), "", "!Invalid job ID"},
		{"POST", "/datasets/ds/tables/t/insertAll", object{"rows": []any{object{"json": object{"a": 1}, "insertID2": "x"}}}, "", `!Unknown name "insertID2"`},
	} {
		status, answer := e.call(t, c.method, projectURL+c.path, c.body)
		if want, fails := strings.CutPrefix(c.want, "!"); fails || status != 200 {
			if message := fmt.Sprint(at(answer, "error", "message")); !fails || status != 400 || !strings.Contains(message, want) {
				t.Errorf("%s %s %.200v: %d %s, want %s", c.method, c.path, c.body, status, message, c.want)
			}
			continue
		}
		v := answer[c.see]
		if c.see == "schema" {
			v = at(v, "fields")
		}
		if got := fmt.Sprint(v); got != c.want && !(c.want == "?" && v != nil && v != "mine") {
			t.Errorf("%s %s: %s is %s, want %s", c.method, c.path, c.see, got, c.want)
		}
	}
	if status, answer := e.call(t, "GET", "/projects/My_Project/datasets", nil); status != 400 || !strings.Contains(fmt.Sprint(answer), "Invalid project ID 'My_Project'") {
		t.Errorf("a project of no project's name: %d %v", status, answer)
	}
}

// Tables expire as their dataset says. One with partitions has partitions that expire instead.
func TestExpirationsOfADataset(t *testing.T) {
	e := start(t)
	if status, answer := e.call(t, "POST", projectURL+"/datasets", object{"datasetReference": object{"datasetId": "short"}, "defaultPartitionExpirationMs": "86400000", "defaultTableExpirationMs": "7200000"}); status != 200 {
		t.Fatal(answer)
	}
	e.query(t, "CREATE TABLE short.p (d DATE) PARTITION BY d; CREATE TABLE short.t (d DATE)")
	for table, want := range map[string][2]string{"p": {"86400000", "<nil>"}, "t": {"<nil>", "set"}} {
		_, answer := e.call(t, "GET", projectURL+"/datasets/short/tables/"+table, nil)
		partitions, whole := fmt.Sprint(at(answer, "timePartitioning", "expirationMs")), fmt.Sprint(answer["expirationTime"])
		if partitions != want[0] || (whole != "<nil>") != (want[1] == "set") {
			t.Errorf("%s expires: partitions after %s, the table at %s, want %v", table, partitions, whole, want)
		}
	}
}

// A job is where it was said to run, and nowhere else.
func TestLocationOfAJob(t *testing.T) {
	e := start(t)
	_, failure := e.ended(t, with(job("query", sql("SELECT 1")), object{"jobReference": object{"jobId": "there", "location": "europe-west1"}}))
	if failure != "" {
		t.Error(failure)
	}
	for location, want := range map[string]int{"": 200, "europe-west1": 200, "US": 404} {
		if status, answer := e.call(t, "GET", projectURL+"/jobs/there?location="+location, nil); status != want {
			t.Errorf("the job in location %q: %d %v, want %d", location, status, answer, want)
		}
	}
}
