package guard

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"strings"

	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

const bigquery = "bigquery.googleapis.com"

// BigQuery is BigQuery's REST API before the emulator at an address. With enforce callers
// need the permissions of https://cloud.google.com/bigquery/docs/access-control. What the
// statements of a job may do the emulator asks BigQueryPermissions, if it was started
// with that. The access that a dataset lists is its policy.
func BigQuery(addr string, policies *policy.Policies, enforce bool) *Guard {
	g := newGuard(bigquery, addr, policies, enforce, bigqueryNeeds)
	g.changed = g.datasetChanged
	return g
}

// BigQueryPermissions says for the emulator of BigQuery what callers lack: a permission on
// a resource, projects/p/datasets/d/tables/t, that no policy gives them. Of a full name,
// //datacatalog.googleapis.com/projects/…, its own policy counts alone.
func BigQueryPermissions(policies *policy.Policies) func(caller, permission, resource string) error {
	return func(caller, permission, resource string) error {
		names := []string{resource}
		if !strings.HasPrefix(resource, "//") {
			names = lineage(bigquery, resource)
		}
		if err := policies.Check(caller, permission, names...); err != nil {
			return errors.New(status.Convert(err).Message())
		}
		return nil
	}
}

// BigQueryStorage are the Storage Read and Write APIs before the emulator at an address.
func BigQueryStorage(addr string, policies *policy.Policies, enforce bool) *Guard {
	return newGuard(bigquery, addr, policies, enforce, storageNeeds)
}

// storageNeeds is what a call of the Storage APIs needs. Whether a session's table may be read the emulator asks
// BigQueryPermissions.
func storageNeeds(r *http.Request) (need, error) {
	resource, err := addressed(r)
	if err != nil {
		return need{}, err
	}
	if !strings.Contains(r.URL.Path, ".BigQueryRead/") {
		table, _, _ := strings.Cut(resource, "/streams/")
		return need{"bigquery.tables.updateData", strings.TrimSuffix(table, "/_default")}, nil
	}
	project := strings.Join(strings.SplitN(resource, "/", 3)[:2], "/")
	if strings.HasSuffix(r.URL.Path, "/CreateReadSession") {
		return need{"bigquery.readsessions.create", project}, nil
	}
	return need{"bigquery.readsessions.getData", project}, nil
}

// bigqueryPath is a request's path as a resource name.
func bigqueryPath(r *http.Request) (name, verb string) {
	p := strings.TrimPrefix(r.URL.Path, "/upload")
	for _, prefix := range []string{"/bigquery/v2/", "/"} {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			return api.Verb(strings.TrimSuffix(rest, "/"))
		}
	}
	return "", ""
}

func bigqueryNeeds(r *http.Request) (need, error) {
	name, verb := bigqueryPath(r)
	parts := strings.Split(name, "/")
	if len(parts) < 3 {
		return need{}, nil // projects, and the API's description
	}
	project := "projects/" + parts[1]
	kind := parts[2] // of the innermost collection
	if len(parts) > 4 {
		kind = parts[4]
	}
	read := r.Method == http.MethodGet
	switch {
	case kind == "queries" || kind == "jobs":
		if read || strings.HasSuffix(name, "/cancel") {
			return need{}, nil // who knows a job's id
		}
		return need{"bigquery.jobs.create", project}, nil
	case policy.IsMethod(verb):
		return iamNeed(verb, "bigquery."+kind, name), nil
	case path.Base(name) == "data" && len(parts) == 7:
		return need{"bigquery.tables.getData", strings.TrimSuffix(name, "/data")}, nil
	case path.Base(name) == "insertAll":
		return need{"bigquery.tables.updateData", strings.TrimSuffix(name, "/insertAll")}, nil
	case len(parts)%2 == 1 && read && kind == "datasets":
		return need{}, nil // lists those that the caller may see
	case len(parts)%2 == 1 && read:
		return need{"bigquery." + kind + ".list", path.Dir(name)}, nil
	case len(parts)%2 == 1:
		return need{"bigquery." + kind + ".create", path.Dir(name)}, nil
	}
	action := map[string]string{http.MethodGet: "get", http.MethodDelete: "delete"}[r.Method]
	if action == "" {
		action = "update"
	}
	return need{"bigquery." + kind + "." + action, name}, nil
}

// basicRoles are what a dataset's access may say in place of roles
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets#Dataset.FIELDS.access).
var basicRoles = map[string]string{"READER": "roles/bigquery.dataViewer", "WRITER": "roles/bigquery.dataEditor", "OWNER": "roles/bigquery.dataOwner"}

// datasetChanged makes the access that a dataset lists its policy.
func (g *Guard) datasetChanged(r *http.Request) {
	name, _ := bigqueryPath(r)
	switch parts := strings.Split(name, "/"); {
	case len(parts) == 3 && parts[2] == "datasets":
		g.takeAccess(r, name)
	case len(parts) == 4 && parts[2] == "datasets" && r.Method == http.MethodDelete, len(parts) == 6 && r.Method == http.MethodDelete:
		g.policies.Delete("//" + bigquery + "/" + name)
	case len(parts) == 4 && parts[2] == "datasets":
		g.takeAccess(r, name)
	}
}

// takeAccess reads datasets from the emulator: one, or all of a project.
func (g *Guard) takeAccess(r *http.Request, name string) {
	answer := &recorder{discard: discard{http.Header{}}}
	g.emulator.ServeHTTP(answer, g.get(r, "/bigquery/v2/"+name))
	var list struct {
		Datasets []struct {
			Reference struct {
				ID string `json:"datasetId"`
			} `json:"datasetReference"`
		} `json:"datasets"`
		Access []access `json:"access"`
	}
	if json.Unmarshal(answer.body.Bytes(), &list) != nil {
		return // an error, which the caller meets too
	}
	if path.Base(name) == "datasets" {
		for _, d := range list.Datasets {
			g.takeAccess(r, name+"/"+d.Reference.ID)
		}
		return
	}
	var bindings []policy.Binding
	for _, a := range list.Access {
		// A role that isn't known grants nothing; the dataset keeps it.
		if member := a.member(); member != "" && g.policies.Known(a.role()) {
			bindings = append(bindings, policy.Binding{Role: a.role(), Members: []string{member}})
		}
	}
	_, _ = g.policies.Set("//"+bigquery+"/"+name, policy.Policy{Bindings: bindings}) // fails for roles only
}

// access is an entry of a dataset's access. Those of views, routines and special groups
// grant nothing here.
type access struct {
	Role         string `json:"role"`
	UserByEmail  string `json:"userByEmail"`
	GroupByEmail string `json:"groupByEmail"`
	IAMMember    string `json:"iamMember"`
	SpecialGroup string `json:"specialGroup"`
}

func (a access) role() string {
	if role, ok := basicRoles[a.Role]; ok {
		return role
	}
	return a.Role
}

func (a access) member() string {
	switch {
	case a.IAMMember != "":
		return a.IAMMember
	case a.GroupByEmail != "":
		return "group:" + a.GroupByEmail
	case a.SpecialGroup == "allAuthenticatedUsers":
		return a.SpecialGroup
	case strings.HasSuffix(a.UserByEmail, ".gserviceaccount.com"):
		return "serviceAccount:" + a.UserByEmail
	case a.UserByEmail != "":
		return "user:" + a.UserByEmail
	}
	return ""
}

// recorder keeps an answer's body.
type recorder struct {
	discard
	body bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
