package storageread

import (
	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"github.com/pierrec/lz4/v4"
	"google.golang.org/grpc/codes"

	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
)

// A format writes rows in the notation of a session. It holds nothing of them: streams share it.
type format interface {
	// describeSession and describe put the schema into a session, and into the first answer of a stream.
	describeSession(*storagepb.ReadSession)
	describe(*storagepb.ReadRowsResponse)
	// encode puts rows into an answer. compress, nil for none, is applied to what it is made of.
	encode(rows [][]any, answer *storagepb.ReadRowsResponse, compress compressor) error
}

// A compressor compresses the rows of an answer; ok is false where that makes them no smaller.
type compressor func(data []byte) (_ []byte, ok bool)

// newFormat is the format that a session asks for. It refuses options that aren't honoured.
func newFormat(s *storagepb.ReadSession, columns []columnar.Column) (format, error) {
	o := s.GetReadOptions()
	switch s.GetDataFormat() {
	case storagepb.DataFormat_AVRO:
		if o.GetArrowSerializationOptions() != nil {
			return nil, failed(codes.InvalidArgument, "arrow_serialization_options are for the data format ARROW, not AVRO")
		}
		a := o.GetAvroSerializationOptions()
		if a.GetEnableDisplayNameAttribute() {
			return nil, failed(codes.Unimplemented, "enable_display_name_attribute is not supported by the emulator")
		}
		if p := a.GetPicosTimestampPrecision(); p > storagepb.AvroSerializationOptions_TIMESTAMP_PRECISION_MICROS {
			return nil, failed(codes.Unimplemented, "picos_timestamp_precision %s is not supported by the emulator", p)
		}
		return newAvro(columns)
	case storagepb.DataFormat_ARROW:
		if o.GetAvroSerializationOptions() != nil {
			return nil, failed(codes.InvalidArgument, "avro_serialization_options are for the data format AVRO, not ARROW")
		}
		a := o.GetArrowSerializationOptions()
		if p := a.GetPicosTimestampPrecision(); p > storagepb.ArrowSerializationOptions_TIMESTAMP_PRECISION_MICROS {
			return nil, failed(codes.Unimplemented, "picos_timestamp_precision %s is not supported by the emulator", p)
		}
		return newArrow(columns, a.GetBufferCompression())
	}
	return nil, failed(codes.InvalidArgument, "the data format %s is not AVRO or ARROW", s.GetDataFormat())
}

// newCompressor is what a session asks for to compress answers by, nil for nothing.
func newCompressor(o *storagepb.ReadSession_TableReadOptions) (compressor, error) {
	switch c := o.GetResponseCompressionCodec(); c {
	case storagepb.ReadSession_TableReadOptions_RESPONSE_COMPRESSION_CODEC_UNSPECIFIED:
		return nil, nil
	case storagepb.ReadSession_TableReadOptions_RESPONSE_COMPRESSION_CODEC_LZ4:
		return func(data []byte) ([]byte, bool) {
			out := make([]byte, lz4.CompressBlockBound(len(data)))
			n, err := lz4.CompressBlock(data, out, nil)
			return out[:n], err == nil && n > 0 && n < len(data) // 0 says that it can't be compressed
		}, nil
	default:
		return nil, failed(codes.InvalidArgument, "the response compression codec %s is not LZ4", c)
	}
}

// pack is what an answer has of data, and the size before it was compressed: nil where nothing was to be compressed,
// and -1 where that would not have helped.
func pack(data []byte, compress compressor) ([]byte, *int64) {
	if compress == nil {
		return data, nil
	}
	size := int64(-1)
	if packed, ok := compress(data); ok {
		size = int64(len(data))
		return packed, &size
	}
	return data, &size
}
