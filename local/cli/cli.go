// Package cli is the command line of the local parts. It reads flags, calls the
// packages that do the work, and prints what they return.
//
// It holds the commands of the operators and those of the simulation. Package emulated
// holds those that run the emulators.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/console"
)

// Host is what a command has of the machine.
type Host struct {
	Stdout  io.Writer        // results
	Console *console.Console // everything else
	Getenv  func(string) string
}

// OnThisMachine is the host of a real program.
func OnThisMachine() *Host {
	return &Host{Stdout: os.Stdout, Console: console.New(os.Stderr, os.Getenv), Getenv: os.Getenv}
}

// Emulators is what a program that runs the emulators adds to the command line. Without
// it their commands are listed, and say what they need.
type Emulators struct {
	// Commands implement the commands that Declared returns.
	Commands func(*Host) []*cobra.Command
	// MeasureCost counts an election on the emulators and writes the measurement
	// that the command cost calculates with to a file. It is nil in a program that was
	// built without a C compiler.
	MeasureCost func(ctx context.Context, h *Host, file string) error
}

// Main runs the command that args name, and returns the exit status.
func Main(ctx context.Context, h *Host, e Emulators, args []string) int {
	root := newRoot(h, e)
	root.SetArgs(append([]string{}, args...)) // nil would be the program's own
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return ExitOK
	}
	return h.tell(root, c, err, args)
}

// newRoot assembles the command line.
func newRoot(h *Host, e Emulators) *cobra.Command {
	root := &cobra.Command{
		Use: "tallystream",
		Long: "Tallystream's tools: for operators, for rehearsals, and for a whole system on this machine.\n\n" +
			"  go run ./local COMMAND [FLAGS]",
		Version: version(),
		Args: func(root *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(root, args[0])
			}
			return nil
		},
		RunE:          func(root *cobra.Command, _ []string) error { return root.Help() },
		SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2,
	}
	root.SetOut(h.Stdout)
	root.SetErr(h.Console)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { fmt.Fprintln(h.Stdout, usage(c)) })
	root.SetHelpCommand(helpCommand())
	for _, g := range groups {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
	}
	root.AddCommand(operators(h, e)...)
	root.AddCommand(simulation(h)...)
	if e.Commands != nil {
		root.AddCommand(e.Commands(h)...)
	} else {
		root.AddCommand(withoutEmulators()...)
	}
	addCompletion(root)
	for _, c := range root.Commands() {
		adopt(c)
	}
	return root
}

// operators are the commands for operators.
func operators(h *Host, e Emulators) []*cobra.Command {
	return []*cobra.Command{
		verifyCommand(h),
		certifyCommand(h),
		deadLetterCommand(h),
		rebuildCommand(h),
		migrateCommand(h),
		backfillCommand(h),
		packageCommand(h),
		stateCommand(h),
		costCommand(h, e.MeasureCost),
	}
}

// simulation are the commands that make up elections.
func simulation(h *Host) []*cobra.Command {
	return []*cobra.Command{simulateCommand(h), electionCommand(h)}
}

// adopt gives a command what all have: no arguments unless it takes some, the
// difference between failures and mistakes, and completion.
func adopt(c *cobra.Command) {
	if c.Args == nil {
		c.Args = noArguments
	}
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			if err := run(c, args); err != nil {
				return failure{err}
			}
			return nil
		}
	}
	complete(c)
	for _, sub := range c.Commands() {
		adopt(sub)
	}
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 && c.HasSubCommands() {
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		return fmt.Errorf("%q is none of %s", args[0], strings.Join(names, " and "))
	}
	if len(args) > 0 {
		return fmt.Errorf("%q is one argument too many", args[0])
	}
	return nil
}
