package bigquery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/fields"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/fields/fieldstest"
)

// bodies are the types of requests, and where they are sent. Each method reads its body on its own.
var bodies = []struct{ typ, method, path string }{
	{"Dataset", "POST", "/datasets"}, {"Dataset", "PATCH", "/datasets/ds"}, {"Dataset", "PUT", "/datasets/ds"},
	{"Table", "POST", "/datasets/ds/tables"}, {"Table", "PATCH", "/datasets/ds/tables/t"}, {"Table", "PUT", "/datasets/ds/tables/t"},
	{"TableDataInsertAllRequest", "POST", "/datasets/ds/tables/t/insertAll"},
	{"Job", "POST", "/jobs"}, {"QueryRequest", "POST", "/queries"},
	{"Routine", "POST", "/datasets/ds/routines"}, {"Routine", "PUT", "/datasets/ds/routines/r"},
	{"RowAccessPolicy", "POST", "/datasets/ds/tables/t/rowAccessPolicies"}, {"RowAccessPolicy", "PUT", "/datasets/ds/tables/t/rowAccessPolicies/p"},
	{"BatchDeleteRowAccessPoliciesRequest", "POST", "/datasets/ds/tables/t/rowAccessPolicies:batchDelete"},
	{"GetIamPolicyRequest", "POST", "/datasets/ds/tables/t:getIamPolicy"}, {"TestIamPermissionsRequest", "POST", "/datasets/ds/tables/t:testIamPermissions"},
}

// Whatever of a request the emulator doesn't honour is refused by name, at every place where the discovery document
// has it, and so is what the document hasn't got.
func TestRefusedFields(t *testing.T) {
	e := start(t)
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t AS SELECT 1 AS a")
	doc := fieldstest.Load(t)
	for _, b := range bodies {
		r := &refusals{t: t, e: e, doc: doc, method: b.method, path: projectURL + b.path, seen: map[string]bool{}}
		r.object(b.typ, doc.Schemas[b.typ], func(v any) any { return v })
		if b.typ == "Job" && r.count < 50 {
			t.Errorf("%d fields of a job are refused or unknown: the walk has ended early", r.count)
		}
	}
}

// refusals sends each refused field of a type, and an unknown one of each object.
type refusals struct {
	t            *testing.T
	e            *emulator
	doc          *fieldstest.Document
	method, path string
	seen         map[string]bool
	count        int
}

// object sends the fields of a type. around makes a whole body of a value of the type.
func (r *refusals) object(typ string, s fieldstest.Schema, around func(any) any) {
	if r.seen[typ] {
		return
	}
	r.seen[typ] = true
	r.send(around(object{"noSuchField": "x"}), `Unknown name "noSuchField"`)
	for name, p := range s.Properties {
		inside := func(v any) any {
			switch {
			case p.Items != nil:
				v = []any{v}
			case p.Values != nil:
				v = object{"a": v}
			}
			return around(object{name: v})
		}
		switch fields.UseOf(typ, name) {
		case fields.Refused:
			r.send(around(object{name: r.doc.Sample(p)}), name)
		case fields.Honoured, fields.Idle:
			if of, s := r.doc.Object(typ, name, p); of != "" {
				r.object(of, s, inside)
			}
		}
	}
}

func (r *refusals) send(body any, want string) {
	r.count++
	status, answer := r.e.call(r.t, r.method, r.path, body)
	if message, _ := at(answer, "error", "message").(string); status != 400 || !strings.Contains(message, want) {
		r.t.Errorf("%s %s %v: %d %q, want 400 with %s", r.method, r.path, body, status, message, want)
	}
}

// sent notes the fields that bodies have.
type sent struct {
	doc  *fieldstest.Document
	seen map[string]bool // by type and name
}

func (s *sent) body(typ string, of fieldstest.Schema, v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			s.body(typ, of, e)
		}
	case object:
		for name, member := range v {
			p := of.Properties[name]
			s.seen[typ+"."+name] = true
			if sub, schema := s.doc.Object(typ, name, p); sub != "" {
				if p.Values != nil {
					for _, e := range member.(object) {
						s.body(sub, schema, e)
					}
					continue
				}
				s.body(sub, schema, member)
			}
		}
	}
}

// missing are the honoured and idle fields below a type that no body has had.
func (s *sent) missing(typ string, of fieldstest.Schema, visited map[string]bool) (names []string) {
	if visited[typ] {
		return nil
	}
	visited[typ] = true
	for name, p := range of.Properties {
		if use := fields.UseOf(typ, name); use != fields.Honoured && use != fields.Idle {
			continue
		}
		if !s.seen[typ+"."+name] {
			names = append(names, typ+"."+name)
		}
		if sub, schema := s.doc.Object(typ, name, p); sub != "" {
			names = append(names, s.missing(sub, schema, visited)...)
		}
	}
	slices.Sort(names)
	return names
}

// absent says what of one value of JSON another doesn't have.
func absent(path string, want, got any) []string {
	switch want := want.(type) {
	case object:
		var out []string
		for name, v := range want {
			out = append(out, absent(path+"."+name, v, at(got, name))...)
		}
		return out
	case []any:
		list, _ := got.([]any)
		if len(list) < len(want) {
			return []string{fmt.Sprintf("%s: %v, want %v", path, got, want)}
		}
		var out []string
		for i, v := range want {
			out = append(out, absent(fmt.Sprintf("%s[%d]", path, i), v, list[i])...)
		}
		return out
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		return []string{fmt.Sprintf("%s: %v, want %v", path, got, want)}
	}
	return nil
}

// madeTag is the name of a policy tag, which the service makes.
var madeTag = []any{""}

func column(name, typ string, more object) object {
	f := object{"name": name, "type": typ}
	for k, v := range more {
		f[k] = v
	}
	return f
}

// resources have each field that can be read back.
var resources = []struct {
	typ, path, id string
	body          object
}{
	{typ: "Dataset", path: "/datasets", id: "all", body: object{
		"datasetReference": object{"projectId": project, "datasetId": "all"}, "location": "EU", "description": "d", "friendlyName": "f",
		"labels": object{"a": "1"}, "resourceTags": object{"p/k": "v"}, "maxTimeTravelHours": "72", "storageBillingModel": "PHYSICAL",
		"defaultCollation": "und:ci", "defaultTableExpirationMs": "7200000", "defaultPartitionExpirationMs": "86400000", "defaultRoundingMode": "ROUND_HALF_AWAY_FROM_ZERO",
		"defaultEncryptionConfiguration": object{"kmsKeyName": "k"},
		"access": []any{
			object{"role": "READER", "userByEmail": "a@b.c"}, object{"role": "READER", "groupByEmail": "g@b.c"}, object{"role": "READER", "domain": "b.c"},
			object{"role": "OWNER", "specialGroup": "projectOwners"}, object{"role": "READER", "iamMember": "allUsers"},
			object{"view": object{"projectId": project, "datasetId": "ds", "tableId": "v"}},
			object{"routine": object{"projectId": project, "datasetId": "ds", "routineId": "r"}},
			object{"dataset": object{"dataset": object{"projectId": project, "datasetId": "ds"}, "targetTypes": []any{"VIEWS"}}},
		},
	}},
	{typ: "Table", path: "/datasets/ds/tables", id: "bytime", body: object{
		"tableReference": ref("bytime"), "description": "d", "friendlyName": "f", "labels": object{"a": "1"}, "resourceTags": object{"p/k": "v"},
		"expirationTime": "4102444800000", "maxStaleness": "0-0 0 1:0:0", "encryptionConfiguration": object{"kmsKeyName": "k"},
		"defaultRoundingMode": "ROUND_HALF_AWAY_FROM_ZERO", "requirePartitionFilter": true,
		"clustering":       object{"fields": []any{"s"}},
		"timePartitioning": object{"type": "DAY", "field": "at", "expirationMs": "864000000000", "requirePartitionFilter": true},
		"tableConstraints": object{"primaryKey": object{"columns": []any{"s"}}},
		"schema": object{"fields": []any{
			column("at", "TIMESTAMP", object{"mode": "REQUIRED", "description": "when"}), column("s", "STRING", object{"maxLength": "5", "defaultValueExpression": "'x'"}),
			column("n", "NUMERIC", object{"precision": "5", "scale": "2", "roundingMode": "ROUND_HALF_AWAY_FROM_ZERO"}),
			column("r", "RANGE", object{"rangeElementType": object{"type": "DATE"}}),
			column("o", "RECORD", object{"mode": "REPEATED", "fields": []any{column("i", "INTEGER", nil)}}),
			column("p", "STRING", object{"policyTags": object{"names": madeTag}}),
			column("q", "STRING", object{"dataPolicies": []any{object{"name": location + "/dataPolicies/raw"}}}),
		}},
	}},
	{typ: "Table", path: "/datasets/ds/tables", id: "byrange", body: object{
		"tableReference": ref("byrange"), "defaultCollation": "und:ci",
		"schema":            object{"fields": []any{column("i", "INTEGER", nil), column("c", "STRING", object{"collation": "und:ci"})}},
		"rangePartitioning": object{"field": "i", "range": object{"start": "0", "end": "100", "interval": "10"}},
	}},
	{typ: "Table", path: "/datasets/ds/tables", id: "v", body: object{"tableReference": ref("v"), "view": object{"query": "SELECT 1 AS a", "useLegacySql": false}}},
	{typ: "Table", path: "/datasets/ds/tables", id: "mv", body: object{"tableReference": ref("mv"), "materializedView": object{
		"query": "SELECT COUNT(*) AS n FROM ds.t", "enableRefresh": true, "refreshIntervalMs": "60000", "maxStaleness": "0-0 0 1:0:0", "allowNonIncrementalDefinition": true}}},
	{typ: "Routine", path: "/datasets/ds/routines", id: "f", body: object{
		"routineReference": object{"projectId": project, "datasetId": "ds", "routineId": "f"}, "routineType": "SCALAR_FUNCTION", "language": "SQL", "description": "d", "dataGovernanceType": "DATA_MASKING",
		"definitionBody": "a.x + ARRAY_LENGTH(b)", "returnType": object{"typeKind": "INT64"},
		"arguments": []any{
			object{"name": "a", "argumentKind": "FIXED_TYPE", "dataType": object{"typeKind": "STRUCT", "structType": object{"fields": []any{object{"name": "x", "type": object{"typeKind": "INT64"}}}}}},
			object{"name": "b", "dataType": object{"typeKind": "ARRAY", "arrayElementType": object{"typeKind": "RANGE", "rangeElementType": object{"typeKind": "DATE"}}}},
		},
	}},
	{typ: "Routine", path: "/datasets/ds/routines", id: "mean", body: object{
		"routineReference": object{"routineId": "mean"}, "routineType": "AGGREGATE_FUNCTION", "definitionBody": "SUM(x) / SUM(w)",
		"arguments": []any{object{"name": "x", "argumentKind": "ANY_TYPE"}, object{"name": "w", "dataType": object{"typeKind": "INT64"}}}}},
	{typ: "Routine", path: "/datasets/ds/routines", id: "js", body: object{
		"routineReference": object{"routineId": "js"}, "routineType": "SCALAR_FUNCTION", "language": "JAVASCRIPT", "determinismLevel": "DETERMINISTIC",
		"definitionBody": "return 1", "returnType": object{"typeKind": "FLOAT64"}}},
	{typ: "Routine", path: "/datasets/ds/routines", id: "tf", body: object{
		"routineReference": object{"routineId": "tf"}, "routineType": "TABLE_VALUED_FUNCTION", "definitionBody": "SELECT 1 AS x",
		"returnTableType": object{"columns": []any{object{"name": "x", "type": object{"typeKind": "INT64"}}}}}},
	{typ: "Routine", path: "/datasets/ds/routines", id: "p", body: object{
		"routineReference": object{"routineId": "p"}, "routineType": "PROCEDURE", "definitionBody": "SET a = 1",
		"arguments": []any{object{"name": "a", "mode": "OUT", "dataType": object{"typeKind": "INT64"}}}}},
	{typ: "RowAccessPolicy", path: "/datasets/ds/tables/t/rowAccessPolicies", id: "rp", body: object{
		"rowAccessPolicyReference": object{"projectId": project, "datasetId": "ds", "tableId": "t", "policyId": "rp"}, "filterPredicate": "a = 1"}},
}

// What a resource may have can be read back.
func TestFieldsOfResources(t *testing.T) {
	e := start(t)
	p := policies{e, t}
	madeTag[0] = p.tag(p.ask("POST", "v1/"+location+"/taxonomies", object{"displayName": "Data"}, 200)["name"].(string), "High", nil)
	e.query(t, "CREATE DATA_POLICY `region-us.raw`")
	e.dataset(t, "ds")
	e.query(t, "CREATE TABLE ds.t AS SELECT 1 AS a")
	doc := fieldstest.Load(t)
	s := &sent{doc: doc, seen: map[string]bool{
		"RowAccessPolicy.grantees": true, "Table.externalDataConfiguration": true, // TestRowPolicies, TestExternalTables
	}}
	for _, r := range resources {
		s.body(r.typ, doc.Schemas[r.typ], r.body)
		if status, answer := e.call(t, "POST", projectURL+r.path, r.body); status != 200 {
			t.Errorf("POST %s: %d %v", r.id, status, answer)
			continue
		}
		want := r.body
		for name := range want {
			if fields.UseOf(r.typ, name) == 0 {
				t.Errorf("%s.%s is no field", r.typ, name)
			}
		}
		_, got := e.call(t, "GET", projectURL+r.path+"/"+r.id, nil)
		for _, diff := range absent(r.id, want, got) {
			t.Errorf("read back: %s", diff)
		}
	}
	for _, typ := range []string{"Dataset", "Table", "Routine", "RowAccessPolicy"} {
		if list := s.missing(typ, doc.Schemas[typ], map[string]bool{"ExternalDataConfiguration": true}); len(list) > 0 {
			t.Errorf("no resource of the test has %s", strings.Join(list, ", "))
		}
	}
}
