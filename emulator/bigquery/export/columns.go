package export

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/hamba/avro/v2"
	"github.com/hamba/avro/v2/ocf"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var avroCodecs = map[string]ocf.CodecName{"": ocf.Null, "DEFLATE": ocf.Deflate, "SNAPPY": ocf.Snappy}

// writeAvro writes an object container file.
func writeAvro(fields []types.Field, rows [][]any, o Options) ([]byte, error) {
	columns := all(fields)
	schema, err := columnar.AvroSchema("Root", columns, o.LogicalTypes)
	if err != nil {
		return nil, refused(err)
	}
	var out, row bytes.Buffer
	file, err := ocf.NewEncoder(schema, &out, ocf.WithCodec(avroCodecs[o.Compression]))
	if err != nil {
		return nil, fmt.Errorf("write an Avro file: %w", err)
	}
	w := avro.NewWriter(&row, 512)
	for _, r := range rows {
		row.Reset()
		if err := errors.Join(columnar.WriteAvro(w, columns, r), w.Flush()); err != nil {
			return nil, err
		}
		if _, err := file.Write(row.Bytes()); err != nil {
			return nil, fmt.Errorf("write an Avro file: %w", err)
		}
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("write an Avro file: %w", err)
	}
	return out.Bytes(), nil
}

var parquetCodecs = map[string]compress.Compression{"": compress.Codecs.Uncompressed, "SNAPPY": compress.Codecs.Snappy, "GZIP": compress.Codecs.Gzip, "ZSTD": compress.Codecs.Zstd}

// groupRows is how many rows stand together in a Parquet file.
const groupRows = 100_000

// writeParquet writes a Parquet file.
func writeParquet(fields []types.Field, rows [][]any, o Options) ([]byte, error) {
	columns := all(fields)
	schema, err := columnar.ArrowSchema(columns)
	if err != nil {
		return nil, refused(err)
	}
	var out bytes.Buffer
	file, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(parquet.WithCompression(parquetCodecs[o.Compression])), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, refused(err)
	}
	for at := 0; at < len(rows); at += groupRows {
		batch, err := columnar.ArrowBatch(schema, columns, rows[at:min(at+groupRows, len(rows))])
		if err != nil {
			return nil, err
		}
		err = file.Write(batch)
		batch.Release()
		if err != nil {
			return nil, fmt.Errorf("write a Parquet file: %w", err)
		}
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("write a Parquet file: %w", err)
	}
	return out.Bytes(), nil
}

// refused is an error of columns that a format has no place for.
func refused(err error) error {
	e := bqerror.Unsupported("An export of these columns")
	e.Message += ": " + err.Error()
	return e
}
