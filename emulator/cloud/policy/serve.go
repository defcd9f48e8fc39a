package policy

import (
	"net/http"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Serve adds getIamPolicy and setIamPolicy to the methods of a resource, which a pattern
// like /v1/projects/{project}/secrets/{secret} names. Resource tells its full name, and
// NOT_FOUND where it isn't there.
func (p *Policies) Serve(router *api.Router, pattern string, resource func(*http.Request) (string, error)) {
	method := func(verb string) api.Method {
		return func(r *http.Request) (any, error) {
			if err := api.Parameters(r, "options.requestedPolicyVersion"); err != nil {
				return nil, err
			}
			name, err := resource(r)
			if err != nil {
				return nil, err
			}
			return p.Method(r, verb, "", name)
		}
	}
	router.Handle("GET "+pattern+":getIamPolicy", method("getIamPolicy"))
	router.Handle("POST "+pattern+":getIamPolicy", method("getIamPolicy"))
	router.Handle("POST "+pattern+":setIamPolicy", method("setIamPolicy"))
}
