package rest

import (
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

var (
	insertTable = inserting(checkTable, engine.API.CreateTable, replyTable)
	patchTable  = patching((*Handler).changeTable, "tableReference")
	updateTable = updating((*Handler).changeTable, keepTable)
)

func tableRef(r *http.Request, table string) engine.TableRef {
	return engine.TableRef{Project: r.PathValue("projectId"), Dataset: r.PathValue("datasetId"), Table: table}
}

func pathTable(r *http.Request) engine.TableRef { return tableRef(r, r.PathValue("tableId")) }

// checkTable fills in the reference of a new table from the path, or checks it.
func checkTable(r *http.Request, t *bqv2.Table) error {
	if t.TableReference == nil || t.TableReference.TableId == "" {
		return wire.Required("tableReference.tableId")
	}
	return agreeTable(r, t.TableReference, t.TableReference.TableId)
}

// agreeTable fills in a reference to a table, nil for none, from the path and the table's id, or checks it.
func agreeTable(r *http.Request, ref *bqv2.TableReference, id string) error {
	if ref == nil {
		return nil
	}
	if err := agreeDataset(r, &ref.ProjectId, &ref.DatasetId); err != nil {
		return err
	}
	return agree(&ref.TableId, id)
}

func getTable(h *Handler, w http.ResponseWriter, r *http.Request) error {
	ref := pathTable(r)
	if j := h.jobs.ByResultTable(ref); j != nil {
		return replyPart(w, r, j.ResultTable())
	}
	if of, ok := summaryOf(ref); ok {
		t, _, err := h.partitionsSummary(r.Context(), of)
		if err != nil {
			return err
		}
		return replyTable(w, r, t)
	}
	t, err := h.engine.Table(r.Context(), ref)
	if err != nil {
		return err
	}
	return replyPart(w, r, t)
}

// replyPart answers with a table, as far as selectedFields and view ask for it.
func replyPart(w http.ResponseWriter, r *http.Request, t *bqv2.Table) error {
	if list := r.URL.Query().Get("selectedFields"); list != "" && t.Schema != nil {
		picked, err := wire.SelectFields(t.Schema.Fields, list)
		if err != nil {
			return err
		}
		schema := &bqv2.TableSchema{}
		for _, i := range picked {
			schema.Fields = append(schema.Fields, t.Schema.Fields[i])
		}
		part := *t
		part.Schema = schema
		t = &part
	}
	return replyTable(w, r, t)
}

func listTables(h *Handler, w http.ResponseWriter, r *http.Request) error {
	all, err := h.engine.ListTables(r.Context(), r.PathValue("projectId"), r.PathValue("datasetId"))
	if err != nil {
		return err
	}
	from, to, next, err := wire.Window(r, len(all), defaultPageEntries)
	if err != nil {
		return err
	}
	list := &bqv2.TableList{Kind: "bigquery#tableList", NextPageToken: next, TotalItems: int64(len(all)), ForceSendFields: []string{"TotalItems"}}
	for _, t := range all[from:to] {
		list.Tables = append(list.Tables, listItem(t))
	}
	list.Etag = wire.EtagOf(list.Tables)
	return wire.Reply(w, list)
}

func listItem(t *bqv2.Table) *bqv2.TableListTables {
	ref := t.TableReference
	item := &bqv2.TableListTables{
		Kind: "bigquery#table", Id: tableID(ref), TableReference: ref, Type: tableType(t),
		FriendlyName: t.FriendlyName, Labels: t.Labels,
		CreationTime: t.CreationTime, ExpirationTime: t.ExpirationTime,
		TimePartitioning: t.TimePartitioning, RangePartitioning: t.RangePartitioning,
		RequirePartitionFilter: t.RequirePartitionFilter, Clustering: t.Clustering,
	}
	if t.View != nil {
		item.View = &bqv2.TableListTablesView{UseLegacySql: t.View.UseLegacySql, ForceSendFields: []string{"UseLegacySql"}}
	}
	return item
}

// keepTable carries over what a replacement can't change, and its schema or query where it has none.
func keepTable(t, old *bqv2.Table) {
	t.Kind, t.Etag, t.Id, t.SelfLink, t.Type = old.Kind, old.Etag, old.Id, old.SelfLink, old.Type
	t.TableReference, t.Location = old.TableReference, old.Location
	t.CreationTime, t.LastModifiedTime = old.CreationTime, old.LastModifiedTime
	t.NumRows, t.NumBytes, t.NumLongTermBytes = old.NumRows, old.NumBytes, old.NumLongTermBytes
	t.NumTotalLogicalBytes, t.NumActiveLogicalBytes = old.NumTotalLogicalBytes, old.NumActiveLogicalBytes
	t.NumPartitions, t.StreamingBuffer = old.NumPartitions, old.StreamingBuffer
	if t.Schema == nil {
		t.Schema = old.Schema
	}
	if t.View == nil {
		t.View = old.View
	}
}

// changeTable changes a table as a body says, which can't change what it is called.
func (h *Handler) changeTable(w http.ResponseWriter, r *http.Request, body *bqv2.Table, change func(*bqv2.Table) error) error {
	if err := agreeTable(r, body.TableReference, r.PathValue("tableId")); err != nil {
		return err
	}
	out, err := h.engine.UpdateTable(r.Context(), pathTable(r), func(t *bqv2.Table) error {
		if err := wire.MatchEtag(r, t.Etag); err != nil {
			return err
		}
		return change(t)
	})
	if err != nil {
		return err
	}
	return replyTable(w, r, out)
}

func deleteTable(h *Handler, w http.ResponseWriter, r *http.Request) error {
	if err := h.engine.DeleteTable(r.Context(), pathTable(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func replyTable(w http.ResponseWriter, r *http.Request, stored *bqv2.Table) error {
	t := *stored
	ref := t.TableReference
	t.Kind, t.Id, t.Type = "bigquery#table", tableID(ref), tableType(&t)
	t.SelfLink = wire.SelfLink(r, ref.ProjectId, "datasets", ref.DatasetId, "tables", ref.TableId)
	if t.View != nil {
		t.View.ForceSendFields = []string{"UseLegacySql"}
	}
	if p := t.RangePartitioning; p != nil && p.Range != nil {
		p.Range.ForceSendFields = []string{"Start", "End"}
	}
	if strings.EqualFold(r.URL.Query().Get("view"), "BASIC") {
		t.ForceSendFields = nil
		t.NumRows, t.NumBytes, t.NumLongTermBytes = 0, 0, 0
	} else if t.Type == "TABLE" {
		// Zero is information here: clients wait for numRows to appear.
		t.NumTotalLogicalBytes, t.NumActiveLogicalBytes = t.NumBytes, t.NumBytes
		t.ForceSendFields = append([]string{
			"NumRows", "NumBytes", "NumLongTermBytes", "NumTotalLogicalBytes", "NumActiveLogicalBytes", "NumLongTermLogicalBytes",
		}, stored.ForceSendFields...)
	}
	return wire.Reply(w, &t)
}

func tableID(ref *bqv2.TableReference) string {
	return ref.ProjectId + ":" + ref.DatasetId + "." + ref.TableId
}

func tableType(t *bqv2.Table) string {
	switch {
	case t.Type != "":
		return t.Type
	case t.View != nil:
		return "VIEW"
	case t.MaterializedView != nil:
		return "MATERIALIZED_VIEW"
	}
	return "TABLE"
}
