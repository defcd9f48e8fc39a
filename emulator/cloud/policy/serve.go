package policy

import (
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Serve adds the three methods of IAM to those of a resource, which a pattern like
// /v1/projects/{project}/secrets/{secret} names. Resource tells its full name, and
// NOT_FOUND where it isn't there. Whoever asks for permissions has them: callers of the
// cloud's own APIs are its owner.
func (p *Policies) Serve(router *api.Router, pattern string, resource func(*http.Request) (string, error)) {
	get := func(r *http.Request) (any, error) {
		if err := api.Parameters(r, "options.requestedPolicyVersion"); err != nil {
			return nil, err
		}
		var body struct {
			Options struct{ RequestedPolicyVersion int }
		}
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		name, err := resource(r)
		if err != nil {
			return nil, err
		}
		return p.Get(name), nil
	}
	router.Handle("GET "+pattern+":getIamPolicy", get)
	router.Handle("POST "+pattern+":getIamPolicy", get)
	router.Handle("POST "+pattern+":setIamPolicy", func(r *http.Request) (any, error) { return p.set(r, resource) })
	router.Handle("POST "+pattern+":testIamPermissions", func(r *http.Request) (any, error) {
		var body struct {
			Permissions []string `json:"permissions"`
		}
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		if _, err := resource(r); err != nil {
			return nil, err
		}
		return body, nil
	})
}

func (p *Policies) set(r *http.Request, resource func(*http.Request) (string, error)) (any, error) {
	var body struct {
		Policy     *Policy
		UpdateMask string
	}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	name, err := resource(r)
	if err != nil {
		return nil, err
	}
	if body.Policy == nil {
		return nil, status.Error(codes.InvalidArgument, "The request has no policy.")
	}
	for field := range strings.SplitSeq(body.UpdateMask, ",") {
		switch strings.TrimSpace(field) {
		case "", "bindings", "etag", "version":
		default:
			return nil, status.Errorf(codes.InvalidArgument, "updateMask: a policy has no field %q here; want bindings, etag and version.", field)
		}
	}
	return p.Set(name, *body.Policy)
}
