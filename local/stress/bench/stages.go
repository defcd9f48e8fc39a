package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/shared/drain"
)

// Stages are the rates of each stage while all others are idle.
type Stages struct {
	Records   int64   `json:"records"`
	Simulate  float64 `json:"simulate_records_per_second"`
	Bridge    float64 `json:"bridge_records_per_second"`
	Ingest    float64 `json:"ingest_records_per_second"`
	Aggregate float64 `json:"aggregate_records_per_second"`
	Dashboard float64 `json:"dashboard_requests_per_second"` // served by one core
}

// Stages lets votes lie before each stage in turn, and then only that one work.
// The voters are counted before, unmeasured.
func (c *Config) Stages(ctx context.Context) (t Stages, err error) {
	o := c.options(c.StageVotes)
	s, sim, p, err := c.producer(ctx, false, o)
	if err != nil {
		return t, err
	}
	defer closeAll(s, p, &err)
	stop := c.Sending(sim, p)
	err = p.Register(ctx)
	stop()
	if err != nil {
		return t, err
	}
	before := int64(p.Ledger().Records())
	if err := countAll(ctx, s, before); err != nil {
		return t, err
	}
	if err := s.HoldPushes(ctx); err != nil {
		return t, err
	}
	t.Records = int64(sim.Day())
	for _, stage := range []struct {
		name string
		rate *float64
		work func() error
	}{
		{"simulate", &t.Simulate, func() error { return p.Vote(ctx) }},
		{"bridge", &t.Bridge, func() error { _, err := s.Bridge(ctx, all); return err }},
		{"ingest", &t.Ingest, func() error { return ingestHeld(ctx, s, before+t.Records) }},
		{"aggregate", &t.Aggregate, func() error { _, err := s.Aggregate(ctx, all); return err }},
	} {
		c.Log("%s alone", stage.name)
		begun := time.Now()
		if err := stage.work(); err != nil {
			return t, fmt.Errorf("%s alone: %w", stage.name, err)
		}
		*stage.rate = float64(t.Records) / time.Since(begun).Seconds()
	}
	c.Log("dashboard alone")
	t.Dashboard, err = requests(ctx, strings.TrimPrefix(s.URL(), "http://"), "/api/v1/results", c.DashboardFor)
	return t, err
}

// ingestHeld lets go of the pushes, and waits until the raw tables have so many rows.
func ingestHeld(ctx context.Context, s *run.System, rows int64) error {
	if err := s.ReleasePushes(ctx); err != nil {
		return err
	}
	return awaitRaw(ctx, s, rows)
}

// all has a stage take everything there is.
var all = drain.Request{Until: drain.CaughtUp, Seconds: 600}

// countAll counts everything on Kafka.
func countAll(ctx context.Context, s *run.System, records int64) error {
	if _, err := s.Bridge(ctx, all); err != nil {
		return err
	}
	if err := awaitRaw(ctx, s, records); err != nil {
		return err
	}
	_, err := s.Aggregate(ctx, all)
	return err
}

// awaitRaw waits until the raw tables have at least so many rows. A message that
// is delivered again may have added more.
func awaitRaw(ctx context.Context, s *run.System, want int64) error {
	const pause = 50 * time.Millisecond
	moved, best := time.Now(), int64(0)
	for {
		var have int64
		for _, table := range []string{"voters", "votes", "rejects"} {
			n, err := count(ctx, s.Tables(), "raw."+table)
			if err != nil {
				return err
			}
			have += n
		}
		switch {
		case have >= want:
			return nil
		case have > best:
			moved, best = time.Now(), have
		case time.Since(moved) > run.Patience:
			return fmt.Errorf("the raw tables have %d of %d rows, and nothing moved for %v", have, want, run.Patience)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func count(ctx context.Context, tables query.Warehouse, table string) (int64, error) {
	rows, err := query.Select[struct {
		Rows int64 `bigquery:"n" db:"n"`
	}](ctx, tables, "SELECT COUNT(*) AS n FROM "+table, nil)
	if err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", table, err)
	}
	return rows[0].Rows, nil
}
