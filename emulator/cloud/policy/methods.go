package policy

import (
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Method answers getIamPolicy, setIamPolicy and testIamPermissions of a resource, which
// is also part of others; other verbs are unknown. The caller has seen that the resource
// exists. The member is the one that asks, for testIamPermissions.
func (p *Policies) Method(r *http.Request, verb, member string, resources ...string) (any, error) {
	switch verb {
	case "getIamPolicy":
		return p.Get(resources[0]), nil
	case "setIamPolicy":
		var body struct {
			Policy     *Policy `json:"policy"`
			UpdateMask string  `json:"updateMask"`
		}
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		if body.Policy == nil {
			return nil, status.Error(codes.InvalidArgument, "The request has no policy.")
		}
		return p.Set(resources[0], *body.Policy)
	case "testIamPermissions":
		var body struct {
			Permissions []string `json:"permissions"`
		}
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		has := []string{}
		for _, permission := range body.Permissions {
			if p.Allowed(member, permission, resources...) {
				has = append(has, permission)
			}
		}
		return api.Object{"permissions": has}, nil
	}
	return nil, api.Unknown(r)
}

// IsMethod reports whether a verb is one that Method answers.
func IsMethod(verb string) bool {
	return verb == "getIamPolicy" || verb == "setIamPolicy" || verb == "testIamPermissions"
}

// Project is the full name of the project that a resource is in.
func Project(resource string) string {
	return "//cloudresourcemanager.googleapis.com/projects/" + api.Segment(resource, "projects")
}
