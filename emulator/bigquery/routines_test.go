package bigquery_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/iterator"

	"github.com/tallystream/tallystream/emulator/bigquery"
)

// fromN is a table function of a number.
var fromN = bq.RoutineMetadata{
	Type: bq.TableValuedFunctionRoutine, Language: "SQL", Description: "numbers from n",
	Arguments: []*bq.RoutineArgument{{Name: "n", DataType: &bq.StandardSQLDataType{TypeKind: "INT64"}}},
	Body:      "SELECT v FROM UNNEST([1, 2, 3]) AS v WHERE v >= n",
}

func TestRoutines(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	d := e.dataset(t, "ds")
	r := d.Routine("from_n")
	_, err := r.Metadata(ctx)
	wantAPIError(t, err, http.StatusNotFound, "notFound")
	wantMessage(t, err, "Not found: Routine test-project:ds.from_n")
	if got := routineIDs(t, d); len(got) != 0 {
		t.Errorf("a new dataset has the routines %v", got)
	}
	if err := r.Create(ctx, &fromN); err != nil {
		t.Fatal(err)
	}
	err = r.Create(ctx, &fromN)
	wantAPIError(t, err, http.StatusConflict, "duplicate")
	wantMessage(t, err, "Already Exists: Routine test-project:ds.from_n")
	md, err := r.Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := fromN
	want.ETag, want.CreationTime, want.LastModifiedTime = md.ETag, md.CreationTime, md.LastModifiedTime
	if diff := cmp.Diff(&want, md); diff != "" || md.ETag == "" || md.CreationTime.IsZero() || md.LastModifiedTime.IsZero() {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	q := e.client.Query("SELECT v FROM ds.from_n(@n) ORDER BY v")
	q.Parameters = []bq.QueryParameter{{Name: "n", Value: 2}}
	it, err := q.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(2)}, {int64(3)}}, rows(t, it)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}

	e.updateRoutine(t, r, md)
	if diff := cmp.Diff([]string{"from_n"}, routineIDs(t, d)); diff != "" {
		t.Errorf("routines (-want +got):\n%s", diff)
	}
	wantAPIError(t, d.Delete(ctx), http.StatusBadRequest, "resourceInUse")
	if err := r.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	wantAPIError(t, r.Delete(ctx), http.StatusNotFound, "notFound")
	if err := d.Delete(ctx); err != nil {
		t.Error(err)
	}
	wantAPIError(t, r.Create(ctx, &fromN), http.StatusNotFound, "notFound")
}

// updateRoutine replaces the body of ds.from_n, once: the ETag of md is that of the old one.
func (e *emulator) updateRoutine(t *testing.T, r *bq.Routine, md *bq.RoutineMetadata) {
	t.Helper()
	change := &bq.RoutineMetadataToUpdate{
		Type: fromN.Type, Language: "SQL", Description: "changed", Arguments: fromN.Arguments, Body: "SELECT n * 10 AS v",
		ReturnTableType: &bq.StandardSQLTableType{Columns: []*bq.StandardSQLField{{Name: "v", Type: &bq.StandardSQLDataType{TypeKind: "FLOAT64"}}}},
	}
	changed, err := r.Update(t.Context(), change, md.ETag)
	if err != nil {
		t.Fatal(err)
	}
	if changed.Description != "changed" || changed.ETag == md.ETag || !changed.CreationTime.Equal(md.CreationTime) || len(changed.ReturnTableType.Columns) != 1 {
		t.Errorf("changed to %+v", changed)
	}
	_, err = r.Update(t.Context(), change, md.ETag)
	wantAPIError(t, err, http.StatusPreconditionFailed, "conditionNotMet")
	if diff := cmp.Diff([][]bq.Value{{20.0}}, e.query(t, "SELECT v FROM ds.from_n(2)")); diff != "" {
		t.Errorf("rows of the changed function (-want +got):\n%s", diff)
	}
}

func TestScalarFunction(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	r := e.dataset(t, "ds").Routine("half")
	number := &bq.StandardSQLDataType{TypeKind: "INT64"}
	half := bq.RoutineMetadata{
		Type: bq.ScalarFunctionRoutine, Language: "SQL", Body: "n / 2", Arguments: []*bq.RoutineArgument{{Name: "n", DataType: number}},
	}
	if err := r.Create(ctx, &half); err != nil {
		t.Fatal(err)
	}
	const query = "SELECT ds.half(n) FROM UNNEST([1, 4]) AS n ORDER BY 1"
	if diff := cmp.Diff([][]bq.Value{{0.5}, {2.0}}, e.query(t, query)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	change := &bq.RoutineMetadataToUpdate{Type: half.Type, Language: "SQL", Body: "DIV(n, 2)", Arguments: half.Arguments, ReturnType: number}
	if _, err := r.Update(ctx, change, ""); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(0)}, {int64(2)}}, e.query(t, query)); diff != "" {
		t.Errorf("values of the changed function (-want +got):\n%s", diff)
	}
	replacement := object{"routineType": "SCALAR_FUNCTION", "definitionBody": "n + 1", "arguments": []any{object{"name": "n", "dataType": object{"typeKind": "INT64"}}}, "returnType": object{"typeKind": "INT64"}}
	if code, body := e.call(t, "PUT", projectURL+"/datasets/ds/routines/half", replacement); code != http.StatusOK || at(body, "routineReference", "routineId") != "half" {
		t.Errorf("a replacement without its reference: %d %v", code, body)
	}
	if code, body := e.call(t, "POST", projectURL+"/datasets/ds/routines/half:testIamPermissions", object{"permissions": []any{"bigquery.routines.get"}}); code != http.StatusOK || body["permissions"] == nil {
		t.Errorf("testIamPermissions: %d %v", code, body)
	}
	if code, _ := e.call(t, "POST", projectURL+"/datasets/ds/routines/none:getIamPolicy", nil); code != http.StatusNotFound {
		t.Errorf("the policy of no routine: %d", code)
	}
	md, err := r.Metadata(ctx)
	if err != nil || md.ReturnType == nil || md.ReturnType.TypeKind != "INT64" || md.Type != bq.ScalarFunctionRoutine {
		t.Errorf("metadata %+v, %v", md, err)
	}
}

func TestProcedure(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	r := e.dataset(t, "ds").Routine("twice")
	number := &bq.StandardSQLDataType{TypeKind: "INT64"}
	twice := bq.RoutineMetadata{
		Type: bq.ProcedureRoutine, Language: "SQL", Body: "BEGIN SET y = x * 2; END",
		Arguments: []*bq.RoutineArgument{{Name: "x", DataType: number}, {Name: "y", Mode: "OUT", DataType: number}},
	}
	broken := twice
	broken.Body = "BEGIN SET y = "
	err := r.Create(ctx, &broken)
	wantAPIError(t, err, http.StatusBadRequest, "invalidQuery")
	if err := r.Create(ctx, &twice); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]bq.Value{{int64(8)}}, e.query(t, "DECLARE y INT64; CALL ds.twice(4, y); SELECT y")); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	md, err := r.Metadata(ctx)
	if err != nil || md.Arguments[1].Mode != "OUT" || md.Body != twice.Body {
		t.Errorf("metadata %+v, %v", md, err)
	}
}

// wantMessage checks what an error says.
func wantMessage(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func routineIDs(t *testing.T, d *bq.Dataset) []string {
	t.Helper()
	var ids []string
	it := d.Routines(t.Context())
	for {
		r, err := it.Next()
		if errors.Is(err, iterator.Done) {
			return ids
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.RoutineID)
	}
}

// What isn't honoured of a routine is refused by its name.
func TestRoutineFields(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	number := object{"typeKind": "INT64"}
	for _, test := range []struct {
		field string
		value any
		want  string
	}{
		{"importedLibraries", []any{"gs://x/y.js"}, "importedLibraries"},
		{"dataGovernanceType", "DATA_MASKING", "dataGovernanceType"},
		{"determinismLevel", "DETERMINISTIC", "determinismLevel"},
		{"remoteFunctionOptions", object{"endpoint": "x"}, "remoteFunctionOptions"},
		{"sparkOptions", object{"mainFileUri": "x"}, "sparkOptions"},
		{"securityMode", "DEFINER", "securityMode"},
		{"strictMode", true, "strictMode"},
		{"language", "JAVASCRIPT", "the language JAVASCRIPT"},
		{"routineType", "AGGREGATE_FUNCTION", "is an expression, not a query"},
		{"routineType", "BUILTIN", "routineType BUILTIN"},
		{"routineType", nil, "Required parameter is missing: routineType"},
		{"definitionBody", nil, "Required parameter is missing: definitionBody"},
		{"definitionBody", "SELECT nope AS x", "Unrecognized name: nope"},
		{"definitionBody", "SELECT 1 AS x) AS y", "Syntax error"},
		{"arguments", []any{object{"name": "a", "argumentKind": "ANY_TYPE"}}, "argumentKind ANY_TYPE"},
		{"arguments", []any{object{"name": "a", "mode": "OUT", "dataType": number}}, "mode"},
		{"arguments", []any{object{"name": "a", "dataType": object{"typeKind": "RANGE"}}}, "RANGE"},
		{"arguments", []any{object{"name": "a"}}, "argument a: The type is missing"},
		{"arguments", []any{object{"dataType": number}}, "arguments.name"},
		{"returnType", number, "returnType"},
		{"routineReference", object{"routineId": "a-b"}, `Invalid routine ID "a-b"`},
		{"routineReference", object{"routineId": "f", "datasetId": "other"}, "Value 'other' in content"},
		{"routineReference", nil, "routineReference.routineId"},
		{"routineReference", object{"routineId": "f", "projectId": "other"}, "Value 'other' in content"},
	} {
		body := object{
			"routineReference": object{"routineId": "f"}, "routineType": "TABLE_VALUED_FUNCTION", "language": "SQL", "definitionBody": "SELECT 1 AS x",
		}
		if body[test.field] = test.value; test.value == nil {
			delete(body, test.field)
		}
		code, answer := e.call(t, "POST", projectURL+"/datasets/ds/routines", body)
		fault, _ := answer["error"].(map[string]any)
		message, _ := fault["message"].(string)
		if code != http.StatusBadRequest || !strings.Contains(message, test.want) {
			t.Errorf("%s %v: %d %q, want %q", test.field, test.value, code, message, test.want)
		}
	}
	if ids := routineIDs(t, e.client.Dataset("ds")); len(ids) != 0 {
		t.Errorf("refused routines are there: %v", ids)
	}
}

// The list of routines can be filtered, tells what it is asked for, and comes in pages.
func TestRoutineList(t *testing.T) {
	e := start(t)
	d := e.dataset(t, "ds")
	for _, id := range []string{"b", "a", "c"} {
		if err := d.Routine(id).Create(t.Context(), &fromN); err != nil {
			t.Fatal(err)
		}
	}
	list := func(query string) []any {
		t.Helper()
		code, body := e.call(t, "GET", projectURL+"/datasets/ds/routines"+query, nil)
		if code != http.StatusOK {
			t.Fatalf("%s: %d %v", query, code, body)
		}
		routines, _ := body["routines"].([]any)
		return routines
	}
	first := list("")[0].(map[string]any)
	if ref := first["routineReference"].(map[string]any); ref["routineId"] != "a" || first["routineType"] != "TABLE_VALUED_FUNCTION" || first["etag"] == nil || first["definitionBody"] != nil {
		t.Errorf("the first is %v", first)
	}
	if only := list("?readMask=definitionBody")[0].(map[string]any); only["definitionBody"] != fromN.Body || only["etag"] != nil {
		t.Errorf("with a readMask it is %v", only)
	}
	if n := len(list("?filter=routineType:SCALAR_FUNCTION")); n != 0 {
		t.Errorf("%d scalar functions", n)
	}
	if n := len(list("?maxResults=2")); n != 2 {
		t.Errorf("a page of 2 has %d", n)
	}
	code, _ := e.call(t, "GET", projectURL+"/datasets/ds/routines?filter=colour:red", nil)
	if code != http.StatusBadRequest {
		t.Errorf("an unknown filter: %d", code)
	}
}

// A job says which routine it creates, and which it calls; both survive a restart.
func TestRoutinesOfJobs(t *testing.T) {
	dir := t.TempDir()
	first := startWith(t, bigquery.Options{Dir: dir})
	first.dataset(t, "ds")
	job, err := first.client.Query("CREATE TABLE FUNCTION ds.twice(n INT64) AS (SELECT n * 2 AS v)").Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	status, err := job.Wait(t.Context())
	if err != nil || status.Err() != nil {
		t.Fatal(err, status.Err())
	}
	stats := status.Statistics.Details.(*bq.QueryStatistics)
	if stats.StatementType != "CREATE_TABLE_FUNCTION" || stats.DDLOperationPerformed != "CREATE" || stats.DDLTargetRoutine == nil || stats.DDLTargetRoutine.RoutineID != "twice" {
		t.Errorf("statistics %+v", stats)
	}
	if err := first.Server.Close(); err != nil {
		t.Fatal(err)
	}

	second := startWith(t, bigquery.Options{Dir: dir})
	if diff := cmp.Diff([][]bq.Value{{int64(4)}}, second.query(t, "SELECT v FROM ds.twice(2)")); diff != "" {
		t.Errorf("rows after the restart (-want +got):\n%s", diff)
	}
	md, err := second.client.Dataset("ds").Routine("twice").Metadata(t.Context())
	if err != nil || md.Body != "SELECT n * 2 AS v" || md.Arguments[0].DataType.TypeKind != "INT64" {
		t.Errorf("metadata after the restart: %+v, %v", md, err)
	}
	code, body := second.call(t, "POST", projectURL+"/jobs", object{"configuration": object{"query": object{"query": "SELECT v FROM ds.twice(2)", "useLegacySql": false}}})
	if code != http.StatusOK {
		t.Fatal(code, body)
	}
	id := body["jobReference"].(map[string]any)["jobId"].(string)
	if _, body = second.call(t, "GET", projectURL+"/queries/"+id, nil); body["jobComplete"] != true {
		t.Fatal(body)
	}
	_, body = second.call(t, "GET", projectURL+"/jobs/"+id, nil)
	called := body["statistics"].(map[string]any)["query"].(map[string]any)["referencedRoutines"]
	if diff := cmp.Diff([]any{map[string]any{"projectId": project, "datasetId": "ds", "routineId": "twice"}}, called); diff != "" {
		t.Errorf("referenced routines (-want +got):\n%s", diff)
	}
}

// A routine may be authorized to read a dataset, as a view may.
func TestAuthorizedRoutine(t *testing.T) {
	e := start(t)
	ctx := within(t, 20*time.Second)
	d, other := e.dataset(t, "ds"), e.dataset(t, "other")
	r := d.Routine("from_n")
	if err := r.Create(ctx, &fromN); err != nil {
		t.Fatal(err)
	}
	md, err := other.Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	entries := append(md.Access, &bq.AccessEntry{EntityType: bq.RoutineEntity, Routine: r})
	if _, err := other.Update(ctx, bq.DatasetMetadataToUpdate{Access: entries}, md.ETag); err != nil {
		t.Fatal(err)
	}
	if md, err = other.Metadata(ctx); err != nil {
		t.Fatal(err)
	}
	last := md.Access[len(md.Access)-1]
	if len(md.Access) != len(entries) || last.EntityType != bq.RoutineEntity || last.Routine.RoutineID != "from_n" || last.Routine.DatasetID != "ds" {
		t.Errorf("access entries end with %+v", last)
	}
}
