package faults

import (
	"errors"
	"fmt"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// skewer changes the ingest time of the rows of one stream of appends, as a wrong
// clock of ingest would.
type skewer struct {
	skew func() time.Duration // nil for none
	rows map[string]protoreflect.MessageDescriptor
}

func newSkewer(skew func() time.Duration) *skewer {
	return &skewer{skew: skew, rows: map[string]protoreflect.MessageDescriptor{}}
}

// shift adds the skew to the rows of a request.
func (s *skewer) shift(r *storagepb.AppendRowsRequest) error {
	if s.skew == nil {
		return nil
	}
	data := r.GetProtoRows()
	if d := data.GetWriterSchema().GetProtoDescriptor(); d != nil {
		message, err := describe(d)
		if err != nil {
			return err
		}
		s.rows[r.WriteStream] = message
		s.rows[""] = message // a request that names no stream is for the one before
	}
	message := s.rows[r.WriteStream]
	if message == nil {
		return fmt.Errorf("rows of %q came before their schema", r.WriteStream)
	}
	field := message.Fields().ByName("ingested_at")
	if field == nil {
		return errors.New("the rows have no column ingested_at to shift")
	}
	by := s.skew().Microseconds()
	for i, text := range data.GetRows().GetSerializedRows() {
		row := dynamicpb.NewMessage(message)
		if err := proto.Unmarshal(text, row); err != nil {
			return fmt.Errorf("decode a row to shift its time: %w", err)
		}
		row.Set(field, protoreflect.ValueOfInt64(row.Get(field).Int()+by))
		shifted, err := proto.Marshal(row)
		if err != nil {
			return fmt.Errorf("encode a row with its time shifted: %w", err)
		}
		data.Rows.SerializedRows[i] = shifted
	}
	return nil
}

func describe(d *descriptorpb.DescriptorProto) (protoreflect.MessageDescriptor, error) {
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("rows.proto"), Syntax: proto.String("proto2"), MessageType: []*descriptorpb.DescriptorProto{d},
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("read the schema of the rows: %w", err)
	}
	return file.Messages().Get(0), nil
}
