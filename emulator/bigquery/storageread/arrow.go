package storageread

import (
	"bytes"
	"fmt"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/grpc/codes"

	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
)

// arrowFormat writes rows as record batches of Arrow's IPC format.
type arrowFormat struct {
	columns []columnar.Column
	schema  *arrow.Schema
	text    *storagepb.ArrowSchema
	options []ipc.Option
}

func newArrow(columns []columnar.Column, compression storagepb.ArrowSerializationOptions_CompressionCodec) (*arrowFormat, error) {
	f := &arrowFormat{columns: columns}
	switch compression {
	case storagepb.ArrowSerializationOptions_COMPRESSION_UNSPECIFIED:
	case storagepb.ArrowSerializationOptions_LZ4_FRAME:
		f.options = append(f.options, ipc.WithLZ4())
	case storagepb.ArrowSerializationOptions_ZSTD:
		f.options = append(f.options, ipc.WithZstd())
	default:
		return nil, failed(codes.InvalidArgument, "the buffer compression %s is not LZ4_FRAME or ZSTD", compression)
	}
	var err error
	if f.schema, err = columnar.ArrowSchema(columns); err != nil {
		return nil, err
	}
	payload := ipc.GetSchemaPayload(f.schema, memory.DefaultAllocator)
	defer payload.Release()
	text, err := serialize(&payload)
	f.text = &storagepb.ArrowSchema{SerializedSchema: text}
	return f, err
}

// serialize is a message of the IPC format.
func serialize(p *ipc.Payload) ([]byte, error) {
	var out bytes.Buffer
	if _, err := p.WritePayload(&out); err != nil {
		return nil, fmt.Errorf("serialize a message of Arrow: %w", err)
	}
	return out.Bytes(), nil
}

func (f *arrowFormat) describeSession(s *storagepb.ReadSession) {
	s.Schema = &storagepb.ReadSession_ArrowSchema{ArrowSchema: f.text}
}

func (f *arrowFormat) describe(answer *storagepb.ReadRowsResponse) {
	answer.Schema = &storagepb.ReadRowsResponse_ArrowSchema{ArrowSchema: f.text}
}

func (f *arrowFormat) encode(rows [][]any, answer *storagepb.ReadRowsResponse, compress compressor) error {
	batch, err := columnar.ArrowBatch(f.schema, f.columns, rows)
	if err != nil {
		return err
	}
	defer batch.Release()
	payload, err := ipc.GetRecordBatchPayload(batch, f.options...)
	if err != nil {
		return fmt.Errorf("serialize rows for Arrow: %w", err)
	}
	defer payload.Release()
	text, err := serialize(&payload)
	if err != nil {
		return err
	}
	data, size := pack(text, compress)
	answer.Rows = &storagepb.ReadRowsResponse_ArrowRecordBatch{ArrowRecordBatch: &storagepb.ArrowRecordBatch{SerializedRecordBatch: data}}
	answer.UncompressedByteSize = size
	return nil
}
