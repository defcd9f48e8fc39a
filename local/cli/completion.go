package cli

import (
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
