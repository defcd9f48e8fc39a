// Package emulated holds the commands that link the emulators, and with them
// DuckDB and Google's analyzer: demo, up, bench, torture, and cost --measure.
package emulated

import (
	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/cli"
)

// Emulators is what this package adds to the command line.
func Emulators() cli.Emulators {
	return cli.Emulators{Commands: commands, MeasureCost: measureCost}
}

// commands are those that package cli declares, and the one that the runner
// starts its children with.
func commands(h *cli.Host) []*cobra.Command {
	return []*cobra.Command{
		demoCommand(h),
		upCommand(h),
		benchCommand(h),
		tortureCommand(h),
		functionsCommand(),
	}
}
