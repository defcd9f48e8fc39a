package postgres_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
)

var topics = snapshot.Topics{Votes: "votes", Voters: "voters"}

// snapshotWarehouse is a database.
type snapshotWarehouse struct{ pool *pgxpool.Pool }

func (w snapshotWarehouse) Store(t *testing.T, election string) snapshot.Store {
	return newSnapshotStore(t, w.pool, election)
}

func (w snapshotWarehouse) Create(ctx context.Context) error {
	if err := postgres.Migrate(ctx, w.pool); err != nil {
		return err
	}
	for _, table := range []string{"log_ends", "rejects", "voters", "votes"} {
		for _, day := range []string{"now()", "'2026-11-01'", "'2026-11-03'", "'2026-11-04'"} {
			if _, err := w.pool.Exec(ctx, "SELECT raw.ensure_partition($1, "+day+")", table); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w snapshotWarehouse) Execute(ctx context.Context, script string) error {
	_, err := w.pool.Exec(ctx, script, pgx.QueryExecModeSimpleProtocol)
	return err
}

// newSnapshotStore returns a Store, which ends with the test.
func newSnapshotStore(t testing.TB, pool *pgxpool.Pool, election string) *snapshot.Postgres {
	s := snapshot.NewPostgres(pool, election, topics, slog.New(slog.DiscardHandler))
	t.Cleanup(s.Close)
	return s
}

// databases returns a function that makes a new database without tables each time.
func databases(t *testing.T) func(*testing.T) snapshottest.Warehouse {
	server := postgrestest.Shared(t)
	return func(t *testing.T) snapshottest.Warehouse {
		return snapshotWarehouse{postgrestest.Pool(t, server.Empty(t))}
	}
}

func TestSnapshotContract(t *testing.T) { snapshottest.Contract(t, databases(t)) }

// The role of the dashboard is all that the store needs.
func TestStoreRunsUnderItsRole(t *testing.T) {
	url := postgrestest.Shared(t).Empty(t)
	w := snapshotWarehouse{postgrestest.Pool(t, url)}
	must(t, w.Create(t.Context()))
	must(t, w.Execute(t.Context(), snapshottest.Fill))
	store := newSnapshotStore(t, postgrestest.Pool(t, as(t, url, "dashboard")), "e")
	if got := snapshottest.Read(t, store); len(got.Candidates) != 2 {
		t.Errorf("snapshot %+v", got)
	}
	awake(t, store)
}
