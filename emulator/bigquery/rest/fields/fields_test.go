package fields

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/fields/fieldstest"
)

// notServed are the requests of methods that the emulator doesn't have.
var notServed = map[string]bool{"Model": true, "SetIamPolicyRequest": true, "UndeleteDatasetRequest": true}

// unmarked are fields that a request can't set, of which the document doesn't say so.
var unmarked = map[string]bool{"Table.kind": true}

// Every field of every request in the document has a use, and no other has.
func TestDeclared(t *testing.T) {
	doc := fieldstest.Load(t)
	w := &walk{t: t, doc: doc, seen: map[string]bool{}}
	for _, r := range doc.Resources {
		for _, m := range r.Methods {
			if name := m.Request.Ref; name != "" && !notServed[name] {
				w.object(name, doc.Schemas[name])
			}
		}
	}
	for name := range messages {
		if !w.seen[name] {
			t.Errorf("%s is declared, and no request of the document has it", name)
		}
	}
}

type walk struct {
	t    *testing.T
	doc  *fieldstest.Document
	seen map[string]bool
}

func (w *walk) object(name string, s fieldstest.Schema) {
	if w.seen[name] {
		return
	}
	w.seen[name] = true
	uses := declared[name]
	if uses == nil {
		w.t.Errorf("the fields of %s have no declared use", name)
	}
	for field := range uses {
		if _, ok := s.Properties[field]; !ok {
			w.t.Errorf("%s.%s is declared, and the document hasn't got it", name, field)
		}
	}
	for field, p := range s.Properties {
		use := uses[field]
		if use == 0 {
			w.t.Errorf("%s.%s has no declared use: %s", name, field, p.Description)
		}
		if is := p.OutputOnly() || unmarked[name+"."+field]; is != (use == Output) {
			w.t.Errorf("%s.%s: only the service sets it: %v, and its use is %d", name, field, is, use)
		}
		if use == Honoured || use == Idle {
			if of, s := w.doc.Object(name, field, p); of != "" {
				w.object(of, s)
			}
		}
	}
}

// The types of the client library have the fields of the document, and every list of values is of a field.
func TestTypes(t *testing.T) {
	for name := range values {
		if typ, field, _ := strings.Cut(name, "."); declared[typ][field] == 0 {
			t.Errorf("%s has values, and no declared use", name)
		}
	}
	for _, root := range []reflect.Type{
		reflect.TypeFor[bqv2.Dataset](), reflect.TypeFor[bqv2.Table](), reflect.TypeFor[bqv2.Job](), reflect.TypeFor[bqv2.QueryRequest](), reflect.TypeFor[bqv2.Routine](),
		reflect.TypeFor[bqv2.RowAccessPolicy](), reflect.TypeFor[bqv2.TableDataInsertAllRequest](),
	} {
		for field, use := range declared[root.Name()] {
			if _, ok := member(root, field); !ok {
				t.Errorf("%s.%s, of use %d, isn't in the client library", root.Name(), field, use)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		root any
		body string
		want string // what is left of the body, or of the error after !
	}{
		{bqv2.Dataset{}, `{"kind":"k","etag":"e","description":"d"}`, `{"description":"d"}`},
		{bqv2.Dataset{}, `{"linkedDatasetSource":{"sourceDataset":{"datasetId":""}},"isCaseInsensitive":false}`, `{}`},
		{bqv2.Dataset{}, `{"isCaseInsensitive":true}`, `!The field isCaseInsensitive is not supported`},
		{bqv2.Dataset{}, `{"isCaseInsensitive":"false","defaultCollation":""}`, `{"defaultCollation":""}`},
		{bqv2.Job{}, `{"configuration":{"load":{"timeZone":"0"}}}`, `!The field configuration.load.timeZone is not supported`},
		{bqv2.Dataset{}, `{"access":[{"datasetId":"d","role":"READER","userByEmail":"u@example.com"}]}`, `{"access":[{"role":"READER","userByEmail":"u@example.com"}]}`},
		{bqv2.Dataset{}, `{"Description":"d"}`, `!Unknown name "Description" at 'dataset': Cannot find field.`},
		{bqv2.Dataset{}, `{"storageBillingModel":"free"}`, `!Invalid value at 'dataset.storage_billing_model' (TYPE_ENUM), "free"`},
		{bqv2.Table{}, `{"schema":{"fields":[{"name":"a","type":"TIMESTAMP","timestampPrecision":"6","policyTags":{"names":[]}}]}}`, `{"schema":{"fields":[{"name":"a","policyTags":{"names":[]},"type":"TIMESTAMP"}]}}`},
		{bqv2.Table{}, `{"schema":{"fields":[{"name":"s","fields":[{"name":"a","timestampPrecision":"12"}]}]}}`, `!The field schema.fields[0].fields[0].timestampPrecision is not supported`},
		{bqv2.Table{}, `{"schema":{"fields":[{"nom":"a"}]}}`, `!Unknown name "nom" at 'table.schema.fields[0]'`},
		{bqv2.Job{}, `{"configuration":{"dryRun":"yes"}}`, `!Invalid value at 'job.configuration.dry_run' (TYPE_BOOL), "yes"`},
		{bqv2.Job{}, `{"configuration":{"query":{"maximumBytesBilled":"None"}}}`, `!Invalid value at 'job.configuration.query.maximum_bytes_billed' (TYPE_INT64), "None"`},
		{bqv2.Job{}, `{"configuration":{"load":{"schema":{"foreignTypeInfo":{"typeSystem":"HIVE"}}}}}`, `!The field configuration.load.schema.foreignTypeInfo is`},
		{bqv2.QueryRequest{}, `{"queryParameters":{"parameterValue":{"structValues":{"a":{"valu":"1"}}}}}`, `!Unknown name "valu" at 'query_request.query_parameters.parameter_value.struct_values["a"]'`},
		{bqv2.QueryRequest{}, `{"location":"EU","timeoutMs":5,"labels":{"any":"x"}}`, `{"labels":{"any":"x"},"location":"EU","timeoutMs":5}`},
	} {
		var body map[string]any
		if err := json.Unmarshal([]byte(test.body), &body); err != nil {
			t.Fatal(err)
		}
		err := Check(reflect.TypeOf(test.root), body)
		if want, fails := strings.CutPrefix(test.want, "!"); fails {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want an error with %s", test.body, err, want)
			}
			continue
		}
		if got, _ := json.Marshal(body); err != nil || string(got) != test.want {
			t.Errorf("%s: %s, %v, want %s", test.body, got, err, test.want)
		}
	}
}
