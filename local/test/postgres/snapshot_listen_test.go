package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
)

// awake waits until a store tells of a change.
func awake(t *testing.T, w snapshot.Waker) {
	t.Helper()
	select {
	case <-w.Wake():
	case <-t.Context().Done():
		t.Fatal("the store tells of no change")
	}
}

// An append and a pass tell the dashboard. A connection that is lost is made again, and
// whatever came meanwhile is told then.
func TestStoreTellsOfChanges(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	pool := postgrestest.Pool(t, url)
	appender := postgres.NewAppender(postgrestest.Pool(t, url))
	defer appender.Close()
	store := newSnapshotStore(t, pool, "e")
	awake(t, store) // the connection is there
	for range 2 {
		must(t, appender.Append(t.Context(), oneVote("{}")))
		awake(t, store)
		before := store.PassAt()
		notify(t, pool, "")
		awake(t, store)
		if !store.PassAt().Equal(before) {
			t.Error("a step is told as a pass")
		}
		notify(t, pool, postgres.PassPayload)
		awake(t, store)
		if !store.PassAt().After(before) {
			t.Error("a pass isn't told as one")
		}

		var ended bool
		must(t, pool.QueryRow(t.Context(),
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'").Scan(&ended))
		if !ended {
			t.Fatal("the connection wasn't ended")
		}
		awake(t, store)
	}
}

// notify tells what a step tells, or what a pass tells.
func notify(t *testing.T, pool *pgxpool.Pool, payload string) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), "SELECT pg_notify($1, $2)", postgres.AnalyticsChannel, payload); err != nil {
		t.Fatal(err)
	}
}
