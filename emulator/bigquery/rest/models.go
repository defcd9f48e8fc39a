package rest

import (
	"net/http"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// listModels answers that a dataset has no models: there is no statement or request that
// would make one.
func listModels(h *Handler, w http.ResponseWriter, r *http.Request) error {
	if _, err := h.engine.Dataset(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId")); err != nil {
		return err
	}
	return wire.Reply(w, &bqv2.ListModelsResponse{})
}
