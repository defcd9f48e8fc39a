package postgres_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/stores"
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
		for _, day := range []string{"now()", "now() + interval '1 day'", "'2026-11-01'", "'2026-11-03'", "'2026-11-04'"} {
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
func newSnapshotStore(t testing.TB, pool *pgxpool.Pool, election string) *stores.Postgres {
	s := stores.NewPostgres(pool, election, topics, slog.New(slog.DiscardHandler))
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

// A step between passes is read: it changes nothing but what is shown.
func TestStepIsRead(t *testing.T) {
	w := snapshotWarehouse{postgrestest.Pool(t, postgrestest.Shared(t).Empty(t))}
	must(t, w.Create(t.Context()))
	must(t, w.Execute(t.Context(), snapshottest.Fill))
	store := newSnapshotStore(t, w.pool, "e")
	want := *snapshottest.Read(t, store)
	must(t, w.Execute(t.Context(), "UPDATE analytics.shown_hours SET votes = 3, updated_at = '2026-11-03 13:05:01+00' WHERE votes = 2"))
	want.Shown = slices.Clone(want.Shown)
	for i := range want.Shown {
		if want.Shown[i].Votes == 2 {
			want.Shown[i].Votes = 3
		}
	}
	if diff := cmp.Diff(&want, snapshottest.Read(t, store)); diff != "" {
		t.Errorf("after a step (-want +got):\n%s", diff)
	}
}

// While a backlog is counted that is larger than a look takes, what was live stays, what comes
// isn't looked at, and passes go on.
func TestABacklogIsNotLookedAt(t *testing.T) {
	w := snapshotWarehouse{postgrestest.Pool(t, postgrestest.Shared(t).Empty(t))}
	must(t, w.Create(t.Context()))
	execute := func(statement string, values ...any) {
		t.Helper()
		_, err := w.pool.Exec(t.Context(), statement, values...)
		must(t, err)
	}
	vote := func(offset int64) {
		t.Helper()
		execute(`INSERT INTO raw.votes
(kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, voter_key, candidate, voted_at, ingested_at)
VALUES ('votes', 't', 0, $1::bigint, $1::bigint - 1, '2026-11-03 08:00:00+00', 'voter ' || $1::bigint, 'ada', '2026-11-03 08:00:00+00', clock_timestamp())`, offset)
	}
	store := newSnapshotStore(t, w.pool, "live")
	records := func(when string, want int64) {
		t.Helper()
		s := snapshottest.Read(t, store)
		if len(s.Books) != 1 || s.Books[0].Records != want {
			t.Errorf("%s the books are %+v, want %d records", when, s.Books, want)
		}
	}
	vote(0)
	vote(1)
	records("before a pass", 2)
	execute(`INSERT INTO raw.log_ends (kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end,
  next_offset, last_record, deleted, observed_at, ingested_at) VALUES ('votes', 't', 0, 1, 0, 100000, 100000, 100000, 99999, 0, now(), now())`)
	vote(2)
	records("with a backlog", 2)
	records("with a backlog that is looked at again", 2)
	pass(t, w)
	records("after a pass", 3)
	vote(3)
	records("with a backlog after a pass", 3)
	pass(t, w)
	records("after another pass", 4)
}

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
