package postgres_test

import (
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/drain"
)

// What readers get before a pass is what they get after it.
func TestLiveIsWhatThePassSettles(t *testing.T) {
	snapshottest.Live(t, databases(t), func(t *testing.T, w snapshottest.Warehouse) {
		settle(t, aggregate.NewPostgres(w.(snapshotWarehouse).pool, sqlcase.Election))
	}, nil)
}

// settle runs passes until everything in raw is settled.
func settle(t *testing.T, w aggregate.Warehouse) drain.AggregateSummary {
	t.Helper()
	stage := aggregate.NewWith(aggregate.Config{Election: sqlcase.Election}, w)
	summary, err := stage.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp}})
	if err != nil {
		t.Fatal(err)
	}
	return summary
}
