// Package emulated holds the commands that run the emulators: demo, up, cloud, bench,
// torture, and cost --measure. A program that was built without a C compiler has no BigQuery
// emulator, which is built on DuckDB and Google's analyzer: then the tables are in
// PostgreSQL, and cloud up and cost --measure say what they need.
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
		cloudCommand(h),
		benchCommand(h),
		tortureCommand(h),
		functionsCommand(),
	}
}
