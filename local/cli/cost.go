package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/operate/cost"
)

func costCommand(h *Host, measure func(context.Context, *Host, string) error) *cobra.Command {
	c := &cobra.Command{
		Use: "cost", GroupID: groupOperators,
		Short: "say what an election costs on Google Cloud, part by part",
	}
	var o costOptions
	flags := c.Flags()
	flags.Int64Var(&o.voters, "voters", 1_000_000, "`NUMBER` of voters; each votes once")
	flags.Float64Var(&o.hours, "hours", 14, "`NUMBER` of hours of voting")
	flags.DurationVar(&o.interval, "pass-interval", 0, "`TIME` from pass to pass (default one that suits the size)")
	flags.DurationVar(&o.linger, "linger", 0, "`TIME` that a vote waits for others to share its message (default one that suits the size)")
	flags.DurationVar(&o.step, "step", 0, "`TIME` from step to step of the votes by candidate (default one that suits the size)")
	flags.DurationVar(&o.refresh, "refresh", 0, "`TIME` from look to look of the dashboard (default one that suits the size)")
	flags.BoolVar(&o.tables, "table", false, "print the tables of docs/cost.md instead")
	file := flags.String("measure", "", "measure again with a small election on the emulators (needs a C compiler), and write `FILE`; local/operate/cost/measurement.json is built in")
	c.RunE = func(c *cobra.Command, _ []string) error {
		switch {
		case *file == "":
			return runCost(h, &o)
		case measure == nil:
			return fmt.Errorf("--measure: %w", errNoCompiler)
		}
		return measure(c.Context(), h, *file)
	}
	return c
}

type costOptions struct {
	voters           int64
	hours            float64
	interval, linger time.Duration
	step, refresh    time.Duration
	tables           bool
}

func runCost(h *Host, o *costOptions) error {
	m, err := cost.Measured()
	if err != nil {
		return err
	}
	p, err := cost.ListPrices()
	if err != nil {
		return err
	}
	if o.tables {
		text, err := cost.Tables(m, p)
		fmt.Fprint(h.Stdout, text)
		return err
	}
	w := cost.Suggested(o.voters, o.hours)
	if o.interval != 0 {
		w.PassInterval = o.interval
	}
	if o.linger != 0 {
		w.Linger = o.linger
	}
	if o.step != 0 {
		w.Step = o.step
	}
	if o.refresh != 0 {
		w.Refresh = o.refresh
	}
	if err := w.Validate(); err != nil {
		return Mistake(err)
	}
	e, err := cost.Of(w, m, p)
	if err != nil {
		return err
	}
	fmt.Fprint(h.Stdout, e.Text(m, p))
	return json.NewEncoder(h.Stdout).Encode(e)
}
