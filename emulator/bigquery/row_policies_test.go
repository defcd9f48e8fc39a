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
	call := func(wanted int, method, url string, body any, header ...string) object {
		t.Helper()
		status, out := e.call(t, method, url, body, header...)
		if status != wanted {
			t.Fatalf("status %d, want %d: %v", status, wanted, out)
		}
		return out
	}
	all := "1,2,3"
	for _, caller := range []string{"", "user:ann@x.org"} {
		if got := e.seenBy(t, caller); got != all {
			t.Errorf("%q sees %s of a table without policies", caller, got)
		}
	}
	call(http.StatusOK, "POST", policies, policy("us", "country = 'US'", "user:ann@x.org"))
	call(http.StatusConflict, "POST", policies, policy("us", "TRUE", "allUsers"))
	call(http.StatusOK, "POST", policies, policy("jp", "country = 'JP'", "domain:x.org"))
	for caller, seen := range map[string]string{"": "<nil>", "user:ann@x.org": "1,3", "user:bob@x.org": "3", "serviceAccount:s@y.org": "<nil>"} {
		if got := e.seenBy(t, caller); got != seen {
			t.Errorf("%q sees %s, want %s", caller, got, seen)
		}
	}
	call(http.StatusOK, "PUT", policies+"/us", policy("us", "id < 3", "allAuthenticatedUsers"))
	if got := e.seenBy(t, "user:z@z.z"); got != "1,2" {
		t.Errorf("a changed policy shows %s", got)
	}
	out := call(http.StatusOK, "GET", policies, nil)
	if list := out["rowAccessPolicies"].([]any); len(list) != 2 || list[0].(object)["filterPredicate"] != "country = 'JP'" {
		t.Errorf("the policies are %v", list)
	}
	out = call(http.StatusOK, "POST", policies+"/us:getIamPolicy", object{})
	if text := fmt.Sprint(out["bindings"]); !strings.Contains(text, "allAuthenticatedUsers") {
		t.Errorf("the policy is granted to %s", text)
	}
	call(http.StatusForbidden, "GET", base+"/data", nil)
	call(http.StatusOK, "POST", policies, policy("everything", " (true) ", "user:admin@z.z"))
	call(http.StatusOK, "GET", base+"/data", nil, "X-Emulator-Caller", "user:admin@z.z")
	call(http.StatusNoContent, "DELETE", policies+"/everything", nil)
	call(http.StatusNotFound, "GET", policies+"/none", nil)
	for _, bad := range []object{policy("x", "id", "allUsers"), policy("x", "nothing = 1", "allUsers"), policy("x", "TRUE", "group:g@x.org"), policy("a-b", "TRUE", "allUsers")} {
		call(http.StatusBadRequest, "POST", policies, bad)
	}
	call(http.StatusNoContent, "DELETE", policies+"/jp", nil)
	call(http.StatusBadRequest, "DELETE", policies+"/us", nil)
	call(http.StatusNoContent, "POST", policies+":batchDelete", object{"policyIds": []string{"us"}, "force": true})
	if got := e.seenBy(t, ""); got != all {
		t.Errorf("without policies %s are seen", got)
	}
}
