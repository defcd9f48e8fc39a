package storagewrite

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	bqv2 "google.golang.org/api/bigquery/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// A writer is what a connection knows of one of its streams.
type writer struct {
	server *Server
	name   string
	table  engine.TableRef
	stream *stream // nil for the default stream

	desc     *descriptorpb.DescriptorProto // the writer schema
	defaults defaults
	plan     *plan
	checked  time.Time
	schema   []byte // the table's schema that the plan was made for, as JSON
	fields   []types.Field
	rest     *bqv2.TableSchema
	stale    atomic.Bool // an append failed: read the schema again
}

func (s *Server) newWriter(name string) (*writer, *status.Status) {
	ref, id, ok := parseStream(name)
	if !ok {
		return nil, fail(codes.InvalidArgument, name, "Invalid stream name.")
	}
	w := &writer{server: s, name: name, table: ref}
	if id != defaultStream {
		var failure *status.Status
		if w.stream, failure = s.find(name); failure != nil {
			return nil, failure
		}
	}
	return w, nil
}

// accept decodes a request's rows.
func (w *writer) accept(ctx context.Context, req *storagepb.AppendRowsRequest) *appendTask {
	t := &appendTask{name: w.name, writer: w, offset: -1}
	if req.GetOffset() != nil {
		t.offset = req.GetOffset().GetValue()
		if w.stream == nil {
			t.failure = fail(codes.InvalidArgument, w.name, "Offset is not supported on the default stream.")
			return t
		}
	}
	if req.GetArrowRows() != nil {
		t.failure = fail(codes.Unimplemented, w.name, "Rows in Arrow format are not supported by this emulator.")
		return t
	}
	data := req.GetProtoRows()
	rows := data.GetRows().GetSerializedRows()
	if size := sizeOf(rows); size > maxRequest {
		t.failure = fail(codes.InvalidArgument, w.name, "The request has %d bytes of rows; the limit of AppendRows is %d.", size, maxRequest)
		return t
	}
	if t.updated, t.failure = w.prepare(ctx, req); t.failure != nil {
		return t
	}
	w.decode(t, rows)
	return t
}

func sizeOf(rows [][]byte) int {
	n := 0
	for _, r := range rows {
		n += len(r)
	}
	return n
}

// prepare brings the plan up to date with the writer's and the table's schema.
// It returns the table's schema if that has changed on the connection.
func (w *writer) prepare(ctx context.Context, req *storagepb.AppendRowsRequest) (*storagepb.TableSchema, *status.Status) {
	fresh := false
	if d := req.GetProtoRows().GetWriterSchema().GetProtoDescriptor(); d != nil && !proto.Equal(d, w.desc) {
		w.desc, fresh = d, true
	}
	if w.desc == nil {
		return nil, fail(codes.InvalidArgument, w.name, "The writer schema must be sent in the first request of a stream on a connection.")
	}
	if req.GetDefaultMissingValueInterpretation() != 0 || len(req.GetMissingValueInterpretations()) > 0 {
		w.defaults = defaults{req.GetDefaultMissingValueInterpretation(), req.GetMissingValueInterpretations()}
		fresh = true
	}
	var updated *storagepb.TableSchema
	if fresh || w.schema == nil || time.Since(w.checked) > schemaCheck || w.stale.Swap(false) {
		known := w.schema != nil
		changed, failure := w.refresh(ctx)
		if failure != nil {
			w.plan = nil
			return nil, failure
		}
		fresh = fresh || changed
		if known && changed {
			updated = storageSchema(w.rest)
		}
	}
	if w.plan != nil && !fresh {
		return updated, nil
	}
	if name := w.defaults.unknown(w.fields); name != "" {
		w.plan = nil
		return nil, fail(codes.InvalidArgument, w.name, "missing_value_interpretations has the column %s, which the table hasn't.", name)
	}
	var failure *status.Status
	w.plan, failure = compile(w.desc, w.fields, w.name)
	if failure != nil {
		w.plan = nil
		return nil, failure
	}
	w.addNulls()
	return updated, nil
}

// refresh reads the table's schema and says whether it is another than before.
func (w *writer) refresh(ctx context.Context) (bool, *status.Status) {
	t, err := w.server.engine.Table(ctx, w.table)
	if err != nil {
		w.schema = nil
		return false, asStatus(err, w.name)
	}
	w.checked = time.Now()
	data, err := json.Marshal(t.Schema)
	if err != nil {
		return false, asStatus(err, w.name)
	}
	if bytes.Equal(data, w.schema) {
		return false, nil
	}
	if t.Schema == nil {
		return false, fail(codes.InvalidArgument, w.name, "The table has no schema, or is a view.")
	}
	fields, err := types.FromSchema(t.Schema.Fields)
	if err != nil {
		return false, asStatus(err, w.name)
	}
	for i, f := range t.Schema.Fields {
		if f.DefaultValueExpression != "" {
			fields[i].Required = false // the default stands in
		}
	}
	w.schema, w.fields, w.rest = data, fields, t.Schema
	return true, nil
}

// decode turns the serialized rows into the task's batch, or into row errors.
func (w *writer) decode(t *appendTask, rows [][]byte) {
	p := w.plan
	cells := make([]any, len(rows)*p.width) // one allocation for all rows
	out := make([][]any, len(rows))
	for i, msg := range rows {
		row := cells[i*p.width : (i+1)*p.width : (i+1)*p.width]
		if err := p.decodeRow(msg, row); err != nil {
			t.rows = append(t.rows, &storagepb.RowError{Index: int64(i), Code: storagepb.RowError_FIELDS_ERROR, Message: err.Error()})
			if len(t.rows) == maxRowErrors {
				break
			}
			continue
		}
		out[i] = row
		t.batch.bytes += int64(len(msg))
	}
	if len(t.rows) > 0 {
		t.failure = fail(codes.InvalidArgument, w.name,
			"Errors found while processing rows. Please refer to the row_errors field for details. The list may not be complete because of the size limitations.")
		return
	}
	t.batch.columns, t.batch.rows = p.columns, out
}
