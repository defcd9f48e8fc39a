// Package replay has stages do their work again: the aggregate derives tables from raw,
// and the bridge publishes records of Kafka. Votes may come in meanwhile.
package replay

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// A Caller calls the stages. A summary comes with an error too, as far as there is one.
type Caller interface {
	Aggregate(ctx context.Context, r drain.AggregateRequest) (drain.AggregateSummary, error)
	Bridge(ctx context.Context, r drain.BridgeRequest) (drain.BridgeSummary, error)
}

// NewOperation makes a name that no earlier operation has.
func NewOperation(now time.Time) string {
	return now.UTC().Format("20060102T150405") + "-" + strings.ToLower(rand.Text()[:8])
}

// Rebuild has the aggregate derive the tables of a range of event time again. It makes
// calls of so many seconds until the rebuild has ended, and calls waiting between them.
func Rebuild(ctx context.Context, c Caller, request drain.Request, r drain.Range, waiting func()) (drain.AggregateSummary, error) {
	for {
		summary, err := c.Aggregate(ctx, drain.AggregateRequest{Request: request, Rebuild: &r})
		if err != nil || !summary.Running {
			return summary, err
		}
		waiting()
	}
}

// Backfill calls the bridge until it has published all records of a replay again, in
// calls of so many seconds. It calls progress with the summary of each call.
func Backfill(ctx context.Context, c Caller, request drain.Request, replay drain.Replay, progress func(drain.BridgeSummary)) error {
	for {
		summary, err := c.Bridge(ctx, drain.BridgeRequest{Request: request, Replay: &replay})
		if err != nil {
			return err
		}
		progress(summary)
		switch {
		case summary.CaughtUp:
			return nil
		case len(summary.Next) == 0 || summary.Records == 0:
			return errors.New("the bridge didn't publish everything, and makes no progress: its log says why")
		}
		replay.Next = summary.Next
	}
}
