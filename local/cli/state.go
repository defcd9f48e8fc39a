package cli

import (
	"context"
	"flag"

	"github.com/tallystream/tallystream/local/operate/tfstate"
)

var stateCommand = command{
	name:  "state",
	short: "select Terraform's state of one project, before anything is planned: make deploy does it",
	setUp: func(h *Host, flags *flag.FlagSet) func(context.Context, []string) error {
		var o tfstate.Options
		o.Define(flags)
		o.Getenv, o.Say = h.Getenv, h.Console.Printf
		return func(ctx context.Context, _ []string) error { return tfstate.Choose(ctx, o) }
	},
}
