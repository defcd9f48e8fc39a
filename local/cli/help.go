package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpCommand shows the commands, or the flags of one.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]…",
		Short: "show this, or the flags of a command",
		Args: func(c *cobra.Command, args []string) error {
			if _, err := named(c.Root(), args); err != nil {
				return err
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if len(args) == 0 {
				for _, c := range c.Root().Commands() {
					if c.IsAvailableCommand() && strings.HasPrefix(c.Name(), typed) {
						names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			about, err := named(c.Root(), args)
			if err != nil {
				return err
			}
			return about.Help()
		},
	}
}

// named is the command that args name; the root where they name none, or help.
func named(root *cobra.Command, args []string) (*cobra.Command, error) {
	if len(args) == 0 || args[0] == "help" {
		return root, nil
	}
	c := root
	for _, name := range args {
		if c != root && !c.HasSubCommands() {
			return nil, fmt.Errorf("%s has no commands of its own: leave out %q", pathOf(c), name)
		}
		i := slices.IndexFunc(c.Commands(), func(sub *cobra.Command) bool { return sub.Name() == name })
		if i < 0 {
			return nil, unknownCommand(c, name)
		}
		c = c.Commands()[i]
	}
	return c, nil
}

// usage is the help of a command.
func usage(c *cobra.Command) string {
	if !c.HasParent() {
		return overview(c)
	}
	var b strings.Builder
	_, arguments, _ := strings.Cut(c.Use, " ")
	fmt.Fprintf(&b, "go run ./local %s [FLAGS]%s\n\n", pathOf(c), strings.TrimRight(" "+arguments, " "))
	if c.Long != "" {
		b.WriteString(strings.TrimSpace(c.Long))
	} else {
		fmt.Fprintf(&b, "%s%s.", strings.ToUpper(c.Short[:1]), c.Short[1:])
	}
	b.WriteByte('\n')
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			fmt.Fprintf(&b, "\n  %-11s %s", sub.Name(), sub.Short)
		}
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		kind, text := pflag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "-1" && f.DefValue != "false" && f.DefValue != "0s" && f.DefValue != "[]" {
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(&b, "\n  %s\n        %s", strings.TrimRight("--"+f.Name+" "+kind, " "), text)
	})
	return strings.TrimRight(b.String(), "\n")
}

// overview lists the commands by group.
func overview(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(root.Long + "\n")
	line := func(name, text string) { fmt.Fprintf(&b, "  %-11s %s\n", name, text) }
	list := func(group string) {
		for _, c := range root.Commands() {
			if c.GroupID == group && c.IsAvailableCommand() {
				line(c.Name(), c.Short)
			}
		}
	}
	for _, g := range groups {
		fmt.Fprintf(&b, "\n%s:\n", g.title)
		list(g.id)
	}
	b.WriteString("\nAbout this program:\n")
	list("")
	line("help", "show this, or the flags of a command")
	line("--version", "print the version and the commit that it was built from")
	return strings.TrimRight(b.String(), "\n")
}
