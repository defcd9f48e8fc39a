package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/operate/certify"
	"github.com/tallystream/tallystream/local/query"
)

func certifyCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "certify", GroupID: groupOperators,
		Short: "say that the result is right, which the dashboard then shows; --undo takes it back",
	}
	var w certify.Word
	flags := c.Flags()
	flags.StringVar(&w.By, "by", "", "`NAME` of who says so; the public reads it")
	flags.StringVar(&w.Note, "note", "", "`TEXT` that stands beside it in analytics.certifications (remark) and in the API")
	flags.BoolVar(&w.Undo, "undo", false, "take the certification back")
	flags.BoolVar(&w.Incomplete, "incomplete", false, "certify though the count isn't complete; takes a note")
	cloud := cloudFlag(flags)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return runCertify(c.Context(), h, environment(h, *cloud), w)
	}
	return c
}

func runCertify(ctx context.Context, h *Host, getenv func(string) string, w certify.Word) error {
	if err := w.Check(); err != nil {
		return Mistake(err)
	}
	c, err := dashboard.ConfigFrom(getenv)
	if err != nil {
		return err
	}
	tables, err := query.Open(ctx, c.Warehouse, "certify")
	if err != nil {
		return err
	}
	defer tables.Close()
	o, err := certify.Record(ctx, tables, c.Rules, w, time.Now())
	if err != nil {
		return err
	}
	what := "Certified"
	if w.Undo {
		what = "Taken back: the certification"
	}
	h.Console.Printf("%s by %s: %s votes of the election %q.", what, w.By, console.Number(o.Votes), c.Election.ID)
	if err := json.NewEncoder(h.Stdout).Encode(o); err != nil {
		return fmt.Errorf("write the outcome: %w", err)
	}
	return nil
}
