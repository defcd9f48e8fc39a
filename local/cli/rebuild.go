package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

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
	aggregate := stageFlags(h, flags, settings.Aggregate, 300)
	c.RunE = func(c *cobra.Command, _ []string) error {
		r, err := eventTimes(from, to)
		if err != nil {
			return Mistake(err)
		}
		caller, request, err := aggregate.caller(c.Context(), flags)
		if err != nil {
			return err
		}
		begun := time.Now()
		summary, err := replay.Rebuild(c.Context(), caller, request, r, func() { h.Console.Printf("The rebuild goes on.") })
		if err != nil {
			return refused(err)
		}
		h.Console.Printf("Rebuilt in %.1f s, after giving way to %d passes.", time.Since(begun).Seconds(), summary.Conflicts)
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
	return r, r.Check()
}

// refused marks an error as a mistake where the function says that the request can't be
// followed.
func refused(err error) error {
	if errors.Is(err, replay.ErrRequest) {
		return Mistake(err)
	}
	return err
}
