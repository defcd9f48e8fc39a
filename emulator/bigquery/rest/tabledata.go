package rest

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
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
	if of, ok := summaryOf(ref); ok {
		t, rows, err := h.partitionsSummary(r.Context(), of)
		if err != nil {
			return nil, nil, err
		}
		return t, &engine.Rows{Schema: rows.Schema, Values: rows.Values[min(page.Start, int64(len(rows.Values))):]}, nil
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

// summaryOf is the table whose partitions t$__PARTITIONS_SUMMARY__ lists; false for another
// name.
func summaryOf(ref engine.TableRef) (engine.TableRef, bool) {
	name, ok := strings.CutSuffix(ref.Table, "$__PARTITIONS_SUMMARY__")
	return engine.TableRef{Project: ref.Project, Dataset: ref.Dataset, Table: name}, ok
}

// partitionsSummary lists the partitions of a table, as Python's list_partitions reads them
// (https://cloud.google.com/bigquery/docs/managing-partitioned-tables#legacy-sql). When a
// partition was made isn't known.
func (h *Handler) partitionsSummary(ctx context.Context, of engine.TableRef) (*bqv2.Table, *engine.Rows, error) {
	t, err := h.engine.Table(ctx, of)
	if err != nil {
		return nil, nil, err
	}
	if t.TimePartitioning == nil && t.RangePartitioning == nil {
		return nil, nil, wire.Invalid("Cannot read partition information from a table that is not partitioned: %s:%s.%s", of.Project, of.Dataset, of.Table)
	}
	result, err := h.engine.Query(ctx, engine.Query{Project: of.Project, Location: job.Location, SQL: fmt.Sprintf(`
		SELECT table_catalog AS project_id, table_schema AS dataset_id, table_name AS table_id, partition_id,
			UNIX_MILLIS(last_modified_time) AS last_modified_time, last_modified_time AS last_modified_timestamp
		FROM %s.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = %q ORDER BY partition_id`, "`"+of.Project+"."+of.Dataset+"`", of.Table)})
	if err != nil {
		return nil, nil, err
	}
	name := job.RestRef(of)
	name.TableId += "$__PARTITIONS_SUMMARY__"
	return &bqv2.Table{
		TableReference: name, Schema: &bqv2.TableSchema{Fields: result.Rows.Schema}, NumRows: uint64(len(result.Rows.Values)),
		CreationTime: t.CreationTime, LastModifiedTime: t.LastModifiedTime, Location: t.Location, Type: "TABLE",
	}, result.Rows, nil
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
