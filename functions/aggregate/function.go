package aggregate

import (
	"cmp"
	"context"
	"time"

	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/postgres"
)

func init() { function.Register("aggregate", ConfigFrom, New) }

// New returns the stage over the warehouse that the configuration names. It opens no
// connection yet.
func New(ctx context.Context, c Config) (*Handler, error) {
	if c.Warehouse.Kind == endpoint.Postgres {
		return newPostgres(c)
	}
	client, err := c.Warehouse.Cloud.NewBigQuery(ctx)
	if err != nil {
		return nil, err
	}
	h := NewWith(c, NewBigQuery(client, c.Election))
	h.release = client.Close
	return h, nil
}

// newPostgres returns the stage over PostgreSQL.
func newPostgres(c Config) (*Handler, error) {
	pool, err := c.Warehouse.NewPostgres("aggregate")
	if err != nil {
		return nil, err
	}
	c.Most, c.Live = cmp.Or(c.Most, MostRecordsPostgres), cmp.Or(c.Live, postgres.MostLive)
	h := NewWith(c, NewPostgres(pool, c.Election))
	h.release = func() error {
		pool.Close()
		return nil
	}
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
	a.live = cmp.Or(c.Live, a.most)
	a.idle = c.Idle
	a.between = c.Step
	return &Handler{
		aggregator: a,
		drain:      c.Drain,
		drains:     drains,
		release:    func() error { return nil },
	}
}
