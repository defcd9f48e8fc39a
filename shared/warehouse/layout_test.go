package warehouse

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"cloud.google.com/go/bigquery/storage/managedwriter/adapt"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// schemaOf is the schema of a table's file, with more columns behind it.
func schemaOf(t *testing.T, id string, more ...*storagepb.TableFieldSchema) *storagepb.TableSchema {
	t.Helper()
	schema, err := adapt.BQSchemaToStorageTableSchema(TableNamed(id).Metadata().Schema)
	if err != nil {
		t.Fatal(err)
	}
	schema.Fields = append(schema.Fields, more...)
	return schema
}

// nullable is a column "name TYPE" that may be NULL.
func nullable(column string) *storagepb.TableFieldSchema {
	name, kind, _ := strings.Cut(column, " ")
	return &storagepb.TableFieldSchema{
		Name: name, Type: storagepb.TableFieldSchema_Type(storagepb.TableFieldSchema_Type_value[kind]), Mode: storagepb.TableFieldSchema_NULLABLE,
	}
}

// readAdded decodes the added columns of a row by the descriptor that it is sent
// with.
func readAdded(t *testing.T, d *descriptorpb.DescriptorProto, row []byte) map[string]any {
	t.Helper()
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("row.proto"), Syntax: proto.String("proto2"), MessageType: []*descriptorpb.DescriptorProto{d},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := dynamicpb.NewMessage(file.Messages().Get(0))
	if err := (proto.UnmarshalOptions{AllowPartial: true}).Unmarshal(row, m); err != nil {
		t.Fatal(err)
	}
	if unknown := m.GetUnknown(); len(unknown) > 0 {
		t.Errorf("fields that the descriptor doesn't have: %x", unknown)
	}
	got := map[string]any{}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		got[string(f.Name())] = v.Interface()
		return true
	})
	return got
}

// Columns that the table has and the program doesn't write by name are filled
// from the record's fields of that name, as far as these fit.
func TestAddedColumns(t *testing.T) {
	repeated, required, bounded := nullable("tags STRING"), nullable("must STRING"), nullable("short STRING")
	repeated.Mode, required.Mode, bounded.MaxLength = storagepb.TableFieldSchema_REPEATED, storagepb.TableFieldSchema_REQUIRED, 3
	table := rawVotes()
	l, err := table.layout(schemaOf(t, "raw.votes",
		nullable("channel STRING"), nullable("queue INT64"), nullable("weight DOUBLE"), nullable("assisted BOOL"), nullable("when TIMESTAMP"),
		nullable("voter_id STRING"), nullable("Name STRING"), repeated, required, bounded))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"channel", "queue", "weight", "assisted"}, l.names()); diff != "" {
		t.Fatalf("columns that are filled (-want +got):\n%s", diff)
	}
	tests := []struct {
		name, record string
		want         map[string]any
	}{
		{"all", `{"channel":"post","queue":7,"weight":0.5,"assisted":true,"voter_id":"p","Name":"Jo","tags":["a"],"must":"x","short":"long"}`,
			map[string]any{"channel": "post", "queue": int64(7), "weight": 0.5, "assisted": true}},
		{"as texts", `{"queue":" 7 ","weight":"1e3"}`, map[string]any{"queue": int64(7), "weight": 1000.0}},
		{"none", `{}`, map[string]any{}},
		{"null", `{"channel":null,"assisted":null}`, map[string]any{}},
		{"another case", `{"Channel":"post"}`, map[string]any{}},
		{"twice", `{"channel":"post","channel":null,"queue":1,"queue":2}`, map[string]any{"queue": int64(2)}},
		{"no fit", `{"queue":1.5,"weight":1e999,"assisted":"yes"}`, map[string]any{}},
		{"no scalar", `{"channel":{"a":[1, 2]},"queue":[7],"weight":true,"assisted":0}`, map[string]any{"channel": `{"a":[1, 2]}`}},
		{"zeros", `{"channel":"","queue":0,"weight":0,"assisted":false}`, map[string]any{"channel": "", "queue": int64(0), "weight": 0.0, "assisted": false}},
		{"no JSON", `{"channel":"post"`, map[string]any{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readAdded(t, l.descriptor, l.appendAdded(nil, []byte(tt.record)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("added columns (-want +got):\n%s", diff)
			}
		})
	}
}

// A row that was written by one layout is read the same by any other that has its
// columns, in whatever order the table names them.
func TestLayoutsAgree(t *testing.T) {
	table := rawVoters()
	one, err := table.layout(schemaOf(t, "raw.voters", nullable("a STRING"), nullable("b STRING")))
	if err != nil {
		t.Fatal(err)
	}
	other, err := table.layout(schemaOf(t, "raw.voters", nullable("c STRING"), nullable("b STRING"), nullable("a STRING")))
	if err != nil {
		t.Fatal(err)
	}
	row := one.appendAdded(nil, []byte(`{"a":"1","b":"2","c":"3"}`))
	if diff := cmp.Diff(map[string]any{"a": "1", "b": "2"}, readAdded(t, other.descriptor, row)); diff != "" {
		t.Errorf("row of an older layout (-want +got):\n%s", diff)
	}
	if one.equal(other) {
		t.Error("layouts with other columns are taken for the same")
	}
}

func TestLayoutNamesMissingColumns(t *testing.T) {
	schema := schemaOf(t, "raw.votes")
	schema.Fields = slices.DeleteFunc(schema.Fields, func(f *storagepb.TableFieldSchema) bool { return strings.HasPrefix(f.Name, "candidate") })
	_, err := rawVotes().layout(schema)
	if !errors.Is(err, ErrColumnMissing) || !strings.Contains(err.Error(), "raw.votes") || !strings.Contains(err.Error(), "(candidate, candidate_image, candidate_text)") {
		t.Errorf("layout = %v", err)
	}
}

// extraFields is BigQuery's answer to rows with a column that it doesn't know.
func extraFields(t *testing.T) *storagepb.AppendRowsResponse {
	t.Helper()
	mismatch, err := status.New(codes.InvalidArgument, "Input schema has more fields than BigQuery schema").
		WithDetails(&storagepb.StorageError{Code: storagepb.StorageError_SCHEMA_MISMATCH_EXTRA_FIELDS})
	if err != nil {
		t.Fatal(err)
	}
	return &storagepb.AppendRowsResponse{Response: &storagepb.AppendRowsResponse_Error{Error: mismatch.Proto()}}
}

// posted is a vote with a field that becomes a column when the table has it.
func posted() *Rows {
	return &Rows{IngestedAt: rowTime, Votes: []VoteRow{{Origin: rowOrigin, VoterKey: "k", Candidate: "c", VotedAt: rowTime, Record: []byte(`{"channel":"post"}`)}}}
}

// channels are the values of that column in what was written.
func (s *writeServer) channels(t *testing.T) (list []any) {
	t.Helper()
	var d *descriptorpb.DescriptorProto
	for _, r := range s.written {
		if schema := r.GetProtoRows().GetWriterSchema().GetProtoDescriptor(); schema != nil {
			d = schema
		}
		list = append(list, readAdded(t, d, r.GetProtoRows().GetRows().GetSerializedRows()[0])["channel"])
	}
	return list
}

// startWideningServer starts a server that tells with its second answer that raw.votes has a column more.
func startWideningServer(t *testing.T) *writeServer {
	s := startWriteServer(t)
	s.schema = func(table string) *storagepb.TableSchema { return schemaOf(t, "raw."+table) }
	wider := schemaOf(t, "raw.votes", nullable("channel STRING"))
	s.answer = func(n int, _ string) (*storagepb.AppendRowsResponse, error) {
		if n == 2 {
			return &storagepb.AppendRowsResponse{UpdatedSchema: wider}, nil
		}
		return usual, nil
	}
	return s
}

// A column that is added while a stream is open is taken up over the connection
// that is open, and no append fails.
func TestAppendTakesUpColumns(t *testing.T) {
	s := startWideningServer(t)
	a := s.appender(t)
	var told []string
	a.Added = func(table string, columns []string) { told = append(told, fmt.Sprint(table, columns)) }
	for range 4 {
		if err := a.Append(t.Context(), posted()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]any{nil, nil, "post", "post"}, s.channels(t)); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	if s.streams != 1 || s.clients != 1 {
		t.Errorf("%d connections of %d clients, want one", s.streams, s.clients)
	}
	if diff := cmp.Diff([]string{"raw.votes[channel]"}, told); diff != "" {
		t.Errorf("columns told (-want +got):\n%s", diff)
	}
}

// A column that one connection has been told of is taken up by the others too: they are told
// with the answer to an append that lacks it.
func TestAppendTakesUpColumnsOnEveryConnection(t *testing.T) {
	s := startWideningServer(t)
	a := s.appender(t)
	first, err := a.take()
	if err != nil {
		t.Fatal(err)
	}
	appendPosted := func() {
		t.Helper()
		if err := a.Append(t.Context(), posted()); err != nil {
			t.Fatal(err)
		}
	}
	appendPosted() // on a second connection
	a.give(first)
	appendPosted() // on the first, which is told
	if first, err = a.take(); err != nil {
		t.Fatal(err)
	}
	defer a.give(first)
	appendPosted() // on the second
	if diff := cmp.Diff([]any{nil, nil, "post"}, s.channels(t)); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	if s.clients != 2 {
		t.Errorf("%d connections, want two", s.clients)
	}
}

// BigQuery may describe a column minutes before it takes rows that have it:
// appends go on without.
func TestAppendWithholdsColumns(t *testing.T) {
	refusal := extraFields(t)
	s := startWriteServer(t)
	s.schema = func(table string) *storagepb.TableSchema {
		return schemaOf(t, "raw."+table, nullable("channel STRING"))
	}
	s.answer = func(n int, _ string) (*storagepb.AppendRowsResponse, error) {
		if n == 1 {
			return refusal, nil
		}
		return usual, nil
	}
	a := s.appender(t)
	for range 2 {
		if err := a.Append(t.Context(), posted()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]any{nil, nil}, s.channels(t)); diff != "" {
		t.Errorf("channels while it isn't taken (-want +got):\n%s", diff)
	}
	a.sessions[0].streams["raw.votes"].until = time.Now() // it is time to try again
	if err := a.Append(t.Context(), posted()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{nil, nil, "post"}, s.channels(t)); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	if s.clients != 1 {
		t.Errorf("%d clients, want one", s.clients)
	}
}

// A table that lacks a column is an error that says so, whether the schema or
// BigQuery's answer to rows tells, and the append succeeds once it has it.
func TestAppendWithoutAColumn(t *testing.T) {
	refusal := extraFields(t)
	tests := []struct {
		name  string
		spoil func(*writeServer)
	}{
		{"the schema tells", func(s *writeServer) {
			s.schema = func(table string) *storagepb.TableSchema {
				schema := schemaOf(t, "raw."+table)
				schema.Fields = schema.Fields[:len(schema.Fields)-1]
				return schema
			}
		}},
		{"the answer tells", func(s *writeServer) {
			s.answer = func(int, string) (*storagepb.AppendRowsResponse, error) {
				return refusal, nil
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startWriteServer(t)
			tt.spoil(s)
			a := s.appender(t)
			for range 3 {
				if err := a.Append(t.Context(), mixedRows(2)); !errors.Is(err, ErrColumnMissing) || !strings.Contains(err.Error(), "add it") {
					t.Fatalf("Append = %v", err)
				}
			}
			s.mu.Lock()
			s.schema, s.answer = nil, nil
			s.mu.Unlock()
			err := a.Append(t.Context(), mixedRows(2))
			s.mu.Lock()
			defer s.mu.Unlock()
			// Of the appends that failed a request may be under way still, and is taken by now:
			// a record may be stored twice, and not lost.
			if err != nil || s.rows["votes"] < 2 {
				t.Errorf("Append to the mended table = %v, %d rows", err, s.rows["votes"])
			}
		})
	}
}
