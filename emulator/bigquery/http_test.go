package bigquery_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	bq "cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
)

type object = map[string]any

// answered sends a request and returns the answer, its body read.
func answered(t *testing.T, client *http.Client, req *http.Request) (*http.Response, []byte) {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// call makes a plain HTTP request and decodes the answer.
func (e *emulator) call(t *testing.T, method, path string, body any, headers ...string) (int, object) {
	t.Helper()
	var data []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		data = b
	default:
		var err error
		if data, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+e.REST()+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, raw := answered(t, http.DefaultClient, req)
	var out object
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatalf("%s %s: %q: %v", method, path, raw, err)
		}
	}
	return resp.StatusCode, out
}

// at follows a path of names through an answer.
func at(v any, path ...string) any {
	for _, name := range path {
		m, _ := v.(object)
		v = m[name]
	}
	return v
}

// cells are the values of the first row of an answer.
func cells(answer object) []any {
	rows, _ := answer["rows"].([]any)
	if len(rows) == 0 {
		return nil
	}
	var out []any
	for _, c := range at(rows[0], "f").([]any) {
		out = append(out, at(c, "v"))
	}
	return out
}

const projectURL = "/bigquery/v2/projects/" + project

func TestBasePaths(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	for _, path := range []string{projectURL + "/datasets/ds", "/projects/" + project + "/datasets/ds"} {
		if status, body := e.call(t, "GET", path, nil); status != 200 || body["id"] != project+":ds" {
			t.Errorf("GET %s = %d %v", path, status, body)
		}
	}
	status, body := e.call(t, "GET", "/bigquery/v2/nothing", nil)
	if status != 404 || at(body, "error", "status") != "NOT_FOUND" {
		t.Errorf("unknown path: %d %v", status, body)
	}
}

func TestErrorBody(t *testing.T) {
	e := start(t)
	_, got := e.call(t, "GET", projectURL+"/datasets/gone", nil)
	message := "Not found: Dataset " + project + ":gone was not found in location US"
	want := object{"error": object{
		"code": 404.0, "message": message, "status": "NOT_FOUND",
		"errors": []any{object{"domain": "global", "reason": "notFound", "message": message}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	for _, body := range []string{`{"datasetReference":`, `[1]`, `{"datasetReference": 5}`, `{}`} {
		if status, got := e.call(t, "POST", projectURL+"/datasets", []byte(body)); status != 400 {
			t.Errorf("POST %s = %d %v, want 400", body, status, got)
		}
	}
}

func TestQueryRequestIsIdempotent(t *testing.T) {
	e := start(t)
	e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	request := object{"query": "INSERT INTO ds.t (id) VALUES (1)", "useLegacySql": false, "requestId": "r1"}
	var ids []any
	for range 3 {
		status, body := e.call(t, "POST", projectURL+"/queries", request)
		if status != 200 || body["numDmlAffectedRows"] != "1" {
			t.Fatalf("jobs.query = %d %v", status, body)
		}
		ids = append(ids, at(body, "jobReference", "jobId"))
	}
	if ids[0] != ids[1] || ids[1] != ids[2] {
		t.Errorf("job ids of one request: %v", ids)
	}
	if got := e.query(t, "SELECT COUNT(*) FROM ds.t"); got[0][0] != int64(1) {
		t.Errorf("%v rows, want 1", got[0][0])
	}
}

func TestQueryTimeout(t *testing.T) {
	e := start(t)
	status, body := e.call(t, "POST", projectURL+"/queries", object{"query": endless, "useLegacySql": false, "timeoutMs": "50"})
	if status != 200 || body["jobComplete"] != false || body["rows"] != nil {
		t.Fatalf("jobs.query = %d %v, want a job that is not complete", status, body)
	}
	id := at(body, "jobReference", "jobId").(string)
	status, body = e.call(t, "GET", projectURL+"/queries/"+id+"?timeoutMs=20", nil)
	if status != 200 || body["jobComplete"] != false {
		t.Errorf("getQueryResults = %d %v, want a job that is not complete", status, body)
	}
	status, body = e.call(t, "DELETE", projectURL+"/jobs/"+id+"/delete", nil)
	if status != 400 {
		t.Errorf("delete of a running job = %d %v, want 400", status, body)
	}
	if status, _ = e.call(t, "POST", projectURL+"/jobs/"+id+"/cancel", nil); status != 200 {
		t.Errorf("cancel = %d", status)
	}
	status, body = e.call(t, "GET", projectURL+"/queries/"+id, nil)
	if status != 400 || at(body, "error", "errors").([]any)[0].(object)["reason"] != "stopped" {
		t.Errorf("results of a cancelled job = %d %v", status, body)
	}
}

func TestTimestampFormats(t *testing.T) {
	e := start(t)
	request := object{"query": "SELECT TIMESTAMP '2026-11-03 08:00:00.25+00'", "useLegacySql": false}
	_, body := e.call(t, "POST", projectURL+"/queries", request)
	if got := cells(body); got[0] != "1.79369280025E9" {
		t.Errorf("seconds: %v", got)
	}
	id := at(body, "jobReference", "jobId").(string)
	request["formatOptions"] = object{"useInt64Timestamp": true}
	_, body = e.call(t, "POST", projectURL+"/queries", request)
	if got := cells(body); got[0] != "1793692800250000" {
		t.Errorf("microseconds: %v", got)
	}
	_, body = e.call(t, "GET", projectURL+"/queries/"+id+"?formatOptions.useInt64Timestamp=true", nil)
	if got := cells(body); got[0] != "1793692800250000" {
		t.Errorf("microseconds of results: %v", got)
	}
	status, _ := e.call(t, "GET", projectURL+"/queries/"+id+"?formatOptions.timestampOutputFormat=ISO8601_STRING", nil)
	if status != 400 {
		t.Errorf("an unknown format: %d, want 400", status)
	}
}

func TestGzipBody(t *testing.T) {
	e := start(t)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(`{"query": "SELECT 5", "useLegacySql": false}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, body := e.call(t, "POST", projectURL+"/queries", b.Bytes(), "Content-Encoding", "gzip")
	if got := cells(body); len(got) != 1 || got[0] != "5" {
		t.Errorf("answer %v", body)
	}
	status, _ := e.call(t, "POST", projectURL+"/queries", []byte("{}"), "Content-Encoding", "gzip")
	if status != 400 {
		t.Errorf("a body that is no gzip: %d, want 400", status)
	}
}

func TestDuplicateJob(t *testing.T) {
	e := start(t)
	job := object{
		"jobReference":  object{"jobId": "one"},
		"configuration": object{"query": object{"query": "SELECT 1", "useLegacySql": false}},
	}
	if status, body := e.call(t, "POST", projectURL+"/jobs", job); status != 200 || at(body, "statistics", "query", "statementType") != "SELECT" {
		t.Errorf("jobs.insert = %d %v", status, body)
	}
	status, body := e.call(t, "POST", projectURL+"/jobs", job)
	if status != 409 || at(body, "error", "errors").([]any)[0].(object)["reason"] != "duplicate" {
		t.Errorf("second jobs.insert = %d %v", status, body)
	}
	for name, config := range map[string]any{
		"none": nil, "empty": object{}, "two": object{"query": object{"query": "SELECT 1"}, "copy": object{}},
		"dry load": object{"dryRun": true, "load": object{}},
	} {
		if status, _ := e.call(t, "POST", projectURL+"/jobs", object{"configuration": config}); status != 400 {
			t.Errorf("configuration %s: %d, want 400", name, status)
		}
	}
}

// TestReplaceTable does what Terraform does: read, PUT, and read again.
func TestReplaceTable(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	url := projectURL + "/datasets/ds/tables"
	fields := []any{object{"name": "at", "type": "TIMESTAMP", "mode": "REQUIRED"}, object{"name": "id", "type": "STRING", "mode": "NULLABLE"}}
	table := object{
		"tableReference": object{"projectId": project, "datasetId": "ds", "tableId": "t"},
		"schema":         object{"fields": fields}, "description": "one", "labels": object{"a": "b"}, "requirePartitionFilter": true,
		"timePartitioning": object{"type": "DAY", "field": "at", "expirationMs": "86400000"}, "clustering": object{"fields": []any{"id"}},
	}
	if status, body := e.call(t, "POST", url, table); status != 200 {
		t.Fatalf("insert = %d %v", status, body)
	}
	table["description"] = "two"
	delete(table, "labels")
	if status, body := e.call(t, "PUT", url+"/t", table); status != 200 {
		t.Fatalf("update = %d %v", status, body)
	}
	_, got := e.call(t, "GET", url+"/t", nil)
	for _, name := range []string{"schema", "description", "requirePartitionFilter", "timePartitioning", "clustering", "labels", "tableReference"} {
		if diff := cmp.Diff(table[name], got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range []string{"etag", "selfLink", "id", "creationTime", "lastModifiedTime", "numRows", "numBytes", "location"} {
		if got[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if got["type"] != "TABLE" {
		t.Errorf("type %v", got["type"])
	}
}

func TestSelectedFields(t *testing.T) {
	e := start(t)
	table := e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	if err := table.Inserter().Put(t.Context(), &visitor{ID: 1, Name: bq.NullString{StringVal: "x", Valid: true}}); err != nil {
		t.Fatal(err)
	}
	_, body := e.call(t, "GET", projectURL+"/datasets/ds/tables/t/data?selectedFields=NAME", nil)
	if diff := cmp.Diff([]any{"x"}, cells(body)); diff != "" || body["totalRows"] != "1" {
		t.Errorf("%v (-want +got):\n%s", body, diff)
	}
	for _, query := range []string{"selectedFields=nope", "pageToken=bad", "maxResults=-1", "startIndex=x"} {
		if status, _ := e.call(t, "GET", projectURL+"/datasets/ds/tables/t/data?"+query, nil); status != 400 {
			t.Errorf("%s: %d, want 400", query, status)
		}
	}
}

// TestDiscovery checks that the document describes what is served.
func TestDiscovery(t *testing.T) {
	e := start(t)
	for _, path := range []string{"/$discovery/rest?version=v2", "/discovery/v1/apis/bigquery/v2/rest"} {
		status, doc := e.call(t, "GET", path, nil)
		if status != 200 || doc["name"] != "bigquery" || doc["rootUrl"] != "http://"+e.REST()+"/" {
			t.Fatalf("%s: %d %v", path, status, doc["rootUrl"])
		}
		methods := at(doc, "resources", "jobs", "methods").(object)
		insert := methods["insert"].(object)
		if insert["path"] != "projects/{+projectId}/jobs" || insert["supportsMediaUpload"] != true {
			t.Errorf("jobs.insert: %v", insert)
		}
		if undelete := at(doc, "resources", "datasets", "methods", "undelete").(object); undelete["path"] != "projects/{+projectId}/datasets/{+datasetId}:undelete" {
			t.Errorf("datasets.undelete: %v", undelete)
		}
		for resource, r := range doc["resources"].(object) {
			for name, m := range at(r, "methods").(object) {
				url := "/bigquery/v2/" + strings.NewReplacer("{+projectId}", project, "{+datasetId}", "d", "{+tableId}", "t", "{+jobId}", "j").Replace(at(m, "path").(string))
				_, body := e.call(t, at(m, "httpMethod").(string), url, nil)
				if msg, _ := at(body, "error", "message").(string); strings.Contains(msg, "does not serve") {
					t.Errorf("%s.%s is described but not served: %s", resource, name, msg)
				}
			}
		}
	}
}

func TestProjectsAndPolicies(t *testing.T) {
	e := start(t)
	e.table(t, e.dataset(t, "ds"), "t", nameSchema)
	_, body := e.call(t, "GET", "/bigquery/v2/projects", nil)
	if list, _ := body["projects"].([]any); len(list) != 1 || at(list[0], "id") != project {
		t.Errorf("projects: %v", body)
	}
	if status, body := e.call(t, "GET", projectURL+"/serviceAccount", nil); status != 200 || body["email"] == nil {
		t.Errorf("service account: %d %v", status, body)
	}
	url := projectURL + "/datasets/ds/tables/t"
	if status, body := e.call(t, "POST", url+":getIamPolicy", object{}); status != 200 || body["etag"] == nil {
		t.Errorf("getIamPolicy: %d %v", status, body)
	}
	_, body = e.call(t, "POST", url+":testIamPermissions", object{"permissions": []string{"bigquery.tables.get"}})
	if diff := cmp.Diff([]any{"bigquery.tables.get"}, body["permissions"]); diff != "" {
		t.Errorf("testIamPermissions (-want +got):\n%s", diff)
	}
	for method, url := range map[string]string{
		"setIamPolicy": url + ":setIamPolicy", "datasets.undelete": projectURL + "/datasets/ds:undelete",
	} {
		if status, body := e.call(t, "POST", url, object{}); status != 501 || !strings.Contains(at(body, "error", "message").(string), method) {
			t.Errorf("%s: %d %v, want 501 that names it", method, status, body)
		}
	}
}

// TestResultsFormat has what Java's client sends with every query, and what isn't there.
func TestResultsFormat(t *testing.T) {
	e := start(t)
	for format, want := range map[string]int{"STRUCT_ENCODING": http.StatusOK, "QUERY_RESULTS_FORMAT_UNSPECIFIED": http.StatusOK, "ARROW": http.StatusBadRequest} {
		code, answer := e.call(t, "POST", "/bigquery/v2/projects/p/queries", object{"query": "SELECT 1", "useLegacySql": false, "queryResultsFormat": format})
		if code != want {
			t.Errorf("%s: status %d, %v, want %d", format, code, answer, want)
		}
	}
}
