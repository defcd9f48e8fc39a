// Package external says what external tables are made of: the objects that they name, how those
// are read, and the columns that their names hold.
//
// It knows no tables of the catalog and keeps nothing.
package external

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/load"
	"github.com/tallystream/tallystream/emulator/bigquery/parquet"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Reader reads what external tables name.
type Reader struct {
	Storage bucket.Storage
	// Parquet returns the rows of a Parquet file, of a schema or of its own.
	Parquet func(ctx context.Context, file []byte, schema []*bqv2.TableFieldSchema, o parquet.Options) (*types.Rows, error)
}

// Files are the objects of an external table with their contents.
type Files struct {
	Sum   [sha256.Size]byte // of names and contents
	files []file
}

type file struct {
	uri     string
	content []byte
}

// Fetch reads the objects.
func (r Reader) Fetch(c *bqv2.ExternalDataConfiguration) (*Files, error) {
	out := &Files{}
	hash := sha256.New()
	for _, uri := range c.SourceUris {
		o, err := bucket.Parse(uri)
		if err != nil {
			return nil, err
		}
		found, err := bucket.Find(r.Storage, o)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			content, err := bucket.Read(r.Storage, o)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(hash, "%q %d\n", o, len(content))
			hash.Write(content)
			out.files = append(out.files, file{o.String(), content})
		}
	}
	out.Sum = [sha256.Size]byte(hash.Sum(nil))
	return out, nil
}

// Rows are the rows of one object, in the order of the table's columns.
type Rows struct {
	URI    string
	Values [][]any
}

// Read reads the rows of a table with a schema, whose last columns are those of the names.
func (r Reader) Read(ctx context.Context, c *bqv2.ExternalDataConfiguration, f *Files, schema []*bqv2.TableFieldSchema) ([]Rows, error) {
	keys, err := keysOf(c, f)
	if err != nil {
		return nil, err
	}
	own, bad := schema[:len(schema)-len(keys)], int64(0)
	var out []Rows
	for _, file := range f.files {
		data, err := r.parse(ctx, c, file.content, own)
		if err != nil {
			return nil, failure(file.uri, err)
		}
		if bad += data.BadRecords; bad > c.MaxBadRecords {
			return nil, failure(file.uri, fmt.Errorf("the files have %d bad records, more than maxBadRecords %d", bad, c.MaxBadRecords))
		}
		if err := arrange(data, own); err != nil {
			return nil, failure(file.uri, err)
		}
		if err := addKeys(data.Rows, c, keys, file.uri); err != nil {
			return nil, err
		}
		out = append(out, Rows{file.uri, data.Rows})
	}
	return out, nil
}

// arrange puts the values of a file into the order of the table's columns.
func arrange(data *load.Data, own []*bqv2.TableFieldSchema) error {
	from := make([]int, len(own))
	same := len(data.Schema) == len(own)
	for i, f := range own {
		from[i] = slices.IndexFunc(data.Schema, func(have *bqv2.TableFieldSchema) bool { return strings.EqualFold(have.Name, f.Name) })
		if from[i] < 0 && f.Mode == "REQUIRED" {
			return fmt.Errorf("the required field %s is missing", f.Name)
		}
		same = same && from[i] == i
	}
	if same {
		return nil
	}
	for n, row := range data.Rows {
		arranged := make([]any, len(own))
		for i, at := range from {
			if at >= 0 {
				arranged[i] = row[at]
			}
		}
		data.Rows[n] = arranged
	}
	return nil
}

// Schema is the schema of a table that has none: that of the first file, and then the keys in the names.
func (r Reader) Schema(ctx context.Context, c *bqv2.ExternalDataConfiguration, given []*bqv2.TableFieldSchema) ([]*bqv2.TableFieldSchema, error) {
	if len(given) > 0 && c.HivePartitioningOptions == nil {
		return given, nil
	}
	f, err := r.Fetch(c)
	if err != nil {
		return nil, err
	}
	keys, err := keysOf(c, f)
	if err != nil {
		return nil, err
	}
	schema := given
	if len(schema) == 0 {
		if !c.Autodetect && (c.SourceFormat == load.CSV || c.SourceFormat == load.JSON) {
			return nil, bqerror.Invalid("No schema specified for the external table: give it a schema, or autodetect")
		}
		data, err := r.parse(ctx, c, f.files[0].content, nil)
		if err != nil {
			return nil, failure(f.files[0].uri, err)
		}
		schema = data.Schema
	}
	schema = slices.Clone(schema)
	if h := c.HivePartitioningOptions; h != nil {
		h.Fields = nil
	}
	for _, k := range keys {
		c.HivePartitioningOptions.Fields = append(c.HivePartitioningOptions.Fields, k.name)
		if slices.ContainsFunc(schema, func(f *bqv2.TableFieldSchema) bool { return strings.EqualFold(f.Name, k.name) }) {
			return nil, bqerror.Invalid("The column %s is in the files and in their names", k.name)
		}
		schema = append(schema, &bqv2.TableFieldSchema{Name: k.name, Type: types.RESTName(k.kind.String()), Mode: "NULLABLE"})
	}
	return schema, nil
}

func (r Reader) parse(ctx context.Context, c *bqv2.ExternalDataConfiguration, content []byte, schema []*bqv2.TableFieldSchema) (*load.Data, error) {
	job := loadOf(c)
	if c.SourceFormat != load.Parquet {
		return load.Read(job, schema, content)
	}
	o, err := load.ParquetOptions(job)
	if err != nil {
		return nil, err
	}
	rows, err := r.Parquet(ctx, content, schema, o)
	if err != nil {
		return nil, err
	}
	return &load.Data{Schema: rows.Schema, Rows: rows.Values}, nil
}

// failure words an error of a file.
func failure(uri string, err error) error {
	var e *bqerror.Error
	if errors.As(err, &e) {
		return e
	}
	return bqerror.Query("Error while reading data, error message: %v File: %s", err, uri)
}
