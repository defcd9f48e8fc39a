package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

func routineRef(r *http.Request, routine string) engine.TableRef {
	return engine.TableRef{Project: r.PathValue("projectId"), Dataset: r.PathValue("datasetId"), Table: routine}
}

var insertRoutine = inserting(checkRoutine, engine.API.CreateRoutine, replyRoutine)

// checkRoutine fills in the reference of a routine from the path, or checks it.
func checkRoutine(r *http.Request, routine *bqv2.Routine) error {
	if routine.RoutineReference == nil {
		routine.RoutineReference = &bqv2.RoutineReference{}
	}
	ref := routine.RoutineReference
	if err := agreeDataset(r, &ref.ProjectId, &ref.DatasetId); err != nil {
		return err
	}
	return agreeID(r, "routineReference", "routineId", &ref.RoutineId)
}

func replyRoutine(w http.ResponseWriter, _ *http.Request, routine *bqv2.Routine) error {
	return wire.Reply(w, routine)
}

func getRoutine(h *Handler, w http.ResponseWriter, r *http.Request) error {
	out, err := h.engine.Routine(r.Context(), routineRef(r, r.PathValue("routineId")))
	if err != nil {
		return err
	}
	if mask := r.URL.Query().Get("readMask"); mask != "" {
		if out, err = masked(out, mask); err != nil {
			return err
		}
	}
	return wire.Reply(w, out)
}

func updateRoutine(h *Handler, w http.ResponseWriter, r *http.Request) error {
	body, err := read(w, r, checkRoutine)
	if err != nil {
		return err
	}
	out, err := h.engine.UpdateRoutine(r.Context(), routineRef(r, r.PathValue("routineId")), func(routine *bqv2.Routine) error {
		if err := wire.MatchEtag(r, routine.Etag); err != nil {
			return err
		}
		*routine = *body
		return nil
	})
	if err != nil {
		return err
	}
	return wire.Reply(w, out)
}

func deleteRoutine(h *Handler, w http.ResponseWriter, r *http.Request) error {
	if err := h.engine.DeleteRoutine(r.Context(), routineRef(r, r.PathValue("routineId"))); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// listedFields are what routines.list tells of a routine beside its reference, unless
// readMask names others: https://cloud.google.com/bigquery/docs/reference/rest/v2/routines/list.
const listedFields = "etag,routineType,creationTime,lastModifiedTime,language"

func listRoutines(h *Handler, w http.ResponseWriter, r *http.Request) error {
	all, err := h.engine.ListRoutines(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId"))
	if err != nil {
		return err
	}
	if filter := r.URL.Query().Get("filter"); filter != "" {
		kind, ok := strings.CutPrefix(filter, "routineType:")
		if !ok {
			return wire.Invalid("Invalid filter %q: it must have the form routineType:<type>", filter)
		}
		all = slices.DeleteFunc(all, func(routine *bqv2.Routine) bool { return routine.RoutineType != kind })
	}
	from, to, next, err := wire.Window(r, len(all), 1000)
	if err != nil {
		return err
	}
	mask := r.URL.Query().Get("readMask")
	if mask == "" {
		mask = listedFields
	}
	list := &bqv2.ListRoutinesResponse{NextPageToken: next}
	for _, routine := range all[from:to] {
		item, err := masked(routine, mask)
		if err != nil {
			return err
		}
		list.Routines = append(list.Routines, item)
	}
	return wire.Reply(w, list)
}

// masked is a routine with only the fields that a mask names, and its reference.
func masked(routine *bqv2.Routine, mask string) (*bqv2.Routine, error) {
	data, err := json.Marshal(routine)
	if err != nil {
		return nil, err
	}
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(data, &tree); err != nil {
		return nil, err
	}
	kept := map[string]json.RawMessage{"routineReference": tree["routineReference"]}
	for name := range strings.SplitSeq(mask, ",") {
		if name = strings.TrimSpace(name); strings.Contains(name, ".") {
			return nil, wire.NotSupported("A readMask with a nested field (%s)", name)
		}
		if v, ok := tree[name]; ok {
			kept[name] = v
		}
	}
	if data, err = json.Marshal(kept); err != nil {
		return nil, err
	}
	out := new(bqv2.Routine)
	return out, json.Unmarshal(data, out)
}

// routineAction is tableAction for routines.
func routineAction(h *Handler, w http.ResponseWriter, r *http.Request) error {
	return policyAction(h, w, r, r.PathValue("routineId"), func(id string) error {
		_, err := h.engine.Routine(r.Context(), routineRef(r, id))
		return err
	})
}
