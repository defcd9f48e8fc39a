package rest

import (
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// tableAction serves the methods that Google's APIs write behind a colon. The
// emulator has no access control: a policy is empty, every permission granted.
func tableAction(h *Handler, w http.ResponseWriter, r *http.Request) error {
	return policyAction(h, w, r, r.PathValue("tableId"), func(id string) error {
		_, err := h.engine.Table(r.Context(), tableRef(r, id))
		return err
	})
}

// policyAction serves a method of policies: name is the resource's with the method, and
// exists fails where there is no such resource.
func policyAction(h *Handler, w http.ResponseWriter, r *http.Request, name string, exists func(id string) error) error {
	return policyActionWith(h, w, r, name, exists, func() *bqv2.Policy { return &bqv2.Policy{Etag: "ACAB", Version: 1} })
}

// policyActionWith is policyAction of a resource with a policy.
func policyActionWith(h *Handler, w http.ResponseWriter, r *http.Request, name string, exists func(id string) error, policy func() *bqv2.Policy) error {
	id, action, ok := strings.Cut(name, ":")
	if !ok {
		return unknownRoute(h, w, r)
	}
	if err := exists(id); err != nil {
		return err
	}
	switch action {
	case "getIamPolicy":
		if err := wire.Decode(w, r, &bqv2.GetIamPolicyRequest{}); err != nil {
			return err
		}
		return wire.Reply(w, policy())
	case "testIamPermissions":
		var req bqv2.TestIamPermissionsRequest
		if err := wire.Decode(w, r, &req); err != nil {
			return err
		}
		return wire.Reply(w, &bqv2.TestIamPermissionsResponse{Permissions: req.Permissions})
	}
	return wire.NotImplemented("The emulator has no access control: %s is not supported", action)
}
