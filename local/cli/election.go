package cli

import (
	"context"
	"encoding/json"
	"flag"

	"github.com/tallystream/tallystream/local/simulate"
)

var electionCommand = command{
	name:  "election",
	short: "print the election file that demo counts by",
	setUp: func(h *Host, flags *flag.FlagSet) func(context.Context, []string) error {
		day := flags.String("day", "", "`DATE` of the vote (default yesterday)")
		return func(context.Context, []string) error {
			on, err := dayOf(*day)
			if err != nil {
				return err
			}
			e := json.NewEncoder(h.Stdout)
			e.SetIndent("", "  ")
			return e.Encode(simulate.BuiltIn(on))
		}
	},
}
