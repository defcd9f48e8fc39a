package postgres_test

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/drain"
)

// What readers get before a pass is what they get after it.
func TestLiveIsWhatThePassSettles(t *testing.T) {
	snapshottest.Live(t, databases(t), pass, nil)
}

func TestLiveWhileARecordIsMissing(t *testing.T) {
	w := databases(t)(t).(snapshotWarehouse)
	if err := w.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, day := range []time.Time{time.Now().Add(-24 * time.Hour), time.Now(), time.Now().Add(24 * time.Hour)} { // midnight may pass
		if _, err := w.pool.Exec(t.Context(), "SELECT raw.ensure_partition('votes', $1)", day); err != nil {
			t.Fatal(err)
		}
	}
	snapshottest.LiveWhileMissing(t, w, pass)
}

func pass(t *testing.T, w snapshottest.Warehouse) {
	settle(t, aggregate.NewPostgres(w.(snapshotWarehouse).pool, sqlcase.Election))
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
