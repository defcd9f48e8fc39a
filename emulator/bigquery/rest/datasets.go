package rest

import (
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

var (
	insertDataset = inserting(checkDataset, engine.API.CreateDataset, replyDataset)
	patchDataset  = patching((*Handler).changeDataset, "datasetReference", "location")
	updateDataset = updating((*Handler).changeDataset, keepDataset)
)

// checkDataset fills in the reference of a new dataset from the path, or checks it.
func checkDataset(r *http.Request, d *bqv2.Dataset) error {
	if d.DatasetReference == nil || d.DatasetReference.DatasetId == "" {
		return wire.Required("datasetReference.datasetId")
	}
	return fillProject(r, &d.DatasetReference.ProjectId)
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

// agreeDataset sets the project and the dataset of a reference to those of the path, or checks them.
func agreeDataset(r *http.Request, project, dataset *string) error {
	if err := fillProject(r, project); err != nil {
		return err
	}
	return agree(dataset, r.PathValue("datasetId"))
}

// agree sets a part of a reference to that of the path, or checks it.
func agree(part *string, path string) error {
	if *part == "" {
		*part = path
	}
	if *part != path {
		return wire.Invalid("Value '%s' in content does not agree with value '%s'.", *part, path)
	}
	return nil
}

// agreeID is agree for the id that the path has under a name. Where it has none the reference must have one.
func agreeID(r *http.Request, reference, name string, id *string) error {
	if path := r.PathValue(name); path != "" {
		return agree(id, path)
	}
	if *id == "" {
		return wire.Required(reference + "." + name)
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

// keepDataset carries over what a replacement can't change, and its access list where it has none.
func keepDataset(d, old *bqv2.Dataset) {
	d.Kind, d.Etag, d.Id, d.SelfLink, d.Type = old.Kind, old.Etag, old.Id, old.SelfLink, old.Type
	d.DatasetReference, d.Location = old.DatasetReference, old.Location
	d.CreationTime, d.LastModifiedTime = old.CreationTime, old.LastModifiedTime
	if d.Access == nil {
		d.Access = old.Access
	}
}

// changeDataset changes a dataset as a body says, which can't change what it is called and where it is.
func (h *Handler) changeDataset(w http.ResponseWriter, r *http.Request, body *bqv2.Dataset, change func(*bqv2.Dataset) error) error {
	if ref := body.DatasetReference; ref != nil {
		if err := agreeDataset(r, &ref.ProjectId, &ref.DatasetId); err != nil {
			return err
		}
	}
	out, err := h.engine.UpdateDataset(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId"), func(d *bqv2.Dataset) error {
		if err := wire.MatchEtag(r, d.Etag); err != nil {
			return err
		}
		if body.Location != "" && !strings.EqualFold(body.Location, d.Location) {
			return wire.Invalid("The location of dataset %s is %s and can't be changed to %s", d.Id, d.Location, body.Location)
		}
		return changePart(r, d, change)
	})
	if err != nil {
		return err
	}
	return replyDataset(w, r, out)
}

// changePart changes what updateMode names of a dataset, all of it unless it says otherwise.
func changePart(r *http.Request, d *bqv2.Dataset, change func(*bqv2.Dataset) error) error {
	old := *d
	if err := change(d); err != nil {
		return err
	}
	switch strings.ToUpper(r.URL.Query().Get("updateMode")) {
	case "UPDATE_METADATA":
		d.Access = old.Access
	case "UPDATE_ACL":
		access := d.Access
		*d = old
		d.Access = access
	}
	return nil
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
		d.Access = catalog.DefaultAccess()
	}
	switch strings.ToUpper(r.URL.Query().Get("datasetView")) {
	case "METADATA":
		d.Access = nil
	case "ACL":
		d = bqv2.Dataset{Kind: d.Kind, Id: d.Id, Etag: d.Etag, SelfLink: d.SelfLink, DatasetReference: ref, Location: d.Location, Access: d.Access}
	}
	return wire.Reply(w, &d)
}

// listModels answers that a dataset has no models: there is no statement or request that
// would make one.
func listModels(h *Handler, w http.ResponseWriter, r *http.Request) error {
	if _, err := h.engine.Dataset(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId")); err != nil {
		return err
	}
	return wire.Reply(w, &bqv2.ListModelsResponse{})
}
