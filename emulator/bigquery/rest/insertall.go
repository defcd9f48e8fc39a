package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

type insertAllRequest struct {
	Kind string `json:"kind"`
	Rows []struct {
		InsertID string         `json:"insertId"`
		JSON     map[string]any `json:"json"`
	} `json:"rows"`
	SkipInvalidRows     bool   `json:"skipInvalidRows"`
	IgnoreUnknownValues bool   `json:"ignoreUnknownValues"`
	TemplateSuffix      string `json:"templateSuffix"`
	TraceID             string `json:"traceId"` // for logs
}

func insertAll(h *Handler, w http.ResponseWriter, r *http.Request) error {
	req, err := readInsertAll(w, r)
	if err != nil {
		return err
	}
	ref := pathTable(r)
	t, err := h.engine.Table(r.Context(), ref)
	if err != nil {
		return err
	}
	if kind := tableType(t); kind != "TABLE" {
		return wire.Invalid("Cannot add rows to a table of type %s.", kind)
	}
	if req.TemplateSuffix != "" {
		if t, err = h.fromTemplate(r.Context(), t, req.TemplateSuffix); err != nil {
			return err
		}
		ref.Table = t.TableReference.TableId
	}
	ins, err := newInserter(ref, t, req)
	if err != nil {
		return err
	}
	out := &bqv2.TableDataInsertAllResponse{Kind: "bigquery#tableDataInsertAllResponse"}
	rows := ins.convert(req)
	if len(ins.errors) > 0 && !req.SkipInvalidRows {
		out.InsertErrors = ins.stopOthers(req)
		return wire.Reply(w, out)
	}
	out.InsertErrors = ins.errors
	fresh, ids := h.recent.reserve(ref, rows)
	if err := ins.append(r.Context(), h.engine, fresh); err != nil {
		h.recent.release(ids)
		return err
	}
	return wire.Reply(w, out)
}

func readInsertAll(w http.ResponseWriter, r *http.Request) (*insertAllRequest, error) {
	data, err := wire.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	var req insertAllRequest
	if err := dec.Decode(&req); err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return nil, wire.Invalid("Invalid JSON payload received. Unknown name %s at 'table_data_insert_all_request': Cannot find field.", name)
		}
		return nil, wire.Errorf(http.StatusBadRequest, "parseError", "Parse Error: %v", err)
	}
	switch n := len(req.Rows); {
	case n == 0:
		return nil, wire.Invalid("No rows present in the request.")
	case n > maxInsertRows:
		return nil, wire.Invalid("Too many rows present in the request, limit: %d row count: %d.", maxInsertRows, n)
	}
	return &req, nil
}

// fromTemplate returns the table named like the template with a suffix, and
// makes it with the template's schema if it doesn't exist.
func (h *Handler) fromTemplate(ctx context.Context, template *bqv2.Table, suffix string) (*bqv2.Table, error) {
	name := *template.TableReference
	name.TableId += suffix
	ref := engine.TableRef{Project: name.ProjectId, Dataset: name.DatasetId, Table: name.TableId}
	t, err := h.engine.Table(ctx, ref)
	if err == nil || wire.AsError(err).Reason != "notFound" {
		return t, err
	}
	t, err = h.engine.CreateTable(ctx, &bqv2.Table{
		TableReference: &name, Schema: template.Schema, Description: template.Description,
		TimePartitioning: template.TimePartitioning, RangePartitioning: template.RangePartitioning, Clustering: template.Clustering,
	})
	if err != nil && wire.AsError(err).Reason == "duplicate" {
		return h.engine.Table(ctx, ref) // another request was faster
	}
	return t, err
}

// An insertRow is a converted row. named has a bit for each column with a
// default that the row names.
type insertRow struct {
	id     string
	values []any
	named  string
}

// An inserter converts the rows of one request.
type inserter struct {
	ref      engine.TableRef
	fields   []types.Field
	reader   *types.Reader
	defaults []int // columns that have a default value
	errors   []*bqv2.TableDataInsertAllResponseInsertErrors
}

func newInserter(ref engine.TableRef, t *bqv2.Table, req *insertAllRequest) (*inserter, error) {
	if t.Schema == nil || len(t.Schema.Fields) == 0 {
		return nil, wire.Invalid("The destination table has no schema.")
	}
	fields, err := types.FromSchema(t.Schema.Fields)
	if err != nil {
		return nil, wire.Invalid("Table %s: %v", ref, err)
	}
	ins := &inserter{ref: ref, fields: fields, reader: types.NewReader(fields)}
	ins.reader.IgnoreUnknown, ins.reader.JSONText = req.IgnoreUnknownValues, true
	for i, f := range t.Schema.Fields {
		if f.DefaultValueExpression != "" {
			ins.defaults = append(ins.defaults, i)
			ins.fields[i].Required = false // the default takes the place
		}
	}
	return ins, nil
}

// convert returns the valid rows and notes the errors of the others.
func (ins *inserter) convert(req *insertAllRequest) []insertRow {
	rows := make([]insertRow, 0, len(req.Rows))
	for i, row := range req.Rows {
		values, err := ins.reader.Row(row.JSON)
		if err != nil {
			ins.errors = append(ins.errors, rowError(i, err))
			continue
		}
		rows = append(rows, insertRow{row.InsertID, values, ins.named(row.JSON)})
	}
	return rows
}

func (ins *inserter) named(obj map[string]any) string {
	if len(ins.defaults) == 0 {
		return ""
	}
	bits := make([]byte, len(ins.defaults))
	for name := range obj {
		for n, i := range ins.defaults {
			if strings.EqualFold(name, ins.fields[i].Name) {
				bits[n] = 1
			}
		}
	}
	return string(bits)
}

func rowError(i int, err error) *bqv2.TableDataInsertAllResponseInsertErrors {
	p := &bqv2.ErrorProto{Reason: "invalid", Message: err.Error(), ForceSendFields: []string{"Location", "DebugInfo"}}
	var fe *types.FieldError
	if errors.As(err, &fe) {
		p.Location = strings.ToLower(fe.Field)
	}
	return &bqv2.TableDataInsertAllResponseInsertErrors{
		Index: int64(i), Errors: []*bqv2.ErrorProto{p}, ForceSendFields: []string{"Index"},
	}
}

// stopOthers adds an entry for each valid row of a request that is refused.
func (ins *inserter) stopOthers(req *insertAllRequest) []*bqv2.TableDataInsertAllResponseInsertErrors {
	out := ins.errors
	bad := map[int64]bool{}
	for _, e := range ins.errors {
		bad[e.Index] = true
	}
	for i := range req.Rows {
		if !bad[int64(i)] {
			e := rowError(i, errors.New(""))
			e.Errors[0].Reason = "stopped"
			e.Errors[0].ForceSendFields = append(e.Errors[0].ForceSendFields, "Message")
			out = append(out, e)
		}
	}
	return out
}

// append adds the rows, those that take the same defaults together.
func (ins *inserter) append(ctx context.Context, e engine.API, rows []insertRow) error {
	groups := map[string][][]any{}
	for _, row := range rows {
		groups[row.named] = append(groups[row.named], row.values)
	}
	for named, values := range groups {
		skip := map[int]bool{}
		for n, i := range ins.defaults {
			skip[i] = named[n] == 0
		}
		columns, values := without(ins.fields, values, skip)
		if err := e.Append(context.WithoutCancel(ctx), ins.ref, columns, values); err != nil {
			return err
		}
	}
	return nil
}

// without drops columns from rows and returns the names of the others.
func without(fields []types.Field, rows [][]any, skip map[int]bool) ([]string, [][]any) {
	var names []string
	var keep []int
	for i, f := range fields {
		if !skip[i] {
			names, keep = append(names, f.Name), append(keep, i)
		}
	}
	if len(keep) == len(fields) {
		return names, rows
	}
	out := make([][]any, len(rows))
	for n, row := range rows {
		out[n] = make([]any, len(keep))
		for to, from := range keep {
			out[n][to] = row[from]
		}
	}
	return names, out
}
