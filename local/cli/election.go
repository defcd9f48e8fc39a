package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/simulate"
)

func electionCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "election", GroupID: groupSimulation,
		Short: "print the election file that demo counts by",
	}
	day := c.Flags().String("day", "", "`DATE` of the vote (default yesterday)")
	c.RunE = func(*cobra.Command, []string) error {
		on, err := dayOf(*day)
		if err != nil {
			return err
		}
		e := json.NewEncoder(h.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(simulate.BuiltIn(on))
	}
	return c
}
