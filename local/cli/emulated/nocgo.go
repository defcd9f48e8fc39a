//go:build !cgo

package emulated

import (
	"context"
	"fmt"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/stress/torture"
)

// measureCost is nil: it measures the BigQuery emulator.
var measureCost func(ctx context.Context, h *cli.Host, file string) error

// startCloud says what a local cloud needs: the BigQuery emulator.
func startCloud(context.Context, *cli.Host, cloudOptions) (*localCloud, error) {
	return nil, cli.ErrNoCompiler
}

// tortureOnBigQuery fails: this program has no emulator of BigQuery.
func tortureOnBigQuery(context.Context) (torture.Warehouse, error) {
	return nil, fmt.Errorf("%w, or have the tables of the trials in PostgreSQL (--warehouse postgres)", cli.ErrNoCompiler)
}
