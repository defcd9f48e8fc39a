package engine

import (
	"context"
	"fmt"
	"os"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/parquet"
)

// Buckets implements API.
func (e *Engine) Buckets() bucket.Storage { return e.buckets }

// ReadParquet implements API.
func (e *Engine) ReadParquet(ctx context.Context, file []byte, schema []*bqv2.TableFieldSchema, o parquet.Options) (*Rows, error) {
	f, err := os.CreateTemp("", "load-*.parquet") // DuckDB reads files by their names
	if err != nil {
		return nil, fmt.Errorf("keep a Parquet file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(file)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fmt.Errorf("keep a Parquet file: %w", err)
	}
	o.Budget = e.Results
	return parquet.Read(ctx, e.DB, f.Name(), schema, o)
}
