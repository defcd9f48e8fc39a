package aggregate

import (
	"cmp"
	"context"
	"time"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/function"
)

func init() { function.Register("aggregate", ConfigFrom, New) }

// Config is the configuration of the function.
type Config struct {
	Cloud    endpoint.Cloud
	Election *election.Election
	Drain    time.Duration // DRAIN_SECONDS: how long an invocation repeats passes
	Interval time.Duration // PASS_INTERVAL: least time from the start of a pass to the next
	Idle     drain.Idle    // IDLE_SECONDS and the election's hours: when an invocation ends before that

	// Tests set these; no environment variable does.
	Most int64            // new records that a pass takes; 0 is MostRecords
	Now  func() time.Time // nil is time.Now
}

// ConfigFrom reads the configuration from environment variables. Its error holds
// everything that is wrong.
func ConfigFrom(getenv func(string) string) (Config, error) {
	env := config.From(getenv)
	c := Config{
		Cloud:    endpoint.CloudFrom(env),
		Election: election.From(env),
		Drain:    env.Duration("DRAIN_SECONDS", 55*time.Second, time.Second, 0, time.Hour),
		Interval: env.Duration("PASS_INTERVAL", 2*time.Second, time.Second, time.Millisecond, time.Hour),
	}
	c.Idle = drain.IdleFrom(env, c.Election)
	return c, env.Err()
}

// New returns the stage over BigQuery. It opens no connection yet.
func New(ctx context.Context, c Config) (*Handler, error) {
	client, err := c.Cloud.NewBigQuery(ctx)
	if err != nil {
		return nil, err
	}
	h := NewWith(c, NewBigQuery(client, c.Election))
	h.release = client.Close
	return h, nil
}

// NewWith returns the stage over any warehouse.
func NewWith(c Config, w Warehouse) *Handler {
	drains := function.NewWork()
	now := c.Now
	if now == nil {
		now = time.Now
	}
	a := newAggregator(w, c.Interval, cmp.Or(c.Most, MostRecords), now, drains.Closing())
	a.idle = c.Idle
	return &Handler{
		aggregator: a,
		drain:      c.Drain,
		drains:     drains,
		release:    func() error { return nil },
	}
}
