// Package project is what a project is: Resource Manager, its enabled services (Service
// Usage), and its service accounts and roles (IAM).
package project

import (
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
)

// Projects are those of a cloud. There are no others: they can't be created here.
type Projects struct {
	ids      []string
	created  string
	policies *policy.Policies
}

// New returns projects of some ids.
func New(policies *policy.Policies, ids ...string) *Projects {
	return &Projects{ids: ids, created: time.Now().UTC().Format(time.RFC3339Nano), policies: policies}
}

// Number is a project's number: 12 digits that its id decides.
func Number(id string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	return strconv.FormatUint(100_000_000_000+h.Sum64()%900_000_000_000, 10)
}

// ID is the id of a project that an id or a number names; PERMISSION_DENIED, as in the
// cloud, where there is none.
func (p *Projects) ID(idOrNumber string) (string, error) {
	for _, id := range p.ids {
		if idOrNumber == id || idOrNumber == Number(id) {
			return id, nil
		}
	}
	return "", status.Errorf(codes.PermissionDenied, "The caller does not have permission on project '%s', or it may not exist. The local cloud has %v.", idOrNumber, p.ids)
}

// ServeHTTP is Resource Manager's API, v1 and v3, as far as it is about projects.
func (p *Projects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api.Method(p.serve).ServeHTTP(w, r)
}

func (p *Projects) serve(r *http.Request) (any, error) {
	path, verb := api.Verb(r.URL.Path)
	version := ""
	for _, v := range []string{"v1", "v3"} {
		if resource.Match(v+"/projects", path) || resource.Match(v+"/projects/*", path) {
			version = v
		}
	}
	read := r.Method == http.MethodGet
	switch given := api.Segment(path, "projects"); {
	case version == "":
	case given == "" && read && (verb == "" || verb == "search"):
		return p.list(r, version)
	case given != "":
		id, err := p.ID(given)
		switch {
		case err != nil:
			return nil, err
		case verb == "" && read:
			return p.object(id, version), nil
		case policy.IsMethod(verb):
			return p.policies.Method(r, verb, "", policy.Project("projects/"+id))
		}
	}
	return nil, api.Unknown(r)
}

// list lists all projects; it knows no filters but those that ask for all, as gcloud
// sends them.
func (p *Projects) list(r *http.Request, version string) (any, error) {
	for _, name := range []string{"filter", "query"} {
		if f := r.URL.Query().Get(name); f != "" && !slices.Contains([]string{"lifecycleState:ACTIVE", "state:ACTIVE"}, f) {
			return nil, status.Errorf(codes.Unimplemented, "The emulator has no filter %q of projects.", f)
		}
	}
	all := []api.Object{}
	for _, id := range p.ids {
		all = append(all, p.object(id, version))
	}
	return api.Object{"projects": all}, nil
}

func (p *Projects) object(id, version string) api.Object {
	if version == "v1" {
		return api.Object{"projectId": id, "projectNumber": Number(id), "name": id, "lifecycleState": "ACTIVE", "createTime": p.created}
	}
	return api.Object{"name": "projects/" + Number(id), "projectId": id, "displayName": id, "state": "ACTIVE", "createTime": p.created, "updateTime": p.created}
}
