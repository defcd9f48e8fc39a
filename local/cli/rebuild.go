package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/operate/replay"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/drain"
)

func rebuildCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "rebuild", GroupID: groupOperators,
		Short: "derive core and analytics from raw again, all or a range of event time, while votes come in",
	}
	var to, from string
	flags := c.Flags()
	flags.StringVar(&from, "from", "", "begin at the `TIME` (2026-11-03T12:00:00Z) of votes; without this and --to it is everything")
	flags.StringVar(&to, "to", "", "end before the `TIME`")
	aggregate := functionFlags(h, flags, settings.Aggregate, 300)
	c.RunE = func(c *cobra.Command, _ []string) error {
		r, err := eventTimes(from, to)
		if err != nil {
			return Mistake(err)
		}
		summary, err := aggregate.Rebuild(c.Context(), r)
		if err != nil {
			return refused(err)
		}
		h.Console.Printf("Rebuilt in %.1f s, after giving way to %d passes.", summary.Seconds, summary.Conflicts)
		if summary.Unbalanced > 0 {
			return fmt.Errorf("the books of %d partitions don't balance: verify says what differs", summary.Unbalanced)
		}
		return nil
	}
	return c
}

// eventTimes is a range of event time: everything, or with both bounds.
func eventTimes(from, to string) (drain.Range, error) {
	var r drain.Range
	if from == "" && to == "" {
		return r, nil
	}
	for _, bound := range []struct {
		name, text string
		into       *time.Time
	}{{"from", from, &r.From}, {"to", to, &r.To}} {
		t, err := time.Parse(time.RFC3339, bound.text)
		if err != nil {
			return r, fmt.Errorf("--%s %q is no time like 2026-11-03T12:00:00Z: a range has both --from and --to", bound.name, bound.text)
		}
		*bound.into = t
	}
	return r, nil
}

// functionFlags define where a function answers, and how long a call may take.
func functionFlags(h *Host, flags *pflag.FlagSet, name string, seconds float64) *replay.Function {
	f := &replay.Function{Name: name, Token: h.Getenv("IDENTITY_TOKEN")}
	flags.StringVar(&f.URL, "url", "http://"+settings.FixedAddresses().Functions+"/"+name,
		"`URL` of the function "+name+"; with $IDENTITY_TOKEN for one that lets only some in")
	flags.Float64Var(&f.Seconds, "seconds", seconds, "most `SECONDS` of a call: less than the function's own time-out")
	return f
}

// refused marks an error as a mistake where the function says that the request can't be
// followed.
func refused(err error) error {
	if errors.Is(err, replay.ErrRequest) {
		return Mistake(err)
	}
	return err
}
