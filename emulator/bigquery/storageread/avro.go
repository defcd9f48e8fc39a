package storageread

import (
	"bytes"
	"fmt"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"github.com/hamba/avro/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
)

// avroFormat writes rows in Avro's binary notation, one after another.
type avroFormat struct {
	columns []columnar.Column
	schema  *storagepb.AvroSchema
}

func newAvro(columns []columnar.Column) (*avroFormat, error) {
	schema, err := columnar.AvroSchema("__root__", columns, true)
	return &avroFormat{columns, &storagepb.AvroSchema{Schema: schema}}, err
}

func (f *avroFormat) describeSession(s *storagepb.ReadSession) {
	s.Schema = &storagepb.ReadSession_AvroSchema{AvroSchema: f.schema}
}

func (f *avroFormat) describe(answer *storagepb.ReadRowsResponse) {
	answer.Schema = &storagepb.ReadRowsResponse_AvroSchema{AvroSchema: f.schema}
}

func (f *avroFormat) encode(rows [][]any, answer *storagepb.ReadRowsResponse, compress compressor) error {
	var out bytes.Buffer
	w := avro.NewWriter(&out, 64<<10)
	for _, row := range rows {
		if err := columnar.WriteAvro(w, f.columns, row); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	data, size := pack(out.Bytes(), compress)
	answer.Rows = &storagepb.ReadRowsResponse_AvroRows{AvroRows: &storagepb.AvroRows{SerializedBinaryRows: data}}
	answer.UncompressedByteSize = size
	return nil
}
