package guard

import (
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

// DataCatalog is Data Catalog's policy tag manager before the emulator of BigQuery at an address, which keeps the tags.
// With enforce callers need the permissions of https://cloud.google.com/bigquery/docs/column-level-security-intro#roles.
func DataCatalog(addr string, policies *policy.Policies, enforce bool) *Guard {
	return forgetting(newGuard("datacatalog.googleapis.com", addr, policies, enforce, catalogNeeds))
}

// DataPolicy is the BigQuery Data Policy API before the emulator of BigQuery at an address. With enforce callers need
// the permissions of https://cloud.google.com/bigquery/docs/column-data-masking-intro#roles_for_creating_and_managing_data_policies.
func DataPolicy(addr string, policies *policy.Policies, enforce bool) *Guard {
	return forgetting(newGuard("bigquerydatapolicy.googleapis.com", addr, policies, enforce, dataPolicyNeeds))
}

// forgetting has a guard forget the policies of what is deleted.
func forgetting(g *Guard) *Guard {
	g.changed = func(r *http.Request) {
		if r.Method == http.MethodDelete {
			name, _, _ := versioned(r)
			g.policies.Delete("//" + g.host + "/" + name)
		}
	}
	return g
}

// versioned is a path, /v1/projects/p/locations/l/COLLECTION/ID:VERB, as a resource name, its verb and its parts.
func versioned(r *http.Request) (name, verb string, parts []string) {
	path, verb := api.Verb(strings.TrimSuffix(r.URL.Path, "/"))
	_, name, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return name, verb, strings.Split(name, "/")
}

func catalogNeeds(r *http.Request) (need, error) {
	name, verb, parts := versioned(r)
	if len(parts) < 5 {
		return need{}, nil // the emulator refuses it
	}
	if policy.IsMethod(verb) {
		collection := "datacatalog.taxonomies"
		if len(parts) > 6 {
			collection = "datacatalog.categories"
		}
		return iamNeed(verb, collection, name), nil
	}
	const taxonomies = "datacatalog.taxonomies."
	taxonomy := strings.Join(parts[:min(6, len(parts))], "/")
	switch {
	case len(parts) == 5 && r.Method == http.MethodPost:
		return need{taxonomies + "create", "projects/" + parts[1]}, nil
	case len(parts) == 5:
		return need{taxonomies + "list", "projects/" + parts[1]}, nil
	case r.Method == http.MethodGet:
		return need{taxonomies + "get", taxonomy}, nil
	case len(parts) == 6 && r.Method == http.MethodDelete:
		return need{taxonomies + "delete", taxonomy}, nil
	}
	return need{taxonomies + "update", taxonomy}, nil
}

func dataPolicyNeeds(r *http.Request) (need, error) {
	name, verb, parts := versioned(r)
	const policies = "bigquery.dataPolicies"
	switch {
	case len(parts) < 5:
		return need{}, nil // the emulator refuses it
	case policy.IsMethod(verb):
		return iamNeed(verb, policies, name), nil
	case len(parts) == 5 && r.Method == http.MethodPost:
		return need{policies + ".create", "projects/" + parts[1]}, nil
	case len(parts) == 5:
		return need{policies + ".list", "projects/" + parts[1]}, nil
	case r.Method == http.MethodGet:
		return need{policies + ".get", name}, nil
	case r.Method == http.MethodDelete:
		return need{policies + ".delete", name}, nil
	}
	return need{policies + ".update", name}, nil
}
