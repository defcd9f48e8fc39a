//go:build cgo

package emulated

import (
	"context"

	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/local/stress/torture/bigquery"
)

// tortureOnBigQuery starts the emulator of BigQuery for trials.
func tortureOnBigQuery(ctx context.Context) (torture.Warehouse, error) { return bigquery.Start(ctx) }
