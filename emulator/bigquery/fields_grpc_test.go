package bigquery_test

import (
	"strings"
	"testing"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// storageFields are what the Storage APIs do with the fields of their requests. Those before a bar are honoured, and other tests
// see that; those between bars only the service sets, or are for its statistics; trace ids are for logs; the last are refused.
var storageFields = map[string]string{
	"CreateReadSessionRequest": "max_stream_count parent preferred_min_stream_count read_session||",
	"ReadSession": "data_format read_options table table_modifiers trace_id|arrow_schema avro_schema estimated_row_count " +
		"estimated_total_bytes_scanned estimated_total_physical_file_size expire_time name streams|",
	"TableModifiers":            "snapshot_time||",
	"TableReadOptions":          "arrow_serialization_options avro_serialization_options response_compression_codec row_restriction selected_fields||sample_percentage",
	"ArrowSerializationOptions": "buffer_compression||picos_timestamp_precision",
	"AvroSerializationOptions":  "||enable_display_name_attribute picos_timestamp_precision",
	"ReadRowsRequest":           "offset read_stream||arrow_serialization_options",
	"SplitReadStreamRequest":    "fraction name||",

	"CreateWriteStreamRequest": "parent write_stream||",
	"WriteStream":              "type|commit_time create_time location name table_schema write_mode|",
	"AppendRowsRequest":        "default_missing_value_interpretation missing_value_interpretations offset proto_rows trace_id write_stream|client_stats|arrow_rows",
	"ProtoData":                "rows writer_schema||",
	"ProtoSchema":              "proto_descriptor||",
	"ProtoRows":                "serialized_rows||",
	"GetWriteStreamRequest":    "name view||", "FinalizeWriteStreamRequest": "name||", "FlushRowsRequest": "offset write_stream||",
	"BatchCommitWriteStreamsRequest": "parent write_streams||",
}

// use says whether a field of a message is honoured, set by the service or refused, "" if nothing is said of it.
func use(message, field string) string {
	for i, list := range strings.Split(storageFields[message], "|") {
		for _, name := range strings.Fields(list) {
			if name == field {
				return []string{"honoured", "output", "refused"}[i]
			}
		}
	}
	return ""
}

// Every field of every request of the Storage APIs has a use, and no other has.
func TestStorageFields(t *testing.T) {
	seen := map[protoreflect.Name]bool{}
	var walk func(m protoreflect.MessageDescriptor)
	walk = func(m protoreflect.MessageDescriptor) {
		if seen[m.Name()] || m.IsMapEntry() || m.ParentFile().Package() != "google.cloud.bigquery.storage.v1" {
			return
		}
		seen[m.Name()] = true
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			switch use(string(m.Name()), string(f.Name())) {
			case "":
				t.Errorf("%s.%s has no declared use", m.Name(), f.Name())
			case "honoured":
				if f.Message() != nil {
					walk(f.Message())
				}
			}
		}
		for name := range strings.FieldsSeq(strings.ReplaceAll(storageFields[string(m.Name())], "|", " ")) {
			if m.Fields().ByName(protoreflect.Name(name)) == nil {
				t.Errorf("%s.%s is declared, and the message hasn't got it", m.Name(), name)
			}
		}
	}
	services := storagepb.File_google_cloud_bigquery_storage_v1_storage_proto.Services()
	for i := range services.Len() {
		for j := range services.Get(i).Methods().Len() {
			walk(services.Get(i).Methods().Get(j).Input())
		}
	}
	for name := range storageFields {
		if !seen[protoreflect.Name(name)] {
			t.Errorf("%s is declared, and no request has it", name)
		}
	}
}

// What the Storage APIs don't honour is refused by name.
func TestRefusedStorageFields(t *testing.T) {
	w := newWriting(t)
	reader := w.reader(t)
	for name, o := range map[string]struct {
		format  storagepb.DataFormat
		options *storagepb.ReadSession_TableReadOptions
	}{
		"sample_percentage": {storagepb.DataFormat_AVRO, &storagepb.ReadSession_TableReadOptions{SamplePercentage: proto.Float64(10)}},
		"enable_display_name_attribute": {storagepb.DataFormat_AVRO, &storagepb.ReadSession_TableReadOptions{OutputFormatSerializationOptions: &storagepb.ReadSession_TableReadOptions_AvroSerializationOptions{
			AvroSerializationOptions: &storagepb.AvroSerializationOptions{EnableDisplayNameAttribute: true}}}},
		"picos_timestamp_precision": {storagepb.DataFormat_AVRO, &storagepb.ReadSession_TableReadOptions{OutputFormatSerializationOptions: &storagepb.ReadSession_TableReadOptions_AvroSerializationOptions{
			AvroSerializationOptions: &storagepb.AvroSerializationOptions{PicosTimestampPrecision: storagepb.AvroSerializationOptions_TIMESTAMP_PRECISION_PICOS}}}},
		"picos_timestamp_precision ": {storagepb.DataFormat_ARROW, &storagepb.ReadSession_TableReadOptions{OutputFormatSerializationOptions: &storagepb.ReadSession_TableReadOptions_ArrowSerializationOptions{
			ArrowSerializationOptions: &storagepb.ArrowSerializationOptions{PicosTimestampPrecision: storagepb.ArrowSerializationOptions_TIMESTAMP_PRECISION_PICOS}}}},
	} {
		req := sessionRequest("t", 1, o.options)
		req.ReadSession.DataFormat = o.format
		if _, err := reader.CreateReadSession(t.Context(), req); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(name)) {
			t.Errorf("a session with %s: %v", name, err)
		}
	}
	s := session(t, reader, "t", 1, nil)
	rows, err := reader.ReadRows(t.Context(), &storagepb.ReadRowsRequest{ReadStream: s.GetName() + "/streams/x", OutputFormatSerializationOptions: &storagepb.ReadRowsRequest_ArrowSerializationOptions{
		ArrowSerializationOptions: &storagepb.ArrowSerializationOptions{}}})
	if err == nil {
		_, err = rows.Recv()
	}
	if err == nil || !strings.Contains(err.Error(), "arrow_serialization_options") {
		t.Errorf("rows with arrow_serialization_options: %v", err)
	}
	conn, err := grpc.NewClient(w.GRPC(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	for want, change := range map[string]func(*storagepb.AppendRowsRequest){
		"Arrow": func(r *storagepb.AppendRowsRequest) {
			r.Rows = &storagepb.AppendRowsRequest_ArrowRows{ArrowRows: &storagepb.AppendRowsRequest_ArrowData{}}
		},
		"nope": func(r *storagepb.AppendRowsRequest) {
			r.MissingValueInterpretations = map[string]storagepb.AppendRowsRequest_MissingValueInterpretation{"nope": storagepb.AppendRowsRequest_DEFAULT_VALUE}
		},
		"": func(r *storagepb.AppendRowsRequest) {
			r.MissingValueInterpretations = map[string]storagepb.AppendRowsRequest_MissingValueInterpretation{"NAME": storagepb.AppendRowsRequest_DEFAULT_VALUE}
		},
	} {
		call, err := storagepb.NewBigQueryWriteClient(conn).AppendRows(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		req := &storagepb.AppendRowsRequest{WriteStream: w.parent + "/streams/_default", Rows: &storagepb.AppendRowsRequest_ProtoRows{ProtoRows: &storagepb.AppendRowsRequest_ProtoData{
			WriterSchema: &storagepb.ProtoSchema{ProtoDescriptor: w.self},
			Rows:         &storagepb.ProtoRows{SerializedRows: serialize(t, w.md, map[string]any{"id": int64(1)})},
		}}}
		change(req)
		if err := call.Send(req); err != nil {
			t.Fatal(err)
		}
		answer, err := call.Recv()
		if got := answer.GetError().GetMessage(); err != nil || !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("an append: %q, %v, want an error that names %q", got, err, want)
		}
	}
	w.want(t, 1)
}
