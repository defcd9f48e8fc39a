package bigquery_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/bigquery"
)

// policies are requests of the APIs of policy tags and data policies.
type policies struct {
	e *emulator
	t *testing.T
}

const location = "projects/" + project + "/locations/us"

// ask sends a request, wants a status and returns the answer.
func (p policies) ask(method, path string, body any, want int) object {
	p.t.Helper()
	code, out := p.e.call(p.t, method, "/"+path, body)
	if code != want {
		p.t.Fatalf("%s %s: %d %v, want %d", method, path, code, out, want)
	}
	return out
}

// tag makes a policy tag below a taxonomy or, with a parent, below another tag.
func (p policies) tag(taxonomy, name string, parent any) string {
	p.t.Helper()
	return p.ask("POST", "v1/"+taxonomy+"/policyTags", object{"displayName": name, "parentPolicyTag": parent}, 200)["name"].(string)
}

// mask makes a policy of a rule on a tag, for some members.
func (p policies) mask(id, tag string, masking object, members ...string) {
	p.t.Helper()
	p.ask("POST", "v1/"+location+"/dataPolicies", object{"dataPolicyId": id, "policyTag": tag, "dataPolicyType": "DATA_MASKING_POLICY", "dataMaskingPolicy": masking}, 200)
	p.grant("v1/"+location+"/dataPolicies/"+id, "roles/bigquerydatapolicy.maskedReader", members...)
}

func (p policies) grant(resource, role string, members ...string) {
	p.t.Helper()
	p.ask("POST", resource+":setIamPolicy", object{"policy": object{"bindings": []object{{"role": role, "members": members}}}}, 200)
}

// read is the only row of a query as a caller sees it, or the message of its error.
func (p policies) read(caller, sql string) string {
	p.t.Helper()
	_, out := p.e.call(p.t, "POST", "/bigquery/v2/projects/"+project+"/queries", object{"query": sql, "useLegacySql": false}, "X-Emulator-Caller", caller)
	if failed, ok := out["error"].(object); ok {
		return fmt.Sprint(failed["message"])
	}
	var cells []string
	rows, _ := out["rows"].([]any)
	for _, row := range rows {
		for _, cell := range row.(object)["f"].([]any) {
			cells = append(cells, fmt.Sprint(cell.(object)["v"]))
		}
	}
	return strings.Join(cells, " ")
}

const fineGrainedReader = "roles/datacatalog.categoryFineGrainedReader"

const tablesOfDS = "bigquery/v2/projects/" + project + "/datasets/ds/tables"

// tagged creates the table ds.t. Its column name has the policy tag Low, and r.b the one above it,
// High. Callers have roles on the tags.
func tagged(t *testing.T) (p policies, taxonomy, low string) {
	t.Helper()
	p = policies{start(t), t}
	p.e.dataset(t, "ds")
	taxonomy = p.ask("POST", "v1/"+location+"/taxonomies", object{"displayName": "Data", "activatedPolicyTypes": []string{"FINE_GRAINED_ACCESS_CONTROL"}}, 200)["name"].(string)
	high := p.tag(taxonomy, "High", nil)
	low = p.tag(taxonomy, "Low", high)
	p.ask("POST", tablesOfDS, object{"tableReference": object{"tableId": "t"}, "schema": object{"fields": []object{
		{"name": "id", "type": "INTEGER"}, {"name": "name", "type": "STRING", "policyTags": object{"names": []string{low}}},
		{"name": "r", "type": "RECORD", "mode": "REPEATED", "fields": []object{{"name": "a", "type": "INTEGER"}, {"name": "b", "type": "STRING", "policyTags": object{"names": []string{high}}}}},
	}}}, 200)
	p.e.query(t, "INSERT ds.t VALUES (1, 'Annabel', [STRUCT(1, 'x'), STRUCT(2, 'y')])")
	p.mask("nothing", high, object{"predefinedExpression": "ALWAYS_NULL"}, "user:masked@x.org", "user:both@x.org", "user:below@x.org")
	p.mask("last", low, object{"predefinedExpression": "LAST_FOUR_CHARACTERS"}, "user:below@x.org")
	p.mask("all", low, object{"predefinedExpression": "DEFAULT_MASKING_VALUE"}, "user:below@x.org")
	p.grant("v1/"+low, fineGrainedReader, "user:both@x.org", "user:reader@x.org")
	p.grant("v1/"+taxonomy, fineGrainedReader, "user:below@x.org", "user:chief@x.org")
	return p, taxonomy, low
}

// Who has a role on a policy tag, or on one above it, gets a column's values or masked ones: the tag that is
// nearest to the column decides. Others get an error that names the column.
func TestColumnPolicies(t *testing.T) {
	p, _, _ := tagged(t)
	denied := func(tag, column string) string {
		return "Access Denied: BigQuery BigQuery: User has neither fine-grained reader nor masked get permission to get data protected by policy tag \"Data : " +
			tag + "\" on column test-project.ds.t." + column + "."
	}
	for _, tt := range []struct{ caller, sql, want string }{
		{"user:chief@x.org", "SELECT name, r[1].b FROM ds.t", "Annabel y"},
		{"user:reader@x.org", "SELECT name FROM ds.t", "Annabel"},
		{"user:reader@x.org", "SELECT r FROM ds.t", denied("High", "r.b")},
		{"user:masked@x.org", "SELECT name, r[0].a, r[1].b, ARRAY_LENGTH(r) FROM ds.t", "<nil> 1 <nil> 2"},
		{"user:masked@x.org", "SELECT COUNT(*) FROM ds.t WHERE name = 'Annabel'", "0"},
		{"user:masked@x.org", "SELECT a.id FROM ds.t AS a JOIN ds.t AS b ON a.name = b.name", ""},
		{"user:both@x.org", "SELECT name, r[1].b FROM ds.t", "Annabel <nil>"},
		{"user:below@x.org", "SELECT name FROM ds.t", "XXXXXabel"},
		{"user:below@x.org", "SELECT COUNT(*) FROM ds.t WHERE name LIKE 'XXXXX%'", "1"},
		{"user:none@x.org", "SELECT id FROM ds.t", "1"},
		{"user:none@x.org", "SELECT * EXCEPT (name, r) FROM ds.t", "1"},
		{"user:none@x.org", "SELECT id FROM ds.t WHERE name = 'Annabel'", denied("Low", "name")},
		{"user:none@x.org", "SELECT * FROM ds.t", denied("Low", "name")},
		{"", "SELECT name FROM ds.t", denied("Low", "name")},
		{"user:below@x.org", "SELECT name FROM ds.t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()", "XXXXXabel"},
	} {
		if got := p.read(tt.caller, tt.sql); got != tt.want {
			t.Errorf("%s: %s: %s, want %s", tt.caller, tt.sql, got, tt.want)
		}
	}
}

// What isn't compatible with masks needs the values. The APIs that read rows mask as queries do.
func TestMasksBesideQueries(t *testing.T) {
	p, _, _ := tagged(t)
	for what, sql := range map[string]string{
		"UPDATE": "UPDATE ds.t SET id = 2 WHERE TRUE", "COPY": "CREATE TABLE ds.c COPY ds.t", "a wildcard": "SELECT name FROM `ds.t*`",
	} {
		if got := p.read("user:below@x.org", sql); !strings.Contains(got, "does not have fine-grained reader permission on column test-project.ds.t.name") {
			t.Errorf("%s: %s", what, got)
		}
	}
	if code, out := p.e.call(t, "GET", "/"+tablesOfDS+"/t/data", nil, "X-Emulator-Caller", "user:below@x.org"); code != http.StatusForbidden {
		t.Errorf("its rows: %d %v", code, out)
	}
	reader := p.e.reader(t)
	options := &storagepb.ReadSession_TableReadOptions{SelectedFields: []string{"name"}}
	open := func(caller string) (*storagepb.ReadSession, error) {
		return reader.CreateReadSession(metadata.AppendToOutgoingContext(t.Context(), "x-emulator-caller", caller), sessionRequest("t", 1, options))
	}
	if s, err := open("user:below@x.org"); err != nil {
		t.Error(err)
	} else if got, _ := readStream(t.Context(), t, reader, s, s.Streams[0].Name, 0); len(got) != 1 || !strings.Contains(fmt.Sprint(got[0]), "XXXXXabel") {
		t.Errorf("a read session has %v", got)
	}
	if _, err := open("user:none@x.org"); status.Code(err) != codes.PermissionDenied {
		t.Errorf("a read session without a role: %v, want PermissionDenied", err)
	}
}

// A view shows what its reader sees, and a table made of it has the masked values. A tag that is
// deleted protects nothing.
func TestMasksInViewsAndCopies(t *testing.T) {
	p, taxonomy, low := tagged(t)
	p.read("user:chief@x.org", "CREATE VIEW ds.v AS SELECT name FROM ds.t")
	if got := p.read("user:below@x.org", "SELECT name FROM ds.v"); got != "XXXXXabel" {
		t.Errorf("a view shows %s", got)
	}
	p.read("user:below@x.org", "CREATE TABLE ds.made AS SELECT name FROM ds.t")
	if got := p.read("user:none@x.org", "SELECT name FROM ds.made"); got != "XXXXXabel" {
		t.Errorf("the table made of it has %s", got)
	}
	// Rows are chosen by values that their readers see masked.
	p.read("user:chief@x.org", "CREATE ROW ACCESS POLICY ann ON ds.t GRANT TO ('allUsers') FILTER USING (name = 'Annabel')")
	if got := p.read("user:below@x.org", "SELECT name FROM ds.t"); got != "XXXXXabel" {
		t.Errorf("with a row access policy: %s", got)
	}
	// Deleting a tag takes it off its columns, and its policies with it.
	p.ask("DELETE", "v1/"+low, nil, 200)
	if got := p.read("user:none@x.org", "SELECT name FROM ds.t"); got != "Annabel" {
		t.Errorf("without the tag: %s", got)
	}
	p.ask("GET", "v1/"+location+"/dataPolicies/last", nil, 404)
	p.ask("DELETE", "v1/"+taxonomy, nil, 200)
	if out := fmt.Sprint(p.ask("GET", tablesOfDS+"/t", nil, 200)); strings.Contains(out, "policyTags") {
		t.Errorf("the table keeps tags: %s", out)
	}
}

// Each rule, over each type that it takes, and the one that holds of several.
func TestMaskingRules(t *testing.T) {
	p := policies{start(t), t}
	p.e.dataset(t, "ds")
	p.e.query(t, "CREATE FUNCTION ds.shout(s STRING) RETURNS STRING OPTIONS (data_governance_type = 'DATA_MASKING') AS (CONCAT(UPPER(s), '!'))")
	p.e.query(t, "CREATE FUNCTION ds.plain(s STRING) AS (s)")
	rules := []string{"SHA256", "ALWAYS_NULL", "DEFAULT_MASKING_VALUE", "LAST_FOUR_CHARACTERS", "FIRST_FOUR_CHARACTERS", "EMAIL_MASK", "DATE_YEAR_MASK", "RANDOM_HASH"}
	for _, rule := range rules {
		p.e.query(t, "CREATE DATA_POLICY `region-us."+strings.ToLower(rule)+"` OPTIONS (data_policy_type = 'DATA_MASKING_POLICY', masking_expression = '"+rule+"')")
		p.grant("v2/"+location+"/dataPolicies/"+strings.ToLower(rule), "roles/bigquerydatapolicy.maskedReader", "allUsers")
	}
	p.e.query(t, "CREATE DATA_POLICY `test-project.region-us.shouted` OPTIONS (data_policy_type = 'DATA_MASKING_POLICY', masking_expression = 'test-project.ds.shout')")
	p.grant("v2/"+location+"/dataPolicies/shouted", "roles/bigquerydatapolicy.maskedReader", "allUsers")
	for i, tt := range []struct{ policies, value, want string }{
		{"sha256", "'randomtext'", "jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw="},
		{"sha256", "b'randomtext'", "jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw="},
		{"sha256", "CAST(NULL AS STRING)", "<nil>"},
		{"sha256", "1", "The masking rule SHA256 of the data policy " + location + "/dataPolicies/sha256 on the column test-project.ds.t1.c of type INT64 is not supported by this emulator"},
		{"always_null", "TIMESTAMP '2030-07-17 01:45:06+00'", "<nil>"},
		{"email_mask", "'abc123@gmail.com'", "XXXXX@gmail.com"},
		{"email_mask", "'test@gmail@gmail.com'", "Qdje6MO+GLwI0u+KyRyAICDjHbLF1ImxRqaW08tY52k="},
		{"email_mask", "'randomtext'", "jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw="},
		{"last_four_characters", "'123-45-6789'", "XXXXX6789"},
		{"first_four_characters", "'123-45-6789'", "123-XXXXX"},
		{"first_four_characters", "'abcd'", "iNQmb9TmM40TuEX88olXnSCciXgjuSF9o+Fhk28DFYk="},
		{"date_year_mask", "DATE '2030-07-17'", "2030-01-01"},
		{"date_year_mask", "DATETIME '2030-07-17 01:45:06'", "2030-01-01T00:00:00"},
		{"date_year_mask", "TIMESTAMP '2030-07-17 01:45:06+00'", "1.893456E9"},
		{"default_masking_value", "[1, 2]", "[]"},
		{"shouted", "'ann'", "ANN!"},
		{"always_null first_four_characters", "'123-45-6789'", "123-XXXXX"},
	} {
		table := fmt.Sprintf("ds.t%d", i%2)
		p.e.query(t, "CREATE OR REPLACE TABLE "+table+" AS SELECT "+tt.value+" AS c")
		p.e.query(t, "ALTER TABLE "+table+" ALTER COLUMN c SET OPTIONS (data_policies = [])")
		for _, policy := range strings.Fields(tt.policies) {
			p.e.query(t, "ALTER TABLE "+table+" ALTER COLUMN c SET OPTIONS (data_policies += [\"{'name':'test-project.region-us."+policy+"'}\"])")
		}
		if got := p.read("user:ann@x.org", "SELECT c FROM "+table); got != tt.want {
			t.Errorf("%s of %s: %s, want %s", tt.policies, tt.value, got, tt.want)
		}
	}
	// RANDOM_HASH is the same within a query, and another one in the next.
	p.e.query(t, "CREATE OR REPLACE TABLE ds.h (c STRING OPTIONS (data_policies = [\"{'name':'test-project.region-us.random_hash'}\"]), n INT64)")
	p.e.query(t, "INSERT ds.h VALUES ('a', 1), ('a', 2), ('b', 3)")
	first := p.read("user:ann@x.org", "SELECT STRING_AGG(DISTINCT c) FROM ds.h WHERE n < 3")
	if len(first) != 44 || first == p.read("user:ann@x.org", "SELECT STRING_AGG(DISTINCT c) FROM ds.h WHERE n < 3") {
		t.Errorf("RANDOM_HASH yields %s", first)
	}
	for sql, want := range map[string]string{
		"CREATE DATA_POLICY `region-us.x` OPTIONS (data_policy_type = 'DATA_MASKING_POLICY')":                                               "dataMaskingPolicy",
		"CREATE DATA_POLICY `region-us.x` OPTIONS (data_policy_type = 'DATA_MASKING_POLICY', masking_expression = 'test-project.ds.plain')": "DATA_MASKING",
		"CREATE DATA_POLICY `region-us.x` OPTIONS (masking_expression = 'SHA256')":                                                          "dataMaskingPolicy",
		"CREATE DATA_POLICY `us.x`":                                                      "project.region-LOCATION.policy",
		"CREATE DATA_POLICY `region-us.sha256`":                                          "Already Exists",
		"DROP DATA_POLICY `region-us.random_hash`":                                       "test-project.ds.h.c",
		"ALTER DATA_POLICY `region-us.none` SET OPTIONS (masking_expression = 'SHA256')": "Not found: Data policy",
	} {
		if got := p.read("", sql); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q", sql, got, want)
		}
	}
}

// Data policies on a column: grantees of one for raw access get its values, those who may read by one that
// masks get masked ones.
func TestColumnDataPolicies(t *testing.T) {
	p := policies{start(t), t}
	p.e.dataset(t, "ds")
	const policy = "v2/" + location + "/dataPolicies/"
	p.ask("POST", strings.TrimSuffix(policy, "/"), object{"dataPolicyId": "raw", "dataPolicy": object{"dataPolicyType": "RAW_DATA_ACCESS_POLICY"}}, 200)
	p.ask("POST", strings.TrimSuffix(policy, "/"), object{"dataPolicyId": "hidden", "dataPolicy": object{
		"dataPolicyType": "DATA_MASKING_POLICY", "dataMaskingPolicy": object{"predefinedExpression": "SHA256"}, "grantees": []string{"principal://goog/subject/sales@x.org"}}}, 200)
	p.ask("POST", policy+"raw:addGrantees", object{"grantees": []string{"principal://goog/subject/admin@x.org"}}, 200)
	p.ask("POST", policy+"raw:addGrantees", object{"grantees": []string{"principalSet://goog/group/g@x.org"}}, 400)
	p.e.query(t, "CREATE TABLE ds.t (id INT64, ssn STRING)")
	p.e.query(t, "INSERT ds.t VALUES (1, '123')")
	p.e.query(t, "ALTER TABLE ds.t ALTER COLUMN ssn SET OPTIONS (data_policies = [\"{'name':'test-project.region-us.raw'}\", \"{'name':'test-project.region-us.hidden'}\"])")
	const hash = "pmWkWSBCL51Bfkhn79xPuKBKHz//H6B+mY6G9/eieuM="
	for caller, want := range map[string]string{"user:admin@x.org": "123", "user:sales@x.org": hash, "user:none@x.org": "Access Denied"} {
		if got := p.read(caller, "SELECT ssn FROM ds.t"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", caller, got, want)
		}
	}
	out := p.ask("GET", policy+"hidden", nil, 200)
	p.ask("PATCH", policy+"hidden?updateMask=dataMaskingPolicy", object{"etag": out["etag"], "dataMaskingPolicy": object{"predefinedExpression": "ALWAYS_NULL"}}, 200)
	p.ask("PATCH", policy+"hidden?updateMask=grantees", object{"etag": out["etag"], "grantees": []string{}}, 409)
	if got := p.read("user:sales@x.org", "SELECT ssn FROM ds.t"); got != "<nil>" {
		t.Errorf("a changed rule shows %s", got)
	}
	p.ask("POST", policy+"hidden:removeGrantees", object{"grantees": []string{"principal://goog/subject/sales@x.org"}}, 200)
	if got := p.read("user:sales@x.org", "SELECT ssn FROM ds.t"); !strings.HasPrefix(got, "Access Denied") {
		t.Errorf("who is no grantee any more sees %s", got)
	}
	if list := p.ask("GET", "v1/"+location+"/dataPolicies", nil, 200)["dataPolicies"].([]any); len(list) != 2 {
		t.Errorf("the policies are %v", list)
	}
	if part := p.ask("GET", policy+"raw?$alt=json;enum-encoding%3Dint&key=k&fields=dataPolicyId", nil, 200); len(part) != 1 || part["dataPolicyId"] != "raw" {
		t.Errorf("the field dataPolicyId is %v", part)
	}
	for _, refused := range []string{"/raw?alt=proto", "/raw?updateMask=grantees", "/raw?callback=f", "?filter=x"} {
		p.ask("GET", strings.TrimSuffix(policy, "/")+refused, nil, 400)
	}
	for _, bad := range []object{
		{"dataPolicyId": "x", "dataPolicy": object{"dataPolicyType": "COLUMN_LEVEL_SECURITY_POLICY"}},
		{"dataPolicyId": "x", "dataPolicy": object{"dataPolicyType": "RAW_DATA_ACCESS_POLICY", "dataGovernanceTag": object{"key": "k"}}},
		{"dataPolicyId": "x-y", "dataPolicy": object{"dataPolicyType": "RAW_DATA_ACCESS_POLICY"}},
	} {
		p.ask("POST", strings.TrimSuffix(policy, "/"), bad, 400)
	}
}

// Where permissions are asked for, the grants on a tag are those of the resource alone, and those of a project come last.
func TestColumnPoliciesAuthorized(t *testing.T) {
	g := &grants{}
	p := policies{startWith(t, bigquery.Options{Authorize: g.authorize}), t}
	p.e.dataset(t, "ds")
	taxonomy := p.ask("POST", "v1/"+location+"/taxonomies", object{"displayName": "Data", "activatedPolicyTypes": []string{"FINE_GRAINED_ACCESS_CONTROL"}}, 200)["name"].(string)
	tag := p.tag(taxonomy, "High", nil)
	p.ask("POST", "bigquery/v2/projects/"+project+"/datasets/ds/tables", object{"tableReference": object{"tableId": "t"}, "schema": object{"fields": []object{
		{"name": "name", "type": "STRING", "policyTags": object{"names": []string{tag}}}}}}, 200)
	p.e.query(t, "INSERT ds.t VALUES ('Ann')")
	p.ask("POST", "v1/"+location+"/dataPolicies", object{"dataPolicyId": "hidden", "policyTag": tag, "dataPolicyType": "DATA_MASKING_POLICY", "dataMaskingPolicy": object{"predefinedExpression": "ALWAYS_NULL"}}, 200)
	const table, raw, maskedPermission = "tables.getData ds/tables/t", "datacatalog.categories.fineGrainedGet ", "dataPolicies.maskedGet "
	for _, tt := range []struct {
		grants []string
		want   string
	}{
		{nil, "Access Denied"},
		{[]string{raw + "//datacatalog.googleapis.com/" + tag}, "Ann"},
		{[]string{raw + "//datacatalog.googleapis.com/" + taxonomy}, "Ann"},
		{[]string{raw + "projects/" + project}, "Ann"},
		{[]string{maskedPermission + "//bigquerydatapolicy.googleapis.com/" + location + "/dataPolicies/hidden"}, "<nil>"},
		{[]string{maskedPermission + "projects/" + project, raw + "projects/" + project}, "<nil>"},
	} {
		g.set(append(slices.Clone(tt.grants), table)...)
		if got := p.read("user:ann@x.org", "SELECT name FROM ds.t"); !strings.HasPrefix(got, tt.want) {
			t.Errorf("with %v: %s, want %s", tt.grants, got, tt.want)
		}
	}
}
