// Package export writes rows as the files of extract jobs and of EXPORT DATA: CSV, newline-delimited JSON, Avro and Parquet
// (https://cloud.google.com/bigquery/docs/exporting-data).
package export

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/columnar"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// The formats of files.
const (
	CSV     = "CSV"
	JSON    = "NEWLINE_DELIMITED_JSON"
	Avro    = "AVRO"
	Parquet = "PARQUET"
)

// compressions are those that formats have beside NONE
// (https://cloud.google.com/bigquery/docs/exporting-data#export_formats_and_compression_types).
var compressions = map[string][]string{
	CSV: {"GZIP"}, JSON: {"GZIP"}, Avro: {"DEFLATE", "SNAPPY"}, Parquet: {"SNAPPY", "GZIP", "ZSTD"},
}

// Options say what is written, and where.
type Options struct {
	Target       bucket.Object // an asterisk in its name stands for the number of the file
	Format       string
	Compression  string // "" or NONE for none
	Delimiter    string // of CSV, a character; "" is a comma
	NoHeader     bool   // in CSV
	LogicalTypes bool   // in Avro
	Overwrite    bool   // files of the target
}

// Result counts what was written.
type Result struct{ Files, Rows, Bytes int64 }

// Check refuses what isn't honoured.
func (o *Options) Check() error {
	allowed, ok := compressions[o.Format]
	if !ok {
		return bqerror.Invalid("The format %q is not one of CSV, NEWLINE_DELIMITED_JSON, AVRO, PARQUET", o.Format)
	}
	if o.Compression == "NONE" {
		o.Compression = ""
	}
	if o.Compression != "" && !slices.Contains(allowed, o.Compression) {
		return bqerror.Invalid("Compression %s is not supported for the format %s: it has NONE, %s", o.Compression, o.Format, strings.Join(allowed, ", "))
	}
	switch o.Delimiter {
	case "":
		o.Delimiter = ","
	case "tab", `\t`:
		o.Delimiter = "\t"
	}
	if o.Format == CSV && (len([]rune(o.Delimiter)) != 1 || strings.Contains("\"\r\n", o.Delimiter)) {
		return bqerror.Invalid("The field delimiter %q is not a character that can divide fields", o.Delimiter)
	}
	return nil
}

// Write writes rows as one file. Options have been checked.
func Write(s bucket.Storage, rows *types.Rows, o Options) (Result, error) {
	fields, err := types.FromSchema(rows.Schema)
	if err != nil {
		return Result{}, err
	}
	if !o.Overwrite {
		if found, err := bucket.Find(s, o.Target); err == nil {
			return Result{}, bqerror.Query("The destination %s is not empty: it has %s. Use another one, or the option overwrite", o.Target, found[0])
		} else if !bqerror.IsNotFound(err) {
			return Result{}, err
		}
	}
	var data []byte
	switch o.Format {
	case CSV:
		data, err = writeCSV(fields, rows.Values, o)
	case JSON:
		data, err = writeJSON(fields, rows.Values)
	case Avro:
		data, err = writeAvro(fields, rows.Values, o)
	case Parquet:
		data, err = writeParquet(fields, rows.Values, o)
	}
	if err == nil && o.Compression == "GZIP" && o.Format != Parquet {
		data, err = zipped(data)
	}
	if err != nil {
		return Result{}, err
	}
	target := o.Target
	target.Name = strings.Replace(target.Name, "*", fmt.Sprintf("%012d", 0), 1)
	if err := bucket.Write(s, target, data); err != nil {
		return Result{}, err
	}
	return Result{Files: 1, Rows: int64(len(rows.Values)), Bytes: int64(len(data))}, nil
}

func zipped(data []byte) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(data); err != nil {
		return nil, fmt.Errorf("compress a file: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress a file: %w", err)
	}
	return out.Bytes(), nil
}

// all are fields as columns.
func all(fields []types.Field) []columnar.Column {
	columns, _ := columnar.Select(fields, nil)
	return columns
}
