package transfer

import (
	"context"
	"errors"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/load"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// read reads what is uploaded, or all files that the job names. The first says what the schema is where none is given.
func (l *loader) read(ctx context.Context, schema []*bqv2.TableFieldSchema) (*load.Data, error) {
	if l.media != nil {
		return l.readFile(ctx, l.media, schema)
	}
	var objects []bucket.Object
	for _, uri := range l.config.SourceUris {
		o, err := bucket.Parse(uri)
		if err != nil {
			return nil, err
		}
		found, err := bucket.Find(l.engine.Buckets(), o)
		if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
	all := &load.Data{Schema: schema}
	for _, o := range objects {
		content, err := bucket.Read(l.engine.Buckets(), o)
		if err != nil {
			return nil, err
		}
		data, err := l.readFile(ctx, content, all.Schema)
		if err != nil {
			return nil, err
		}
		all.Schema, all.Rows, all.BadRecords = data.Schema, append(all.Rows, data.Rows...), all.BadRecords+data.BadRecords
		if all.BadRecords > l.config.MaxBadRecords {
			return nil, wire.Invalid("Error while reading data, error message: the files have %d bad records up to %s, more than maxBadRecords %d", all.BadRecords, o, l.config.MaxBadRecords)
		}
	}
	return all, nil
}

// readFile reads a file, with a schema or, where that is nil, with its own. Fields that it has beyond the schema are added
// to that where the job may add them to the table.
func (l *loader) readFile(ctx context.Context, content []byte, schema []*bqv2.TableFieldSchema) (*load.Data, error) {
	l.files++
	l.bytes += int64(len(content))
	if schema != nil && l.config.Schema == nil && l.describesItself() && l.allows("ALLOW_FIELD_ADDITION") {
		own, err := l.parse(ctx, content, nil)
		if err != nil {
			return nil, err
		}
		schema = slices.Clone(schema)
		for _, f := range own.Schema {
			if !slices.ContainsFunc(schema, func(have *bqv2.TableFieldSchema) bool { return strings.EqualFold(have.Name, f.Name) }) {
				schema = append(schema, f)
			}
		}
	}
	return l.parse(ctx, content, schema)
}

func (l *loader) parse(ctx context.Context, content []byte, schema []*bqv2.TableFieldSchema) (*load.Data, error) {
	if load.Format(l.config) != load.Parquet {
		data, err := load.Read(l.config, schema, content)
		if err != nil {
			return nil, readFailure(err)
		}
		return data, nil
	}
	rows, err := l.engine.ReadParquet(ctx, content, schema, l.parquet)
	if err != nil {
		return nil, readFailure(err)
	}
	return &load.Data{Schema: rows.Schema, Rows: rows.Values}, nil
}

// readFailure words an error of the file as BigQuery does.
func readFailure(err error) error {
	var e *engine.Error
	if errors.As(err, &e) {
		return e
	}
	return wire.Invalid("Error while reading data, error message: %v", err)
}
