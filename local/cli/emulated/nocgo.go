//go:build !cgo

package emulated

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/cli"
)

// measureCost is nil: it measures the BigQuery emulator.
var measureCost func(ctx context.Context, h *cli.Host, file string) error

// startCloud says what a local cloud needs: the BigQuery emulator.
func startCloud(context.Context, *cli.Host, cloudOptions) (*localCloud, error) {
	return nil, cli.ErrNoCompiler
}

// tortureCommand says what it needs: it makes faults in the BigQuery emulator.
func tortureCommand(*cli.Host) *cobra.Command { return cli.NeedsCompiler("torture") }
