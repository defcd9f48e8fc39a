package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/partial"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// queryValues are those that a parameter may have, in any case, where not every text will do.
var queryValues = map[string][]string{
	"datasetView":                         {"dataset_view_unspecified", "metadata", "acl", "full"},
	"formatOptions.timestampOutputFormat": {"timestamp_output_format_unspecified", "float64", "int64"},
	"projection":                          {"full", "minimal"},
	"stateFilter":                         {"done", "pending", "running"},
	"updateMode":                          {"update_mode_unspecified", "update_metadata", "update_acl", "update_full"},
	"view":                                {"table_metadata_view_unspecified", "basic", "storage_stats", "full"},
}

// checked serves a route after a look at the project and at the parameters of the query string.
func (rt *route) checked() serveFunc {
	return func(h *Handler, w http.ResponseWriter, r *http.Request) error {
		if id := r.PathValue("projectId"); id != "" {
			if err := h.noteProject(id); err != nil {
				return err
			}
		}
		for name, list := range r.URL.Query() {
			if err := rt.checkParam(name, list); err != nil {
				return err
			}
		}
		return partial.Serve(w, r, func(w http.ResponseWriter, r *http.Request) error { return rt.serve(h, w, r) })
	}
}

// checkParam refuses a parameter that the method doesn't have, and a value that the parameter doesn't have.
func (rt *route) checkParam(name string, list []string) error {
	if err := wire.CheckParam(name, list, rt.query); err != nil {
		return err
	}
	for _, v := range list {
		if v == "" {
			continue
		}
		if err := checkParamValue(name, v); err != nil {
			return err
		}
	}
	return nil
}

func checkParamValue(name, v string) error {
	on, err := strconv.ParseBool(v)
	switch allowed := queryValues[name]; {
	case allowed != nil && !slices.Contains(allowed, strings.ToLower(v)):
		return wire.BadParam(name, v, "one of "+strings.Join(allowed, ", "))
	case queryParam(name).Type == "boolean" && err != nil:
		return wire.BadParam(name, v, "true or false")
	case name == "autodetect_schema" && on:
		return wire.NotSupported("The parameter %s", name)
	}
	if queryParam(name).Type == "integer" {
		if _, err := strconv.ParseUint(v, 10, 32); err != nil {
			return wire.BadParam(name, v, "a non-negative integer")
		}
	}
	return nil
}
