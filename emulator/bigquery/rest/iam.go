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
	id, action, ok := strings.Cut(r.PathValue("tableId"), ":")
	if !ok {
		return unknownRoute(h, w, r)
	}
	if _, err := h.engine.Table(r.Context(), tableRef(r, id)); err != nil {
		return err
	}
	switch action {
	case "getIamPolicy":
		return wire.Reply(w, &bqv2.Policy{Etag: "ACAB", Version: 1})
	case "testIamPermissions":
		var req bqv2.TestIamPermissionsRequest
		if err := wire.Decode(w, r, &req); err != nil {
			return err
		}
		return wire.Reply(w, &bqv2.TestIamPermissionsResponse{Permissions: req.Permissions})
	}
	return wire.NotImplemented("The emulator has no access control: %s is not supported", action)
}
