package aggregate

import (
	"context"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/function"
)

func init() { function.Register("aggregate", build) }

// Config is the configuration of the function.
type Config struct {
	Cloud    endpoint.Cloud
	Election *election.Election
	Drain    time.Duration // DRAIN_SECONDS: how long an invocation repeats passes
	Interval time.Duration // PASS_INTERVAL: least time from the start of a pass to the next
}

// ConfigFrom reads the configuration, with all of its errors at once.
func ConfigFrom(getenv func(string) string) (Config, error) {
	env := config.From(getenv)
	c := Config{
		Cloud:    endpoint.CloudFrom(env),
		Election: election.From(env),
		Drain:    env.Duration("DRAIN_SECONDS", 55*time.Second, time.Second, 0, time.Hour),
		Interval: env.Duration("PASS_INTERVAL", 2*time.Second, time.Second, time.Millisecond, time.Hour),
	}
	return c, env.Err()
}

// New returns the stage. Its connections live as long as ctx.
func New(ctx context.Context, c Config) (*Handler, error) {
	client, err := c.Cloud.NewBigQuery(ctx)
	if err != nil {
		return nil, err
	}
	return &Handler{
		Aggregator: &Aggregator{
			Warehouse: NewBigQuery(client, c.Election),
			Interval:  c.Interval,
			Now:       time.Now,
		},
		Drain: c.Drain,
		close: client.Close,
	}, nil
}

func build(ctx context.Context, getenv func(string) string) (http.Handler, error) {
	c, err := ConfigFrom(getenv)
	if err != nil {
		return nil, err
	}
	return New(ctx, c)
}
