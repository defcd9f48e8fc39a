package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/operate/replay"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/drain"
)

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
	bridge := stageFlags(h, flags, settings.Bridge, 120)
	c.RunE = func(c *cobra.Command, _ []string) error {
		records, err := o.records()
		if err != nil {
			return Mistake(err)
		}
		caller, request, err := bridge.caller(c.Context(), flags)
		if err != nil {
			return err
		}
		var published int64
		return refused(replay.Backfill(c.Context(), caller, request, records, func(s drain.BridgeSummary) {
			for _, w := range s.Warnings {
				h.Console.Printf("Warning: %s", w)
			}
			published += s.Records
			h.Console.Printf("%s records are on their way.", console.Number(published))
		}))
	}
	return c
}

type backfillOptions struct{ topic, partition, from, to string }

// records are the records that the bridge publishes again.
func (o backfillOptions) records() (drain.Replay, error) {
	replay := drain.Replay{Topic: o.topic}
	if o.partition != "" {
		topic, number, _ := strings.Cut(o.partition, "/")
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil || topic == "" || o.topic != "" && o.topic != topic {
			return replay, fmt.Errorf("--partition %q: write it as votes/0, of the topic that --topic names", o.partition)
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
			return replay, fmt.Errorf("--%s %q is neither an offset nor a time like 2026-11-03T12:00:00Z", bound.name, bound.text)
		}
	}
	return replay, nil
}
