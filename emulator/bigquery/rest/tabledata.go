package rest

import (
	"net/http"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

type dataList struct {
	Kind      string `json:"kind"`
	Etag      string `json:"etag"`
	TotalRows string `json:"totalRows"`
}

func listTableData(h *Handler, w http.ResponseWriter, r *http.Request) error {
	page, err := wire.PageOf(r)
	if err != nil {
		return err
	}
	ref := pathTable(r)
	t, rows, err := h.readTable(r, ref, &page)
	if err != nil {
		return err
	}
	picked, err := wire.SelectFields(rows.Schema, r.URL.Query().Get("selectedFields"))
	if err != nil {
		return err
	}
	head := dataList{Kind: "bigquery#tableDataList", Etag: t.Etag, TotalRows: wire.Str(int64(t.NumRows))}
	return page.ReplyFrom(w, head, project(rows, picked), min(page.Start, int64(t.NumRows)), int64(t.NumRows))
}

// QueryResult returns the rows of a query whose result has a table of its own; nil for another table.
func (h *Handler) QueryResult(ref engine.TableRef) (*engine.Rows, error) {
	j := h.jobs.ByResultTable(ref)
	if j == nil {
		return nil, nil
	}
	q, err := j.Result()
	if err != nil {
		return nil, err
	}
	return q.Rows, nil
}

// readTable reads a page of a table, or of a query's result that is named like one.
func (h *Handler) readTable(r *http.Request, ref engine.TableRef, page *wire.PageRequest) (*bqv2.Table, *engine.Rows, error) {
	if j := h.jobs.ByResultTable(ref); j != nil {
		rows, err := h.QueryResult(ref)
		if err != nil {
			return nil, nil, err
		}
		start := min(page.Start, int64(len(rows.Values)))
		return j.ResultTable(), &engine.Rows{Schema: rows.Schema, Values: rows.Values[start:]}, nil
	}
	t, err := h.engine.Table(r.Context(), ref)
	if err != nil {
		return nil, nil, err
	}
	if kind := tableType(t); kind != "TABLE" {
		return nil, nil, wire.Invalid("Cannot list a table of type %s.", kind)
	}
	if page.Limit < 0 || page.Limit > defaultPageRows {
		page.Limit = defaultPageRows
	}
	rows, err := h.engine.ReadTable(asCaller(r.Context(), r), ref, page.Start, page.Limit)
	return t, rows, err
}

// project keeps some columns of rows.
func project(rows *engine.Rows, picked []int) *engine.Rows {
	if len(picked) == len(rows.Schema) {
		return rows
	}
	out := &engine.Rows{Values: make([][]any, len(rows.Values))}
	for _, i := range picked {
		out.Schema = append(out.Schema, rows.Schema[i])
	}
	for n, row := range rows.Values {
		cut := make([]any, len(picked))
		for to, from := range picked {
			cut[to] = row[from]
		}
		out.Values[n] = cut
	}
	return out
}
