package rest

import (
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

const modelPath = datasetPath + "/models/{modelId}"

// refused are methods that bq calls, described so that it gets the emulator's answer. Those
// without a function are answered by the route of their resource.
var refused = []route{
	{id: "datasets.undelete", method: "POST", path: datasetPath, verb: "undelete", serve: datasetAction},
	{id: "models.get", method: "GET", path: modelPath, serve: noModels},
	{id: "models.patch", method: "PATCH", path: modelPath, serve: noModels},
	{id: "models.delete", method: "DELETE", path: modelPath, serve: noModels},

	{id: "tables.getIamPolicy", method: "POST", path: tablePath, verb: "getIamPolicy"},
	{id: "tables.setIamPolicy", method: "POST", path: tablePath, verb: "setIamPolicy"},
	{id: "tables.testIamPermissions", method: "POST", path: tablePath, verb: "testIamPermissions"},
	{id: "routines.getIamPolicy", method: "POST", path: routinePath, verb: "getIamPolicy"},
	{id: "routines.setIamPolicy", method: "POST", path: routinePath, verb: "setIamPolicy"},
	{id: "routines.testIamPermissions", method: "POST", path: routinePath, verb: "testIamPermissions"},
	{id: "rowAccessPolicies.getIamPolicy", method: "POST", path: policyPath, verb: "getIamPolicy"},
	{id: "rowAccessPolicies.testIamPermissions", method: "POST", path: policyPath, verb: "testIamPermissions"},
}

func datasetAction(h *Handler, w http.ResponseWriter, r *http.Request) error {
	name, action, _ := strings.Cut(r.PathValue("datasetId"), ":")
	if action != "undelete" {
		return unknownRoute(h, w, r)
	}
	return wire.NotImplemented("The emulator doesn't keep deleted datasets: datasets.undelete of %s is not supported", name)
}

func noModels(_ *Handler, _ http.ResponseWriter, r *http.Request) error {
	return wire.NotImplemented("The emulator has no models: %s of %s is not supported", r.Method, r.PathValue("modelId"))
}
