package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"
)

// Groups of commands, in the order of the help.
const (
	groupOperators  = "operators"
	groupSimulation = "simulation"
	groupTrials     = "trials"
	groupMachine    = "machine"
)

var groups = []struct{ id, title string }{
	{groupOperators, "For operators, against any deployment"},
	{groupSimulation, "Simulation"},
	{groupTrials, "Trials and measurements"},
	{groupMachine, "Everything on one machine"},
}

// declared returns the commands that run the emulators, without flags and without RunE.
func declared() []*cobra.Command {
	return []*cobra.Command{
		{Use: "torture", GroupID: groupTrials, Short: "try to break the count: every fault at every step, random mixes, and broken rules that must show"},
		{Use: "bench", GroupID: groupTrials, Short: "measure throughput, latency, memory, each stage alone and cold starts; with --surge a surge"},
		{Use: "demo", GroupID: groupMachine, Short: "run a whole election, and compare every table with its true result"},
		{Use: "up", GroupID: groupMachine, Short: "run the emulators and all four functions, and wait for records"},
		{Use: "cloud", GroupID: groupMachine, Short: "run a small Google Cloud, for terraform, gcloud and bq as they are"},
	}
}

// Declared returns the command of a name, which links the emulators. Package emulated
// adds its flags and its RunE.
func Declared(name string) *cobra.Command {
	all := declared()
	return all[slices.IndexFunc(all, func(c *cobra.Command) bool { return c.Name() == name })]
}

// ErrNoCompiler says what a program that was built without a C compiler lacks.
var ErrNoCompiler = errors.New("it runs the BigQuery emulator, which is built on DuckDB, a library in C++: " +
	"install gcc or clang (or unset CGO_ENABLED, if it is 0), and build this program again")

// needsCompiler returns a declared command for a program that was built without a C
// compiler: it fails.
func needsCompiler(name string) *cobra.Command {
	c := Declared(name)
	c.DisableFlagParsing = true
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(*cobra.Command, []string) error { return ErrNoCompiler }
	return c
}

// withoutEmulators returns the declared commands for a program that has no emulators.
func withoutEmulators() []*cobra.Command {
	var all []*cobra.Command
	for _, c := range declared() {
		all = append(all, needsCompiler(c.Name()))
	}
	return all
}
