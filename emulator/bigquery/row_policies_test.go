package bigquery_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// seenBy are the ids that a caller sees in ds.orders.
func (e *emulator) seenBy(t *testing.T, caller string) string {
	t.Helper()
	status, out := e.call(t, "POST", "/bigquery/v2/projects/"+project+"/queries",
		object{"query": "SELECT STRING_AGG(CAST(id AS STRING) ORDER BY id) FROM ds.orders", "useLegacySql": false}, "X-Emulator-Caller", caller)
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, out)
	}
	row := out["rows"].([]any)[0].(object)
	return fmt.Sprint(row["f"].([]any)[0].(object)["v"])
}

// Row access policies by the REST API: each caller sees the rows of the policies that are
// granted to it, and the policies come and go.
func TestRowPolicies(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.orders AS SELECT 1 AS id, 'US' AS country UNION ALL SELECT 2, 'EU' UNION ALL SELECT 3, 'JP'")
	const base = "/bigquery/v2/projects/" + project + "/datasets/ds/tables/orders"
	const policies = base + "/rowAccessPolicies"
	policy := func(id, filter, grantee string) object {
		ref := object{"projectId": project, "datasetId": "ds", "tableId": "orders", "policyId": id}
		return object{"rowAccessPolicyReference": ref, "filterPredicate": filter, "grantees": []string{grantee}}
	}
	want := func(status, wanted int, out object) {
		t.Helper()
		if status != wanted {
			t.Fatalf("status %d, want %d: %v", status, wanted, out)
		}
	}
	all := "1,2,3"
	for _, caller := range []string{"", "user:ann@x.org"} {
		if got := e.seenBy(t, caller); got != all {
			t.Errorf("%q sees %s of a table without policies", caller, got)
		}
	}
	status, out := e.call(t, "POST", policies, policy("us", "country = 'US'", "user:ann@x.org"))
	want(status, http.StatusOK, out)
	status, out = e.call(t, "POST", policies, policy("us", "TRUE", "allUsers"))
	want(status, http.StatusConflict, out)
	status, out = e.call(t, "POST", policies, policy("jp", "country = 'JP'", "domain:x.org"))
	want(status, http.StatusOK, out)
	for caller, seen := range map[string]string{"": "<nil>", "user:ann@x.org": "1,3", "user:bob@x.org": "3", "serviceAccount:s@y.org": "<nil>"} {
		if got := e.seenBy(t, caller); got != seen {
			t.Errorf("%q sees %s, want %s", caller, got, seen)
		}
	}
	status, out = e.call(t, "PUT", policies+"/us", policy("us", "id < 3", "allAuthenticatedUsers"))
	want(status, http.StatusOK, out)
	if got := e.seenBy(t, "user:z@z.z"); got != "1,2" {
		t.Errorf("a changed policy shows %s", got)
	}
	status, out = e.call(t, "GET", policies, nil)
	want(status, http.StatusOK, out)
	if list := out["rowAccessPolicies"].([]any); len(list) != 2 || list[0].(object)["filterPredicate"] != "country = 'JP'" {
		t.Errorf("the policies are %v", list)
	}
	status, out = e.call(t, "POST", policies+"/us:getIamPolicy", object{})
	want(status, http.StatusOK, out)
	if text := fmt.Sprint(out["bindings"]); !strings.Contains(text, "allAuthenticatedUsers") {
		t.Errorf("the policy is granted to %s", text)
	}
	status, out = e.call(t, "GET", base+"/data", nil)
	want(status, http.StatusForbidden, out)
	status, out = e.call(t, "POST", policies, policy("everything", " (true) ", "user:admin@z.z"))
	want(status, http.StatusOK, out)
	status, out = e.call(t, "GET", base+"/data", nil, "X-Emulator-Caller", "user:admin@z.z")
	want(status, http.StatusOK, out)
	status, out = e.call(t, "DELETE", policies+"/everything", nil)
	want(status, http.StatusNoContent, out)
	status, out = e.call(t, "GET", policies+"/none", nil)
	want(status, http.StatusNotFound, out)
	for _, bad := range []object{policy("x", "id", "allUsers"), policy("x", "nothing = 1", "allUsers"), policy("x", "TRUE", "group:g@x.org"), policy("a-b", "TRUE", "allUsers")} {
		status, out = e.call(t, "POST", policies, bad)
		want(status, http.StatusBadRequest, out)
	}
	status, out = e.call(t, "DELETE", policies+"/jp", nil)
	want(status, http.StatusNoContent, out)
	status, out = e.call(t, "DELETE", policies+"/us", nil)
	want(status, http.StatusBadRequest, out)
	status, out = e.call(t, "POST", policies+":batchDelete", object{"policyIds": []string{"us"}, "force": true})
	want(status, http.StatusNoContent, out)
	if got := e.seenBy(t, ""); got != all {
		t.Errorf("without policies %s are seen", got)
	}
}
