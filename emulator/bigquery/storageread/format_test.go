package storageread

import (
	"bytes"
	"strings"
	"testing"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/pierrec/lz4/v4"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// one is a column n of INT64.
func one() []columnar.Column {
	return []columnar.Column{{Field: types.Field{Name: "n", Type: types.Of(types.Int64)}}}
}

// TestArrowMessages reads a schema and batches one after another, as clients do, with each compression of buffers.
func TestArrowMessages(t *testing.T) {
	for _, compression := range []storagepb.ArrowSerializationOptions_CompressionCodec{
		storagepb.ArrowSerializationOptions_COMPRESSION_UNSPECIFIED, storagepb.ArrowSerializationOptions_LZ4_FRAME, storagepb.ArrowSerializationOptions_ZSTD,
	} {
		f, err := newArrow(one(), compression)
		if err != nil {
			t.Fatal(err)
		}
		text := bytes.Clone(f.text.GetSerializedSchema())
		for range 2 {
			var answer storagepb.ReadRowsResponse
			if err := f.encode([][]any{{int64(7)}, {nil}}, &answer, nil); err != nil {
				t.Fatal(err)
			}
			text = append(text, answer.GetArrowRecordBatch().GetSerializedRecordBatch()...)
		}
		r, err := ipc.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		batches := 0
		for ; r.Next(); batches++ {
			if got, err := r.RecordBatch().MarshalJSON(); err != nil || strings.Join(strings.Fields(string(got)), "") != `[{"n":7},{"n":null}]` {
				t.Errorf("%s: got %s, %v", compression, got, err)
			}
		}
		if batches != 2 || r.Err() != nil {
			t.Errorf("%s: %d batches, %v", compression, batches, r.Err())
		}
		r.Release()
	}
}

func TestCompression(t *testing.T) {
	data := bytes.Repeat([]byte("the same again "), 1000)
	compress, err := newCompressor(&storagepb.ReadSession_TableReadOptions{
		ResponseCompressionCodec: storagepb.ReadSession_TableReadOptions_RESPONSE_COMPRESSION_CODEC_LZ4.Enum(),
	})
	if err != nil {
		t.Fatal(err)
	}
	packed, size := pack(data, compress)
	if size == nil || *size != int64(len(data)) || len(packed) > len(data)/4 {
		t.Fatalf("%d bytes of %d, size %v", len(packed), len(data), size)
	}
	out := make([]byte, *size)
	if n, err := lz4.UncompressBlock(packed, out); err != nil || !bytes.Equal(out[:n], data) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if out, size := pack([]byte{1, 2, 3}, compress); size == nil || *size != -1 || !bytes.Equal(out, []byte{1, 2, 3}) {
		t.Errorf("what can't be compressed became % x, size %v", out, size)
	}
	other := storagepb.ReadSession_TableReadOptions_ResponseCompressionCodec(1)
	if _, err := newCompressor(&storagepb.ReadSession_TableReadOptions{ResponseCompressionCodec: &other}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("another codec: %v", err)
	}
}

func TestRefusedOptions(t *testing.T) {
	avroFormat, arrowFormat := storagepb.DataFormat_AVRO, storagepb.DataFormat_ARROW
	for want, s := range map[string]*storagepb.ReadSession{
		"the data format DATA_FORMAT_UNSPECIFIED is not AVRO or ARROW": {},
		"arrow_serialization_options are for the data format ARROW": {DataFormat: avroFormat, ReadOptions: &storagepb.ReadSession_TableReadOptions{
			OutputFormatSerializationOptions: &storagepb.ReadSession_TableReadOptions_ArrowSerializationOptions{ArrowSerializationOptions: &storagepb.ArrowSerializationOptions{}}}},
		"avro_serialization_options are for the data format AVRO": {DataFormat: arrowFormat, ReadOptions: &storagepb.ReadSession_TableReadOptions{
			OutputFormatSerializationOptions: &storagepb.ReadSession_TableReadOptions_AvroSerializationOptions{AvroSerializationOptions: &storagepb.AvroSerializationOptions{}}}},
		"enable_display_name_attribute is not supported": {DataFormat: avroFormat, ReadOptions: &storagepb.ReadSession_TableReadOptions{
			OutputFormatSerializationOptions: &storagepb.ReadSession_TableReadOptions_AvroSerializationOptions{
				AvroSerializationOptions: &storagepb.AvroSerializationOptions{EnableDisplayNameAttribute: true}}}},
		"picos_timestamp_precision TIMESTAMP_PRECISION_NANOS is not supported": {DataFormat: arrowFormat, ReadOptions: &storagepb.ReadSession_TableReadOptions{
			OutputFormatSerializationOptions: &storagepb.ReadSession_TableReadOptions_ArrowSerializationOptions{
				ArrowSerializationOptions: &storagepb.ArrowSerializationOptions{PicosTimestampPrecision: storagepb.ArrowSerializationOptions_TIMESTAMP_PRECISION_NANOS}}}},
	} {
		if _, err := newFormat(s, one()); status.Code(err) == codes.OK || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	good := func() *storagepb.CreateReadSessionRequest {
		return &storagepb.CreateReadSessionRequest{Parent: "projects/p", ReadSession: &storagepb.ReadSession{Table: "projects/p/datasets/d/tables/t", DataFormat: storagepb.DataFormat_AVRO}}
	}
	if ref, err := check(good()); err != nil || ref.String() != "p:d.t" {
		t.Errorf("got %s, %v", ref, err)
	}
	for want, change := range map[string]func(*storagepb.CreateReadSessionRequest){
		`the parent "p" is not of the form`:  func(r *storagepb.CreateReadSessionRequest) { r.Parent = "p" },
		`the table "d.t" is not of the form`: func(r *storagepb.CreateReadSessionRequest) { r.ReadSession.Table = "d.t" },
		"must not be negative":               func(r *storagepb.CreateReadSessionRequest) { r.MaxStreamCount = -1 },
		"max_stream_count 1 must be greater than or equal to preferred_min_stream_count 2": func(r *storagepb.CreateReadSessionRequest) {
			r.MaxStreamCount, r.PreferredMinStreamCount = 1, 2
		},
		"row_restriction exceeded maximum allowed length. Maximum bytes allowed: 1048576": func(r *storagepb.CreateReadSessionRequest) {
			r.ReadSession.ReadOptions = &storagepb.ReadSession_TableReadOptions{RowRestriction: strings.Repeat("a", maxRestriction+1)}
		},
		"sample_percentage is not supported": func(r *storagepb.CreateReadSessionRequest) {
			r.ReadSession.ReadOptions = &storagepb.ReadSession_TableReadOptions{SamplePercentage: proto.Float64(50)}
		},
	} {
		r := good()
		change(r)
		if _, err := check(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
