package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/operate/cost"
	"github.com/tallystream/tallystream/shared/endpoint"
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
	flags.StringVar(&o.warehouse, "warehouse", endpoint.BigQuery, "`WAREHOUSE` that is paid for: bigquery, or postgres for Cloud SQL")
	flags.Float64Var(&o.days, "days", 0, "`NUMBER` of days for which the database of --warehouse postgres is there (default 30)")
	file := flags.String("measure", "", "measure again with a small election on the emulators (needs a C compiler), and write `FILE`; local/operate/cost/measurement.json is built in")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := CheckWarehouse(o.warehouse); err != nil {
			return Mistake(err)
		}
		switch {
		case o.days != 0 && o.warehouse != endpoint.Postgres:
			return Mistake(fmt.Errorf("--days is of a database: name --warehouse %s, or leave it out", endpoint.Postgres))
		case *file == "":
			return runCost(h, &o)
		case measure == nil:
			return fmt.Errorf("--measure: %w", ErrNoCompiler)
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
	warehouse        string
	days             float64
}

// workload is the election that is priced.
func (o *costOptions) workload() (cost.Workload, error) {
	w := cost.Suggested(o.voters, o.hours)
	if o.warehouse == endpoint.Postgres {
		w = cost.OnPostgres(o.voters, o.hours)
	}
	for _, set := range []struct {
		by time.Duration
		to *time.Duration
	}{{o.interval, &w.PassInterval}, {o.linger, &w.Linger}, {o.step, &w.Step}, {o.refresh, &w.Refresh}} {
		if set.by != 0 {
			*set.to = set.by
		}
	}
	if err := w.Validate(); err != nil {
		return w, Mistake(err)
	}
	return w, nil
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
		print := cost.Tables
		if o.warehouse == endpoint.Postgres {
			print = cost.PostgresTable
		}
		text, err := print(m, p)
		fmt.Fprint(h.Stdout, text)
		return err
	}
	w, err := o.workload()
	if err != nil {
		return err
	}
	if o.warehouse == endpoint.Postgres {
		return runPostgresCost(h, o, w, m, p)
	}
	e, err := cost.Of(w, m, p)
	if err != nil {
		return err
	}
	fmt.Fprint(h.Stdout, e.Text(m, p))
	return json.NewEncoder(h.Stdout).Encode(e)
}

func runPostgresCost(h *Host, o *costOptions, w cost.Workload, m cost.Measurement, p cost.Prices) error {
	d := cost.SuggestedDatabase(o.voters)
	if o.days != 0 {
		d.Days = o.days
	}
	e, err := cost.OfPostgres(w, d, m, p)
	if err != nil {
		return Mistake(err)
	}
	fmt.Fprint(h.Stdout, e.PostgresText(d, m, p))
	return json.NewEncoder(h.Stdout).Encode(e)
}
