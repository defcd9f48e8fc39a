package rest

import (
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// datasetFixed are the names of a dataset that only the server sets.
var datasetFixed = []string{"kind", "etag", "id", "selfLink", "datasetReference", "creationTime", "lastModifiedTime", "location", "type"}

func insertDataset(h *Handler, w http.ResponseWriter, r *http.Request) error {
	var d bqv2.Dataset
	if err := wire.Decode(w, r, &d); err != nil {
		return err
	}
	if d.DatasetReference == nil || d.DatasetReference.DatasetId == "" {
		return wire.Required("datasetReference.datasetId")
	}
	if err := fillProject(r, &d.DatasetReference.ProjectId); err != nil {
		return err
	}
	out, err := h.engine.CreateDataset(r.Context(), &d)
	if err != nil {
		return err
	}
	return replyDataset(w, r, out)
}

// fillProject sets a reference's project to that of the path, or checks it.
func fillProject(r *http.Request, project *string) error {
	p := r.PathValue("projectId")
	if *project == "" {
		*project = p
	}
	if *project != p {
		return wire.Invalid("Value '%s' in content does not agree with value '%s'. This can happen when a value set through a parameter is inconsistent with a value set in the request.", *project, p)
	}
	return nil
}

func getDataset(h *Handler, w http.ResponseWriter, r *http.Request) error {
	d, err := h.engine.Dataset(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId"))
	if err != nil {
		return err
	}
	return replyDataset(w, r, d)
}

func listDatasets(h *Handler, w http.ResponseWriter, r *http.Request) error {
	all, err := h.engine.ListDatasets(r.Context(), r.PathValue("projectId"))
	if err != nil {
		return err
	}
	keep, err := labelFilter(r.URL.Query().Get("filter"))
	if err != nil {
		return err
	}
	var items []*bqv2.DatasetListDatasets
	for _, d := range all {
		ref := d.DatasetReference
		hidden := strings.HasPrefix(ref.DatasetId, "_") && !wire.BoolParam(r, "all")
		if hidden || !keep(d.Labels) {
			continue
		}
		items = append(items, &bqv2.DatasetListDatasets{
			Kind: "bigquery#dataset", Id: ref.ProjectId + ":" + ref.DatasetId, DatasetReference: ref,
			FriendlyName: d.FriendlyName, Labels: d.Labels, Location: d.Location, Type: "DEFAULT",
		})
	}
	from, to, next, err := wire.Window(r, len(items), defaultPageEntries)
	if err != nil {
		return err
	}
	return wire.Reply(w, &bqv2.DatasetList{Kind: "bigquery#datasetList", Etag: wire.EtagOf(items), Datasets: items[from:to], NextPageToken: next})
}

// labelFilter reads a filter of the form labels.name[:value] …, all of which
// must hold.
func labelFilter(filter string) (func(map[string]string) bool, error) {
	want := map[string]string{}
	for _, term := range strings.Fields(filter) {
		label, ok := strings.CutPrefix(term, "labels.")
		if !ok {
			return nil, wire.Invalid("Invalid filter %q: each term must have the form labels.<name>[:<value>]", filter)
		}
		name, value, _ := strings.Cut(label, ":")
		want[name] = value
	}
	return func(labels map[string]string) bool {
		for name, value := range want {
			got, ok := labels[name]
			if !ok || value != "" && value != got {
				return false
			}
		}
		return true
	}, nil
}

func patchDataset(h *Handler, w http.ResponseWriter, r *http.Request) error {
	p, err := readPatch(w, r)
	if err != nil {
		return err
	}
	return h.changeDataset(w, r, func(d *bqv2.Dataset) error { return p.apply(d, datasetFixed...) })
}

func updateDataset(h *Handler, w http.ResponseWriter, r *http.Request) error {
	var body bqv2.Dataset
	if err := wire.Decode(w, r, &body); err != nil {
		return err
	}
	return h.changeDataset(w, r, func(d *bqv2.Dataset) error {
		old := *d
		*d = body
		d.Kind, d.Etag, d.Id, d.SelfLink, d.Type = old.Kind, old.Etag, old.Id, old.SelfLink, old.Type
		d.DatasetReference, d.Location = old.DatasetReference, old.Location
		d.CreationTime, d.LastModifiedTime = old.CreationTime, old.LastModifiedTime
		if d.Access == nil {
			d.Access = old.Access
		}
		return nil
	})
}

func (h *Handler) changeDataset(w http.ResponseWriter, r *http.Request, change func(*bqv2.Dataset) error) error {
	out, err := h.engine.UpdateDataset(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId"), func(d *bqv2.Dataset) error {
		if err := wire.MatchEtag(r, d.Etag); err != nil {
			return err
		}
		return change(d)
	})
	if err != nil {
		return err
	}
	return replyDataset(w, r, out)
}

func deleteDataset(h *Handler, w http.ResponseWriter, r *http.Request) error {
	err := h.engine.DeleteDataset(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId"), wire.BoolParam(r, "deleteContents"))
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// replyDataset adds what depends on the request or has a default.
func replyDataset(w http.ResponseWriter, r *http.Request, stored *bqv2.Dataset) error {
	d := *stored
	ref := d.DatasetReference
	d.Kind = "bigquery#dataset"
	d.Id = ref.ProjectId + ":" + ref.DatasetId
	d.SelfLink = wire.SelfLink(r, ref.ProjectId, "datasets", ref.DatasetId)
	d.Type = "DEFAULT"
	if d.MaxTimeTravelHours == 0 {
		d.MaxTimeTravelHours = 168
	}
	if d.Access == nil {
		d.Access = defaultAccess
	}
	return wire.Reply(w, &d)
}

// defaultAccess is what BigQuery gives a dataset that is created without an
// access list.
var defaultAccess = []*bqv2.DatasetAccess{
	{Role: "WRITER", SpecialGroup: "projectWriters"},
	{Role: "OWNER", SpecialGroup: "projectOwners"},
	{Role: "OWNER", UserByEmail: job.User},
	{Role: "READER", SpecialGroup: "projectReaders"},
}

// listModels answers that a dataset has no models: there is no statement or request that
// would make one.
func listModels(h *Handler, w http.ResponseWriter, r *http.Request) error {
	if _, err := h.engine.Dataset(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId")); err != nil {
		return err
	}
	return wire.Reply(w, &bqv2.ListModelsResponse{})
}
