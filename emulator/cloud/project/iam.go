package project

import (
	"hash/fnv"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
)

// IAM are the service accounts and the roles of projects: IAM's API v1.
type IAM struct {
	projects *Projects
	policies *policy.Policies
	store    *resource.Store // of accounts and roles
}

// NewIAM returns projects' service accounts and roles, none so far.
func NewIAM(projects *Projects, policies *policy.Policies) *IAM {
	return &IAM{projects: projects, policies: policies, store: resource.NewStore()}
}

// Names are the full names of accounts and roles.
func (s *IAM) Names() []string { return s.store.FullNames("iam.googleapis.com") }

func (s *IAM) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api.Method(s.serve).ServeHTTP(w, r)
}

func (s *IAM) serve(r *http.Request) (any, error) {
	path, verb := api.Verb(r.URL.Path)
	name, err := s.name(strings.TrimPrefix(path, "/v1/"))
	if err != nil {
		return nil, err
	}
	switch {
	case verb == "" && resource.Match("projects/*/serviceAccounts", name):
		return s.accounts(r, name)
	case resource.Match("projects/*/serviceAccounts/*", name):
		return s.account(r, name, verb)
	case verb == "" && resource.Match("projects/*/roles", name):
		return s.roles(r, name)
	case verb == "" && resource.Match("projects/*/roles/*", name):
		return s.role(r, name)
	}
	return nil, api.Unknown(r)
}

// name is that of a resource with the id of its project: requests may name the project
// by its number, or by - where the account's address tells it.
func (s *IAM) name(given string) (string, error) {
	parts := strings.SplitN(given, "/", 4)
	if len(parts) < 3 || parts[0] != "projects" {
		return given, nil
	}
	if parts[1] == "-" && len(parts) == 4 {
		_, domain, _ := strings.Cut(parts[3], "@")
		parts[1], _, _ = strings.Cut(domain, ".")
	}
	id, err := s.projects.ID(parts[1])
	if err != nil {
		return "", err
	}
	parts[1] = id
	return strings.Join(parts, "/"), nil
}

// accountID is from https://cloud.google.com/iam/docs/service-accounts-create.
var accountID = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

func (s *IAM) accounts(r *http.Request, collection string) (any, error) {
	switch r.Method {
	case http.MethodGet:
		return api.Object{"accounts": s.store.List(collection + "/*")}, nil
	case http.MethodPost:
	default:
		return nil, api.Unknown(r)
	}
	var body struct {
		AccountID      string     `json:"accountId"`
		ServiceAccount api.Object `json:"serviceAccount"`
	}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	if !accountID.MatchString(body.AccountID) {
		return nil, status.Errorf(codes.InvalidArgument, "Invalid account id %q: want 6 to 30 lower-case letters, digits and hyphens, a letter first.", body.AccountID)
	}
	project := api.Segment(collection, "projects")
	email := body.AccountID + "@" + project + ".iam.gserviceaccount.com"
	account := api.Object{
		"name": collection + "/" + email, "projectId": project, "email": email,
		"uniqueId": uniqueID(email), "oauth2ClientId": uniqueID(email), "etag": "MDEwMjE5MjA=",
	}
	resource.Update(account, body.ServiceAccount, "displayName,description")
	return account, s.store.Create(collection+"/"+email, account)
}

// uniqueID is a number of 21 digits that an account's address decides.
func uniqueID(email string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(email)) // never fails
	return "1" + strconv.FormatUint(1e19+h.Sum64()%8e18, 10)
}

func (s *IAM) account(r *http.Request, name, verb string) (any, error) {
	account, err := s.store.Get(name)
	if err != nil {
		return nil, err
	}
	full := "//iam.googleapis.com/" + name
	switch {
	case policy.IsMethod(verb):
		return s.policies.Method(r, verb, "", full, policy.Project(name))
	case r.Method == http.MethodGet && verb == "":
		return account, nil
	case r.Method == http.MethodDelete && verb == "":
		s.policies.Delete(full)
		_, err := s.store.Delete(name)
		return nil, err
	case r.Method == http.MethodPatch && verb == "":
		var body struct {
			ServiceAccount api.Object `json:"serviceAccount"`
			UpdateMask     string     `json:"updateMask"`
		}
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		return s.store.Change(name, func(o api.Object) error {
			for field := range strings.SplitSeq(body.UpdateMask, ",") {
				if field != "displayName" && field != "display_name" && field != "description" {
					return status.Errorf(codes.InvalidArgument, "updateMask: %q of a service account can't be changed.", field)
				}
			}
			resource.Update(o, body.ServiceAccount, body.UpdateMask)
			return nil
		})
	}
	return nil, api.Unknown(r)
}

func (s *IAM) roles(r *http.Request, collection string) (any, error) {
	switch r.Method {
	case http.MethodGet:
		return api.Object{"roles": s.store.List(collection + "/*")}, nil
	case http.MethodPost:
	default:
		return nil, api.Unknown(r)
	}
	var body struct {
		RoleID string     `json:"roleId"`
		Role   api.Object `json:"role"`
	}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	if body.RoleID == "" {
		return nil, status.Error(codes.InvalidArgument, "The role has no id (roleId).")
	}
	role := api.Object{"name": collection + "/" + body.RoleID, "etag": "BwY="}
	resource.Update(role, body.Role, "title,description,includedPermissions,stage")
	if err := s.store.Create(collection+"/"+body.RoleID, role); err != nil {
		return nil, err
	}
	return role, s.define(role)
}

// role answers a request for a role. A role that is deleted is gone at once; the cloud
// keeps it for a week.
func (s *IAM) role(r *http.Request, name string) (any, error) {
	switch r.Method {
	case http.MethodGet:
		return s.store.Get(name)
	case http.MethodDelete:
		s.policies.DeleteRole(name)
		role, err := s.store.Delete(name)
		if err == nil {
			role["deleted"] = true
		}
		return role, err
	case http.MethodPatch:
		var change api.Object
		if err := api.Read(r, &change); err != nil {
			return nil, err
		}
		role, err := s.store.Change(name, func(o api.Object) error {
			resource.Update(o, change, r.URL.Query().Get("updateMask"))
			o["name"] = name
			return nil
		})
		if err != nil {
			return nil, err
		}
		return role, s.define(role)
	}
	return nil, api.Unknown(r)
}

// define tells the policies what a role includes.
func (s *IAM) define(role api.Object) error {
	var permissions []string
	listed, _ := role["includedPermissions"].([]any)
	for _, p := range listed {
		permission, ok := p.(string)
		if !ok || strings.Contains(permission, "*") {
			return status.Errorf(codes.InvalidArgument, "Permission %v is not valid.", p)
		}
		permissions = append(permissions, permission)
	}
	s.policies.DefineRole(role["name"].(string), permissions)
	return nil
}

// Account is the name of the service account that has an address; NOT_FOUND where there
// is none.
func (s *IAM) Account(email string) (string, error) {
	name, err := s.name("projects/-/serviceAccounts/" + email)
	if err != nil {
		return "", err
	}
	_, err = s.store.Get(name)
	return name, err
}
