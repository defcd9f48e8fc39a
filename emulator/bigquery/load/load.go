// Package load reads the files of load jobs: CSV, newline-delimited JSON and
// Avro. It turns bytes into rows of a given or a detected schema; it knows no
// tables and fetches nothing.
package load

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// The formats, as configuration.load.sourceFormat spells them.
const (
	CSV  = "CSV"
	JSON = "NEWLINE_DELIMITED_JSON"
	Avro = "AVRO"
	// Parquet isn't read here: DuckDB does.
	Parquet = "PARQUET"
)

// Format returns the source format of a load; CSV is the default.
func Format(c *bqv2.JobConfigurationLoad) string {
	if c.SourceFormat == "" {
		return CSV
	}
	return strings.ToUpper(c.SourceFormat)
}

// maxUnpacked bounds what a gzip file may unpack to, in bytes.
const maxUnpacked = 1 << 30

// sampleRows is how many rows schema detection looks at, as in BigQuery.
const sampleRows = 500

// Data is what a file holds.
type Data struct {
	Schema     []*bqv2.TableFieldSchema
	Rows       [][]any
	BadRecords int64
}

// Read reads a file. Without a schema, or with one and autodetect, the file's
// own names and types count: see Config.
func Read(c *bqv2.JobConfigurationLoad, schema []*bqv2.TableFieldSchema, data []byte) (*Data, error) {
	data, err := unpack(data)
	if err != nil {
		return nil, err
	}
	switch f := Format(c); f {
	case CSV:
		return readCSV(c, schema, data)
	case JSON:
		return readJSON(c, schema, data)
	case Avro:
		return readAvro(c, schema, data)
	default:
		return nil, fmt.Errorf("source format %s", f)
	}
}

// unpack undoes gzip, which BigQuery recognizes by itself.
func unpack(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the file is not valid gzip: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	if err != nil {
		return nil, fmt.Errorf("the file is not valid gzip: %w", err)
	}
	if len(out) > maxUnpacked {
		return nil, fmt.Errorf("the file unpacks to more than %d bytes: split it", maxUnpacked)
	}
	return out, nil
}

// A collector gathers rows and counts those that can't be read.
type collector struct {
	kind   string // for messages
	max    int64  // bad records that are tolerated
	data   Data
	seen   int64
	badRow error // the first
}

func (c *collector) add(row []any, err error) error {
	c.seen++
	if err == nil {
		c.data.Rows = append(c.data.Rows, row)
		return nil
	}
	c.data.BadRecords++
	if c.badRow == nil {
		c.badRow = err
	}
	if c.data.BadRecords > c.max {
		return fmt.Errorf("%s processing encountered too many errors, giving up. Rows: %d; errors: %d; max bad: %d; first error: %w",
			c.kind, c.seen, c.data.BadRecords, c.max, c.badRow)
	}
	return nil
}

// prepare returns the schema's fields.
func prepare(schema []*bqv2.TableFieldSchema) ([]types.Field, error) {
	if err := checkTypes(schema); err != nil {
		return nil, err
	}
	fields, err := types.FromSchema(schema)
	if err != nil {
		return nil, err
	}
	for i, f := range schema {
		if f.DefaultValueExpression != "" {
			fields[i].Required = false
		}
	}
	return fields, nil
}

// checkTypes refuses types that the emulator doesn't know.
func checkTypes(schema []*bqv2.TableFieldSchema) error {
	for _, f := range schema {
		if k, ok := types.KindOf(f.Type); !ok || k == types.Array {
			return fmt.Errorf("field %s has type %q, which the emulator does not support", f.Name, f.Type)
		}
		if err := checkTypes(f.Fields); err != nil {
			return err
		}
	}
	return nil
}
