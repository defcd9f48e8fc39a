package bench

import (
	"context"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate/ledger"
)

// Coverage records when the results covered which offsets.
type Coverage struct {
	seen []observation
}

type observation struct {
	at      time.Time
	settled run.Offsets
}

// Observe records what the results covered at a time. Times must rise.
func (c *Coverage) Observe(at time.Time, settled run.Offsets) {
	c.seen = append(c.seen, observation{at, settled})
}

// Watch observes a system's results until ctx ends, as often as every pause.
// It calls polled, unless that is nil, with the results of each poll that succeeds.
func (c *Coverage) Watch(ctx context.Context, s *run.System, pause time.Duration, polled func(*run.Results)) {
	w := s.Watch()
	for {
		results, changed, err := w.Poll(ctx)
		next := pause
		if err != nil {
			next = max(pause, 250*time.Millisecond) // the dashboard is down or can't read
		} else {
			if changed {
				c.Observe(time.Now(), results.Read())
			}
			if polled != nil {
				polled(results)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
		}
	}
}

// Latencies returns, in order of length, how long each vote took from its timestamp
// until the results covered it. The timestamp is when it was given to the Kafka
// client. Votes that the results never covered are left out.
func (c *Coverage) Latencies(votes []ledger.Vote) []time.Duration {
	latencies := make([]time.Duration, 0, len(votes))
	for i := range votes {
		v := &votes[i]
		if at := c.shown(v.Position); !at.IsZero() {
			latencies = append(latencies, at.Sub(time.UnixMilli(v.Timestamp)))
		}
	}
	slices.Sort(latencies)
	return latencies
}

// shown is when the results covered a record first; zero if they never did.
func (c *Coverage) shown(p ledger.Position) time.Time {
	first := sort.Search(len(c.seen), func(n int) bool {
		return c.seen[n].settled[p.Topic][p.Partition] > p.Offset
	})
	if first == len(c.seen) {
		return time.Time{}
	}
	return c.seen[first].at
}

// Percentile is the value of sorted durations that a share of them don't
// exceed; 0 where there are none.
func Percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(share*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}
