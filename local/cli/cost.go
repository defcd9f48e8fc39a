package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/tallystream/tallystream/local/operate/cost"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/local/stress/bench"
	"github.com/tallystream/tallystream/local/stress/measure"
)

var costCommand = command{
	name:  "cost",
	short: "say what an election costs on Google Cloud, part by part",
	setUp: func(h *Host, flags *flag.FlagSet) func(context.Context, []string) error {
		voters := flags.Int64("voters", 1_000_000, "`NUMBER` of voters; each votes once")
		hours := flags.Float64("hours", 14, "`NUMBER` of hours of voting")
		interval := flags.Duration("pass-interval", 0, "`TIME` from pass to pass (default one that suits the size)")
		linger := flags.Duration("linger", 0, "`TIME` that a vote waits for others to share its message (default one that suits the size)")
		table := flags.Bool("table", false, "print the tables of docs/cost.md instead")
		renew := flags.String("measure", "", "measure again with a small election on the emulators, and write `FILE` (local/operate/cost/measurement.json is built in)")
		return func(ctx context.Context, _ []string) error {
			if *renew != "" {
				return measureCost(ctx, h, *renew)
			}
			m, err := cost.Measured()
			if err != nil {
				return err
			}
			p, err := cost.ListPrices()
			if err != nil {
				return err
			}
			if *table {
				text, err := cost.Tables(m, p)
				fmt.Fprint(h.Stdout, text)
				return err
			}
			w := cost.Suggested(*voters, *hours)
			if *interval != 0 {
				w.PassInterval = *interval
			}
			if *linger != 0 {
				w.Linger = *linger
			}
			e, err := cost.Of(w, m, p)
			if err != nil {
				return err
			}
			fmt.Fprint(h.Stdout, e.Text(m, p))
			return json.NewEncoder(h.Stdout).Encode(e)
		}
	},
}

// measuredVotes is the size of the election that is measured: enough for one
// message of each size.
const measuredVotes = 50_000

func measureCost(ctx context.Context, h *Host, file string) error {
	day := yesterday()
	c := bench.Config{
		StageVotes: measuredVotes, DashboardFor: time.Second,
		Election: simulate.Defaults(day),
		Log:      func(format string, args ...any) { h.Console.Printf("  "+format, args...) },
		Sending:  func(*simulate.Simulation, *simulate.Producer) func() { return func() {} },
		Start:    benchSystem(h, 4, false),
	}
	c.Election.Election = simulate.BuiltIn(day)
	m, err := measure.Run(ctx, &c)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o666); err != nil {
		return fmt.Errorf("write the measurement: %w", err)
	}
	h.Console.Printf("Measured: %s. Build again to reckon with it.", file)
	return nil
}
