package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/console"
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
	f := functionFlags(flags, settings.Aggregate, 300)
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		r := drain.AggregateRequest{Rebuild: &drain.Range{}}
		if from != "" || to != "" {
			var err error
			if r.Rebuild, err = eventTimes(from, to); err != nil {
				return err
			}
		}
		r.Seconds = f.seconds
		var summary drain.AggregateSummary
		err := f.call(ctx, h, func(ctx context.Context, client drain.Client) (err error) {
			summary, err = client.Aggregate(ctx, f.url, r)
			return err
		})
		if err != nil {
			return err
		}
		h.Console.Printf("Rebuilt in %.1f s, after giving way to %d passes.", summary.Seconds, summary.Conflicts)
		if summary.Unbalanced > 0 {
			return fmt.Errorf("the books of %d partitions don't balance: verify says what differs", summary.Unbalanced)
		}
		return nil
	}
	return c
}

// eventTimes is a range, which needs both bounds.
func eventTimes(from, to string) (*drain.Range, error) {
	var r drain.Range
	for _, bound := range []struct {
		name, text string
		into       *time.Time
	}{{"from", from, &r.From}, {"to", to, &r.To}} {
		t, err := time.Parse(time.RFC3339, bound.text)
		if err != nil {
			return nil, fmt.Errorf("--%s %q is no time like 2026-11-03T12:00:00Z: a range has both --from and --to", bound.name, bound.text)
		}
		*bound.into = t
	}
	return &r, nil
}

func backfillCommand(h *Host) *cobra.Command {
	c := &cobra.Command{
		Use: "backfill", GroupID: groupOperators,
		Short: "have the bridge publish records of Kafka again, all or a range, while votes come in",
	}
	var o backfillOptions
	flags := c.Flags()
	flags.StringVar(&o.topic, "topic", "", "only this `TOPIC`")
	flags.StringVar(&o.partition, "partition", "", "only this partition, as `TOPIC/NUMBER`")
	flags.StringVar(&o.from, "from", "", "begin at the `OFFSET`, or at the TIME (2026-11-03T12:00:00Z) of the broker")
	flags.StringVar(&o.to, "to", "", "end before the `OFFSET` or TIME")
	f := functionFlags(flags, settings.Bridge, 120)
	c.RunE = func(c *cobra.Command, _ []string) error {
		replay, err := o.replay()
		if err != nil {
			return err
		}
		return backfill(c.Context(), h, f, replay)
	}
	return c
}

type backfillOptions struct{ topic, partition, from, to string }

// replay is what the bridge is asked for.
func (o backfillOptions) replay() (*drain.Replay, error) {
	replay := &drain.Replay{Topic: o.topic}
	if o.partition != "" {
		topic, number, _ := strings.Cut(o.partition, "/")
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil || topic == "" || o.topic != "" && o.topic != topic {
			return nil, fmt.Errorf("--partition %q: write it as votes/0, of the topic that --topic names", o.partition)
		}
		replay.Topic, replay.Partition = topic, new(int32(n))
	}
	for _, bound := range []struct {
		name, text string
		offset     **int64
		time       **time.Time
	}{{"from", o.from, &replay.From, &replay.FromTime}, {"to", o.to, &replay.To, &replay.ToTime}} {
		if bound.text == "" {
			continue
		}
		if offset, err := strconv.ParseInt(bound.text, 10, 64); err == nil {
			*bound.offset = &offset
		} else if at, err := time.Parse(time.RFC3339, bound.text); err == nil {
			*bound.time = &at
		} else {
			return nil, fmt.Errorf("--%s %q is neither an offset nor a time like 2026-11-03T12:00:00Z", bound.name, bound.text)
		}
	}
	return replay, nil
}

// backfill calls the bridge until it has published everything.
func backfill(ctx context.Context, h *Host, f *functionCall, replay *drain.Replay) error {
	var records int64
	for {
		r := drain.BridgeRequest{Request: drain.Request{Seconds: f.seconds}, Replay: replay}
		var summary drain.BridgeSummary
		err := f.call(ctx, h, func(ctx context.Context, client drain.Client) (err error) {
			summary, err = client.Bridge(ctx, f.url, r)
			return err
		})
		if err != nil {
			return err
		}
		for _, w := range summary.Warnings {
			h.Console.Printf("Warning: %s", w)
		}
		records += summary.Records
		h.Console.Printf("%s records are on their way.", console.Number(records))
		switch {
		case summary.CaughtUp:
			return nil
		case len(summary.Next) == 0 || summary.Records == 0:
			return errors.New("the bridge didn't publish everything, and doesn't come on: its log says why")
		}
		replay.Next = summary.Next
	}
}

// functionCall is how a function is called.
type functionCall struct {
	name    string
	url     string
	seconds float64
}

// functionFlags define where a function answers, and how long it may work.
func functionFlags(flags *pflag.FlagSet, name string, seconds float64) *functionCall {
	f := &functionCall{name: name}
	flags.StringVar(&f.url, "url", "http://"+settings.FixedAddresses().Functions+"/"+name,
		"`URL` of the function "+name+"; with $IDENTITY_TOKEN for one that lets only some in")
	flags.Float64Var(&f.seconds, "seconds", seconds, "most `SECONDS` of a call: less than the function's own time-out")
	return f
}

// call calls the function by a client that it is let in with, and explains what
// goes wrong.
func (f *functionCall) call(ctx context.Context, h *Host, do func(context.Context, drain.Client) error) error {
	// When its time is up, the function ends what it has begun.
	const grace = 10 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, time.Duration(f.seconds*float64(time.Second))+grace)
	defer cancel()
	err := do(ctx, drain.Client{Token: h.Getenv("IDENTITY_TOKEN")})
	var unreachable *url.Error
	var status *drain.StatusError
	switch {
	case errors.Is(err, drain.ErrInsecure):
		return fmt.Errorf("%s isn't https: the token in IDENTITY_TOKEN would be sent in the clear", f.url)
	case errors.As(err, &unreachable):
		return fmt.Errorf("%s can't be reached: --url is %s: start it (go run ./local up), or name the one of a deployment (terraform output functions): %w", f.name, f.url, err)
	case errors.As(err, &status) && (status.Code == http.StatusUnauthorized || status.Code == http.StatusForbidden):
		return fmt.Errorf("%s doesn't let you in (%d %s): set IDENTITY_TOKEN to what gcloud auth print-identity-token prints", f.name, status.Code, http.StatusText(status.Code))
	case errors.As(err, &status):
		return fmt.Errorf("%s answers %d %s: %s", f.name, status.Code, http.StatusText(status.Code), status.Text)
	}
	return err
}
