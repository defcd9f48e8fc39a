package rest

import (
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"
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
		return reply(w, &bqv2.Policy{Etag: "ACAB", Version: 1})
	case "testIamPermissions":
		var req bqv2.TestIamPermissionsRequest
		if err := decode(w, r, &req); err != nil {
			return err
		}
		return reply(w, &bqv2.TestIamPermissionsResponse{Permissions: req.Permissions})
	}
	return notImplemented("The emulator has no access control: %s is not supported", action)
}
