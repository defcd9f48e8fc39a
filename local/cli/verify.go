package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/tallystream/tallystream/local/ledger"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
)

var verifyCommand = command{
	name:  "verify",
	short: "compare every core and analytics table with a ledger, row for row",
	setUp: func(h *Host, flags *flag.FlagSet) func(context.Context, []string) error {
		file := flags.String("ledger", "", "`FILE` that simulate wrote")
		return func(ctx context.Context, _ []string) error {
			if *file == "" {
				return errors.New("--ledger is missing: name the file that simulate --ledger wrote")
			}
			truth, err := ledger.ReadFile(*file)
			if err != nil {
				return err
			}
			env := config.From(run.WithDefaults(h.Getenv))
			cloud, key := endpoint.CloudFrom(env), env.Raw("HMAC_KEY")
			if err := env.Err(); err != nil {
				return err
			}
			client, err := cloud.NewBigQuery(ctx)
			if err != nil {
				return err
			}
			defer client.Close()
			differences, err := truth.Compare(ctx, ledger.BigQuery{Client: client}, ledger.Keyer([]byte(key), truth.Election.ID))
			if err != nil {
				return err
			}
			return report(h, differences)
		}
	},
}

// report prints the differences, which make an error.
func report(h *Host, differences []string) error {
	if len(differences) == 0 {
		h.Console.Printf("Every core and analytics table equals the ledger, row for row.")
		return nil
	}
	for _, d := range differences {
		h.Console.Printf("  %s", d)
	}
	return fmt.Errorf("the tables differ from the ledger (%d differences are listed above)", len(differences))
}
