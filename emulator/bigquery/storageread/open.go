package storageread

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	bqv2 "google.golang.org/api/bigquery/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// open fills in a session over a table or a query's result, and returns it as the client sees it, with its streams.
func (s *Server) open(ctx context.Context, n *session, ref engine.TableRef, req *storagepb.CreateReadSessionRequest) (*storagepb.ReadSession, []*stream, error) {
	in := req.GetReadSession()
	src, err := s.source(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	columns, unknown := columnar.Select(src.fields, in.GetReadOptions().GetSelectedFields())
	if len(unknown) > 0 {
		return nil, nil, failed(codes.InvalidArgument, "The following selected fields do not exist in the table schema: %s", strings.Join(unknown, ", "))
	}
	if n.format, err = newFormat(in, columns); err != nil {
		return nil, nil, formatFailure(err)
	}
	if n.compress, err = newCompressor(in.GetReadOptions()); err != nil {
		return nil, nil, err
	}
	count, err := s.fill(ctx, n, src, columns, in)
	if err != nil {
		return nil, nil, err
	}
	most := int64(req.GetMaxStreamCount())
	if most == 0 || most > maxStreams {
		most = maxStreams
	}
	parts := divide(n, count, most)
	if len(parts) == 0 && src.rows > 0 { // the restriction lets nothing through
		parts = []*stream{{newStreamName(n.name), n, 0, 0}}
	}
	return n.resource(in, src, columns, parts), parts, nil
}

// source is what a session is opened over.
type source struct {
	ref    engine.TableRef
	fields []types.Field
	rows   int64        // before a restriction
	result *engine.Rows // of a query, nil for a table
}

func (s *Server) source(ctx context.Context, ref engine.TableRef) (*source, error) {
	result, err := s.results(ref)
	if err != nil {
		return nil, asStatus(err, ref, "")
	}
	src := &source{ref: ref, result: result}
	var schema []*bqv2.TableFieldSchema
	if result != nil {
		schema, src.rows = result.Schema, int64(len(result.Values))
	} else {
		t, err := s.tables.Table(ctx, ref)
		if err != nil {
			return nil, asStatus(err, ref, "")
		}
		if t.Type != "TABLE" && t.Type != "SNAPSHOT" && t.Type != "CLONE" {
			return nil, failed(codes.InvalidArgument, "non-table entities cannot be read with the storage API")
		}
		if t.Schema != nil {
			schema = t.Schema.Fields
		}
		src.rows = int64(t.NumRows)
	}
	if len(schema) == 0 {
		return nil, failed(codes.InvalidArgument, "table %s has no schema", ref)
	}
	if src.fields, err = types.FromSchema(schema); err != nil {
		return nil, fmt.Errorf("the schema of %s: %w", ref, err)
	}
	return src, nil
}

// fill gives a session its rows, and counts them. Columns get their places in these rows.
func (s *Server) fill(ctx context.Context, n *session, src *source, columns []columnar.Column, in *storagepb.ReadSession) (int64, error) {
	restriction := in.GetReadOptions().GetRowRestriction()
	var at time.Time
	if t := in.GetTableModifiers().GetSnapshotTime(); t != nil {
		at = t.AsTime()
	}
	if src.result != nil {
		switch {
		case restriction != "":
			return 0, failed(codes.Unimplemented, "a row_restriction on the result of a query is not supported by the emulator: write the result to a table, or put the condition into the query")
		case !at.IsZero():
			return 0, failed(codes.Unimplemented, "a snapshot_time for the result of a query is not supported by the emulator")
		}
		n.rows = &resultRows{s.results, src.ref}
		return src.rows, nil
	}
	q := engine.SnapshotQuery{Table: src.ref, Where: restriction, At: at}
	for i := range columns {
		q.Columns = append(q.Columns, columns[i].Name)
		columns[i].At = i
	}
	snapshot, err := s.tables.Snapshot(ctx, q)
	if err != nil {
		return 0, asStatus(err, src.ref, restriction)
	}
	n.rows, n.bytes = snapshot, snapshot.Rows*rowBytes(columns)
	return snapshot.Rows, nil
}

// resultRows are those of a query, for as long as the emulator keeps them.
type resultRows struct {
	results Results
	ref     engine.TableRef
}

func (r *resultRows) Read(_ context.Context, from, to int64) ([][]any, error) {
	rows, err := r.results(r.ref)
	if err != nil {
		return nil, err
	}
	if rows == nil || int64(len(rows.Values)) < to {
		return nil, fmt.Errorf("the result %s is gone: the emulator keeps results in memory, up to a limit; run the query again or give it a destination table", r.ref)
	}
	return rows.Values[from:to], nil
}

func (*resultRows) Close() error { return nil }

// rowBytes estimates what a row takes, by its types.
func rowBytes(columns []columnar.Column) int64 {
	fields := make([]types.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.Field
	}
	return types.RowBytes(fields)
}

// resource is the session as its creation returns it.
func (n *session) resource(in *storagepb.ReadSession, src *source, columns []columnar.Column, parts []*stream) *storagepb.ReadSession {
	options := in.GetReadOptions()
	if options == nil {
		options = &storagepb.ReadSession_TableReadOptions{}
	}
	out := &storagepb.ReadSession{
		Name: n.name, ExpireTime: timestamppb.New(n.expires), DataFormat: in.GetDataFormat(), Table: in.GetTable(),
		TableModifiers: in.GetTableModifiers(), ReadOptions: options, TraceId: in.GetTraceId(),
		EstimatedRowCount: src.rows, EstimatedTotalBytesScanned: src.rows * rowBytes(columns),
	}
	n.format.describeSession(out)
	for _, p := range parts {
		out.Streams = append(out.Streams, p.resource())
	}
	return out
}
