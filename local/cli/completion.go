package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// complete has the shell complete file names only where a command takes a FILE.
func complete(c *cobra.Command) {
	if c.ValidArgsFunction == nil && len(c.ValidArgs) == 0 && !c.HasSubCommands() {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		switch kind, _ := pflag.UnquoteUsage(f); kind {
		case "FILE", "DIRECTORY":
		default:
			// It fails for a flag that has a completion of its own.
			_ = c.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions)
		}
	})
}

// addCompletion adds cobra's command completion, in the words of the other commands.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short = "print the script with which a shell completes commands and flags"
		c.Long = ""
		c.Args = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no completion for %q: there is one for %s", args[0], shells(c))
			}
			return nil
		}
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		for _, shell := range c.Commands() {
			shell.Short = "for " + shell.Name()
			shell.Args = noArguments
		}
	}
}

// shells lists the shells that have a completion.
func shells(c *cobra.Command) string {
	var names []string
	for _, shell := range c.Commands() {
		names = append(names, shell.Name())
	}
	return strings.Join(names, ", ")
}
