package bigquery_test

import (
	"strings"
	"testing"
	"time"

	bq "cloud.google.com/go/bigquery"
	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/bigquery/storage/managedwriter"
	"github.com/google/go-cmp/cmp"
	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

var nameSchema = bq.Schema{
	{Name: "id", Type: bq.IntegerFieldType, Required: true},
	{Name: "name", Type: bq.StringFieldType},
}

// A writing is a table with a client and messages for it.
type writing struct {
	*emulator
	table  *bq.Table
	parent string
	client *managedwriter.Client
	md     protoreflect.MessageDescriptor
	self   *descriptorpb.DescriptorProto
}

func newWriting(t *testing.T) *writing {
	t.Helper()
	w := &writing{emulator: start(t)}
	w.table = w.emulator.table(t, w.dataset(t, "ds"), "t", nameSchema)
	w.parent = managedwriter.TableParentFromParts(project, "ds", "t")
	w.client = w.managedWriter(t)
	w.md, w.self = descriptorOf(t, nameSchema)
	return w
}

func (w *writing) stream(t *testing.T, kind managedwriter.StreamType) *managedwriter.ManagedStream {
	t.Helper()
	s, err := w.client.NewManagedStream(within(t, 20*time.Second),
		managedwriter.WithDestinationTable(w.parent), managedwriter.WithType(kind), managedwriter.WithSchemaDescriptor(w.self))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// append adds rows with these ids at an offset and returns the answer's offset.
func (w *writing) append(t *testing.T, s *managedwriter.ManagedStream, offset int64, ids ...int64) (int64, error) {
	t.Helper()
	var values []map[string]any
	for _, id := range ids {
		values = append(values, map[string]any{"id": id})
	}
	var opts []managedwriter.AppendOption
	if offset >= 0 {
		opts = append(opts, managedwriter.WithOffset(offset))
	}
	ctx := within(t, 20*time.Second)
	r, err := s.AppendRows(ctx, serialize(t, w.md, values...), opts...)
	if err != nil {
		return 0, err
	}
	return r.GetResult(ctx)
}

// want checks the ids in the table.
func (w *writing) want(t *testing.T, ids ...int64) {
	t.Helper()
	var got []int64
	for _, row := range rows(t, w.table.Read(t.Context())) {
		got = append(got, row[0].(int64))
	}
	if diff := cmp.Diff(ids, got); diff != "" {
		t.Errorf("ids in the table (-want +got):\n%s", diff)
	}
}

// wantError checks a status code and the API's own code.
func wantError(t *testing.T, err error, code codes.Code, kind storagepb.StorageError_StorageErrorCode) {
	t.Helper()
	api, ok := apierror.FromError(err)
	if !ok || api.GRPCStatus().Code() != code {
		t.Fatalf("error %v, want code %v", err, code)
	}
	detail := &storagepb.StorageError{}
	if err := api.Details().ExtractProtoMessage(detail); kind != 0 && (err != nil || detail.GetCode() != kind) {
		t.Errorf("%v: storage error %v (%v), want %v", api, detail.GetCode(), err, kind)
	}
}

func TestCommittedStreamOffsets(t *testing.T) {
	w := newWriting(t)
	s := w.stream(t, managedwriter.CommittedStream)
	for _, step := range []struct {
		offset int64
		ids    []int64
		want   int64
	}{{0, []int64{1, 2}, 0}, {2, []int64{3}, 2}, {-1, []int64{4}, 3}} {
		if got, err := w.append(t, s, step.offset, step.ids...); err != nil || got != step.want {
			t.Fatalf("append %v at %d = %d, %v; want %d", step.ids, step.offset, got, err, step.want)
		}
	}
	_, err := w.append(t, s, 2, 3)
	wantError(t, err, codes.AlreadyExists, storagepb.StorageError_OFFSET_ALREADY_EXISTS)
	_, err = w.append(t, s, 9, 9)
	wantError(t, err, codes.OutOfRange, storagepb.StorageError_OFFSET_OUT_OF_RANGE)
	// The stream is still open, and the refused rows are not in the table.
	if got, err := w.append(t, s, 4, 5); err != nil || got != 4 {
		t.Fatalf("append at 4 = %d, %v", got, err)
	}
	if n, err := s.Finalize(t.Context()); err != nil || n != 5 {
		t.Fatalf("Finalize = %d, %v; want 5", n, err)
	}
	_, err = w.append(t, s, 5, 6)
	wantError(t, err, codes.InvalidArgument, storagepb.StorageError_STREAM_FINALIZED)
	w.want(t, 1, 2, 3, 4, 5)
}

func TestBufferedStream(t *testing.T) {
	w := newWriting(t)
	s := w.stream(t, managedwriter.BufferedStream)
	for _, ids := range [][]int64{{1, 2}, {3, 4}} {
		if _, err := w.append(t, s, -1, ids...); err != nil {
			t.Fatal(err)
		}
	}
	w.want(t)
	for _, offset := range []int64{2, 2, 0} { // repeated and earlier flushes change nothing
		if got, err := s.FlushRows(t.Context(), offset); err != nil || got != offset {
			t.Fatalf("FlushRows(%d) = %d, %v", offset, got, err)
		}
		w.want(t, 1, 2, 3)
	}
	if _, err := s.FlushRows(t.Context(), 4); status.Code(err) != codes.OutOfRange {
		t.Errorf("FlushRows beyond the end: %v", err)
	}
	if _, err := s.FlushRows(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	w.want(t, 1, 2, 3, 4)
}

func TestPendingStreamsCommitTogether(t *testing.T) {
	w := newWriting(t)
	a, b := w.stream(t, managedwriter.PendingStream), w.stream(t, managedwriter.PendingStream)
	for _, s := range []*managedwriter.ManagedStream{a, b} {
		if _, err := w.append(t, s, 0, 1, 2); err != nil {
			t.Fatal(err)
		}
	}
	commit := func() *storagepb.BatchCommitWriteStreamsResponse {
		resp, err := w.client.BatchCommitWriteStreams(t.Context(), &storagepb.BatchCommitWriteStreamsRequest{
			Parent: w.parent, WriteStreams: []string{a.StreamName(), b.StreamName()},
		})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	if _, err := a.Finalize(t.Context()); err != nil {
		t.Fatal(err)
	}
	resp := commit()
	if len(resp.GetStreamErrors()) != 1 || resp.GetStreamErrors()[0].GetCode() != storagepb.StorageError_INVALID_STREAM_STATE {
		t.Errorf("commit of a stream that is not finalized: %v", resp)
	}
	w.want(t)
	if _, err := b.Finalize(t.Context()); err != nil {
		t.Fatal(err)
	}
	if resp := commit(); len(resp.GetStreamErrors()) > 0 || resp.GetCommitTime() == nil {
		t.Fatalf("commit: %v", resp)
	}
	w.want(t, 1, 2, 1, 2)
	if resp := commit(); len(resp.GetStreamErrors()) != 2 || resp.GetStreamErrors()[0].GetCode() != storagepb.StorageError_STREAM_ALREADY_COMMITTED {
		t.Errorf("second commit: %v", resp)
	}
	w.want(t, 1, 2, 1, 2)
}

func TestRowErrorsRejectTheRequest(t *testing.T) {
	w := newWriting(t)
	s := w.stream(t, managedwriter.DefaultStream)
	good := serialize(t, w.md, map[string]any{"id": int64(1)})[0]
	ctx := within(t, 20*time.Second)
	r, err := s.AppendRows(ctx, [][]byte{good, {}, {0xff}, good})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := r.FullResponse(ctx)
	wantError(t, err, codes.InvalidArgument, 0)
	var indexes []int64
	for _, e := range resp.GetRowErrors() {
		indexes = append(indexes, e.GetIndex())
	}
	if diff := cmp.Diff([]int64{1, 2}, indexes); diff != "" {
		t.Errorf("rows with errors (-want +got):\n%s", diff)
	}
	w.want(t)
	if _, err := w.append(t, s, -1, 7); err != nil {
		t.Fatal(err)
	}
	w.want(t, 7)
}

func TestSchemaErrors(t *testing.T) {
	w := newWriting(t)
	tests := []struct {
		name   string
		schema bq.Schema
		row    map[string]any
		kind   storagepb.StorageError_StorageErrorCode
		text   string
	}{
		{"extra field", append(nameSchema[:2:2], &bq.FieldSchema{Name: "more", Type: bq.StringFieldType}), map[string]any{"id": int64(1)},
			storagepb.StorageError_SCHEMA_MISMATCH_EXTRA_FIELDS, "'more'"},
		{"other type", bq.Schema{{Name: "id", Type: bq.StringFieldType}}, map[string]any{"id": "x"}, 0, "root.id"},
		{"other mode", bq.Schema{{Name: "id", Type: bq.IntegerFieldType, Repeated: true}}, map[string]any{"id": []any{int64(1)}}, 0, "root.id"},
		{"no required field", bq.Schema{{Name: "name", Type: bq.StringFieldType}}, map[string]any{"name": "x"}, 0, "required field id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			md, self := descriptorOf(t, tt.schema)
			ctx := within(t, 20*time.Second)
			s, err := w.client.NewManagedStream(ctx, managedwriter.WithDestinationTable(w.parent), managedwriter.WithSchemaDescriptor(self))
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.AppendRows(ctx, serialize(t, md, tt.row))
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.GetResult(ctx)
			wantError(t, err, codes.InvalidArgument, tt.kind)
			if !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %q does not name %s", err, tt.text)
			}
		})
	}
	w.want(t)
}

func TestMissingTable(t *testing.T) {
	w := newWriting(t)
	ctx := within(t, 20*time.Second)
	gone := managedwriter.TableParentFromParts(project, "ds", "gone")
	if _, err := w.client.CreateWriteStream(ctx, &storagepb.CreateWriteStreamRequest{
		Parent: gone, WriteStream: &storagepb.WriteStream{Type: storagepb.WriteStream_COMMITTED},
	}); status.Code(err) != codes.NotFound {
		t.Errorf("CreateWriteStream: %v", err)
	}
	if _, err := w.client.GetWriteStream(ctx, &storagepb.GetWriteStreamRequest{Name: gone + "/streams/_default"}); status.Code(err) != codes.NotFound {
		t.Errorf("GetWriteStream: %v", err)
	}
	// A table that goes away under a stream.
	s := w.stream(t, managedwriter.DefaultStream)
	if _, err := w.append(t, s, -1, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.table.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := w.append(t, s, -1, 2)
	wantError(t, err, codes.NotFound, storagepb.StorageError_TABLE_NOT_FOUND)
}

// TestMultiplexing sends to two tables over one connection, in turns.
func TestMultiplexing(t *testing.T) {
	w := newWriting(t)
	other := bq.Schema{{Name: "n", Type: bq.IntegerFieldType}, {Name: "id", Type: bq.IntegerFieldType}}
	w.emulator.table(t, w.emulator.client.Dataset("ds"), "u", other)
	md, self := descriptorOf(t, other)
	c := w.managedWriter(t, managedwriter.WithMultiplexing())
	ctx := within(t, 20*time.Second)
	open := func(table string, d *descriptorpb.DescriptorProto) *managedwriter.ManagedStream {
		s, err := c.NewManagedStream(ctx, managedwriter.WithDestinationTable(managedwriter.TableParentFromParts(project, "ds", table)), managedwriter.WithSchemaDescriptor(d))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, second := open("t", w.self), open("u", self)
	var results []*managedwriter.AppendResult
	for i := range int64(20) {
		r, err := first.AppendRows(ctx, serialize(t, w.md, map[string]any{"id": i}))
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, r)
		if i%3 == 0 {
			if r, err = second.AppendRows(ctx, serialize(t, md, map[string]any{"id": i, "n": -i})); err != nil {
				t.Fatal(err)
			}
			results = append(results, r)
		}
	}
	for _, r := range results {
		if _, err := r.GetResult(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(rows(t, w.table.Read(ctx))); n != 20 {
		t.Errorf("table t has %d rows, want 20", n)
	}
	got := rows(t, w.emulator.client.Dataset("ds").Table("u").Read(ctx))
	if diff := cmp.Diff([]bq.Value{int64(-18), int64(18)}, got[len(got)-1]); diff != "" || len(got) != 7 {
		t.Errorf("table u has %d rows, the last (-want +got):\n%s", len(got), diff)
	}
}

// TestSchemaChange adds a column while a stream is open.
func TestSchemaChange(t *testing.T) {
	w := newWriting(t)
	s := w.stream(t, managedwriter.DefaultStream)
	if _, err := w.append(t, s, -1, 1); err != nil {
		t.Fatal(err)
	}
	wider := append(nameSchema[:2:2], &bq.FieldSchema{Name: "more", Type: bq.StringFieldType})
	ctx := within(t, 20*time.Second)
	if _, err := w.table.Update(ctx, bq.TableMetadataToUpdate{Schema: wider}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.append(t, s, -1, 2); err != nil {
		t.Fatalf("append with the old schema: %v", err)
	}
	md, self := descriptorOf(t, wider)
	r, err := s.AppendRows(ctx, serialize(t, md, map[string]any{"id": int64(3), "more": "x"}), managedwriter.UpdateSchemaDescriptor(self))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.GetResult(ctx); err != nil {
		t.Fatalf("append with the new schema: %v", err)
	}
	got := rows(t, w.table.Read(ctx))
	if diff := cmp.Diff([]bq.Value{int64(3), nil, "x"}, got[2]); diff != "" {
		t.Errorf("last row (-want +got):\n%s", diff)
	}
}
