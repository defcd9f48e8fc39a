package rest

import (
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/fields/fieldstest"
)

// notServed are the methods that the emulator doesn't have: a request for one is answered 404 with its method and path,
// or 501 where there is no access control to set.
var notServed = []string{
	"datasets.undelete", "models.delete", "models.get", "models.patch", "routines.setIamPolicy", "tables.setIamPolicy",
}

// behindColon are served by the actions of their resources.
var behindColon = []string{"getIamPolicy", "testIamPermissions"}

// undocumented are parameters that the service takes and the document hasn't got.
var undocumented = map[string][]string{"jobs.get": {"projection"}, "jobs.cancel": {"projection"}}

// The routes are the methods of the discovery document, with its parameters and no others.
func TestRoutesAreTheDocument(t *testing.T) {
	served := map[string]route{}
	for _, rt := range routes {
		if rt.id != "" {
			served[rt.id] = rt
		}
	}
	for _, r := range fieldstest.Load(t).Resources {
		for _, m := range r.Methods {
			id := strings.TrimPrefix(m.ID, "bigquery.")
			rt, ok := served[id]
			delete(served, id)
			if action := id[strings.LastIndex(id, ".")+1:]; slices.Contains(notServed, id) || slices.Contains(behindColon, action) {
				if ok {
					t.Errorf("%s is served", id)
				}
				continue
			}
			if !ok {
				t.Errorf("%s is not served", id)
				continue
			}
			want := slices.Clone(undocumented[id])
			for name, p := range m.Parameters {
				if p.Location == "query" {
					want = append(want, name)
				}
			}
			got := slices.Clone(rt.query)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s has the parameters %q, want %q", id, got, want)
			}
		}
	}
	for id := range served {
		t.Errorf("%s is served, and the document hasn't got it", id)
	}
}

func TestQueryParameters(t *testing.T) {
	rt := route{query: []string{"maxResults", "deleteContents", "autodetect_schema", "projection"}}
	for _, test := range []struct{ name, value, want string }{
		{"maxResults", "5", ""}, {"deleteContents", "true", ""}, {"deleteContents", "False", ""}, {"projection", "FULL", ""}, {"prettyPrint", "false", ""}, {"alt", "json", ""},
		{"autodetect_schema", "false", ""}, {"maxResults", "", ""},
		{"maxResults", "-1", "not a non-negative integer"}, {"deleteContents", "yes", "not true or false"}, {"projection", "some", "not one of full, minimal"},
		{"autodetect_schema", "true", "autodetect_schema is not supported"}, {"alt", "xml", "not one of json"},
		{"pageToken", "x", `Unknown name "pageToken": Cannot bind query parameter.`}, {"callback", "f", `Unknown name "callback"`}, {"upload_id", "u", `Unknown name "upload_id"`},
	} {
		err := rt.checkParam(test.name, []string{test.value})
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s=%s: %v, want %q", test.name, test.value, err, test.want)
		}
	}
}
