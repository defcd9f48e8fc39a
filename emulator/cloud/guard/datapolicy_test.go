package guard

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

// Of a full name the policy of the resource counts alone, of a name without a host also that of its project.
func TestPermissionsOfAResourceAlone(t *testing.T) {
	policies := policy.New()
	const (
		tag, ann, bob = "projects/p/locations/us/taxonomies/1/policyTags/2", "user:ann@example.com", "user:bob@example.com"
		permission    = "datacatalog.categories.fineGrainedGet"
	)
	for resource, member := range map[string]string{"//datacatalog.googleapis.com/" + tag: ann, policy.Project(tag): bob} {
		binding := policy.Binding{Role: "roles/datacatalog.categoryFineGrainedReader", Members: []string{member}}
		if _, err := policies.Set(resource, policy.Policy{Bindings: []policy.Binding{binding}}); err != nil {
			t.Fatal(err)
		}
	}
	ask := BigQueryPermissions(policies)
	for _, tt := range []struct {
		caller, resource string
		want             bool
	}{
		{ann, "//datacatalog.googleapis.com/" + tag, true},
		{bob, "//datacatalog.googleapis.com/" + tag, false},
		{bob, "projects/p", true},
		{ann, "projects/p", false},
	} {
		if err := ask(tt.caller, permission, tt.resource); (err == nil) != tt.want {
			t.Errorf("%s on %s: %v, want %v", tt.caller, tt.resource, err, tt.want)
		}
	}
}

// What a request about policy tags and data policies needs, by its method and path.
func TestDataPolicyNeeds(t *testing.T) {
	const location = "projects/p/locations/us"
	for _, tt := range []struct {
		needs        func(*http.Request) (need, error)
		method, path string
		want         need
	}{
		{catalogNeeds, "POST", "/v1/" + location + "/taxonomies", need{"datacatalog.taxonomies.create", "projects/p"}},
		{catalogNeeds, "GET", "/v1/" + location + "/taxonomies", need{"datacatalog.taxonomies.list", "projects/p"}},
		{catalogNeeds, "DELETE", "/v1/" + location + "/taxonomies/1", need{"datacatalog.taxonomies.delete", location + "/taxonomies/1"}},
		{catalogNeeds, "GET", "/v1/" + location + "/taxonomies/1/policyTags/2", need{"datacatalog.taxonomies.get", location + "/taxonomies/1"}},
		{catalogNeeds, "DELETE", "/v1/" + location + "/taxonomies/1/policyTags/2", need{"datacatalog.taxonomies.update", location + "/taxonomies/1"}},
		{catalogNeeds, "POST", "/v1/" + location + "/taxonomies/1:setIamPolicy", need{"datacatalog.taxonomies.setIamPolicy", location + "/taxonomies/1"}},
		{catalogNeeds, "POST", "/v1/" + location + "/taxonomies/1/policyTags/2:setIamPolicy", need{"datacatalog.categories.setIamPolicy", location + "/taxonomies/1/policyTags/2"}},
		{dataPolicyNeeds, "POST", "/v1/" + location + "/dataPolicies", need{"bigquery.dataPolicies.create", "projects/p"}},
		{dataPolicyNeeds, "POST", "/v2/" + location + "/dataPolicies/a:addGrantees", need{"bigquery.dataPolicies.update", location + "/dataPolicies/a"}},
		{dataPolicyNeeds, "GET", "/v2/" + location + "/dataPolicies/a", need{"bigquery.dataPolicies.get", location + "/dataPolicies/a"}},
		{dataPolicyNeeds, "POST", "/v1/" + location + "/dataPolicies/a:testIamPermissions", need{}},
	} {
		got, err := tt.needs(httptest.NewRequest(tt.method, tt.path, nil))
		if err != nil || got != tt.want {
			t.Errorf("%s %s: %v, %v; want %v", tt.method, tt.path, got, err, tt.want)
		}
	}
}
