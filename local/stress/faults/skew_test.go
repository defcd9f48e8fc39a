package faults

import (
	"testing"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// The ingest times of rows are shifted; a request without a schema has that of
// the one before.
func TestSkew(t *testing.T) {
	schema := &descriptorpb.DescriptorProto{Name: proto.String("row"), Field: []*descriptorpb.FieldDescriptorProto{{
		Name: proto.String("ingested_at"), Number: proto.Int32(3),
		Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_INT64.Enum(),
	}}}
	row := func(at int64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(nil, 3, protowire.VarintType), uint64(at))
	}
	request := func(schema *storagepb.ProtoSchema) *storagepb.AppendRowsRequest {
		return &storagepb.AppendRowsRequest{Rows: &storagepb.AppendRowsRequest_ProtoRows{ProtoRows: &storagepb.AppendRowsRequest_ProtoData{
			WriterSchema: schema, Rows: &storagepb.ProtoRows{SerializedRows: [][]byte{row(1_000_000)}},
		}}}
	}
	s := newSkewer(func() time.Duration { return -time.Second / 2 })
	if err := s.shift(request(nil)); err == nil {
		t.Error("rows without a schema are no error")
	}
	for _, r := range []*storagepb.AppendRowsRequest{request(&storagepb.ProtoSchema{ProtoDescriptor: schema}), request(nil)} {
		if err := s.shift(r); err != nil {
			t.Fatal(err)
		}
		if got := r.GetProtoRows().GetRows().SerializedRows[0]; string(got) != string(row(500_000)) {
			t.Errorf("row %x, want %x", got, row(500_000))
		}
	}
}
