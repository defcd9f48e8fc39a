package postgres_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
)

// olderVersion is that of the schema before the views. An appender and a pass of this
// program find the same tables in it.
const olderVersion = 3

// migrations are those of this program.
var migrations = os.DirFS("../../../shared/postgres/migrations")

// older creates a database with the schema of olderVersion, and returns its URL.
func older(t *testing.T) string {
	t.Helper()
	return migrated(t, migrations, olderVersion)
}

// migrated creates a database that has run some migrations up to a version, and returns its URL.
func migrated(t *testing.T, migrations fs.FS, version int64) string {
	t.Helper()
	url := postgrestest.Shared(t).Empty(t)
	config, err := pgx.ParseConfig(url)
	must(t, err)
	db := stdlib.OpenDB(*config)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations,
		goose.WithTableName("public.tallystream_schema"), goose.WithDisableGlobalRegistry(true))
	must(t, err)
	_, err = provider.UpTo(t.Context(), version)
	must(t, err)
	return url
}

// Stages that are newer than the schema say so and take nothing. Once somebody migrates they
// work, and nothing is lost.
func TestStagesWaitForTheMigration(t *testing.T) {
	t.Parallel()
	c := startChain(t, older(t))
	const sentence = "has version 3, and this program needs "
	c.awaitSaid(nil, "append to raw: the schema in the database of DATABASE_URL "+sentence, "msg=aggregate", sentence)
	var stored int64
	must(t, c.pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM raw.votes) + (SELECT count(*) FROM raw.voters)").Scan(&stored))
	if stored > 0 {
		t.Errorf("%d records were appended to a schema of another version", stored)
	}
	must(t, postgres.Migrate(t.Context(), c.pool))
	c.end()
	c.clean()
}

// The schema is migrated under stages that work. Those have checked the version of an
// older program, which this one pretends to be.
func TestMigrateWhileStagesRun(t *testing.T) {
	t.Parallel()
	url := older(t)
	pool := postgrestest.Pool(t, url)
	_, err := pool.Exec(t.Context(), "INSERT INTO public.tallystream_schema (version_id, is_applied) SELECT n, true FROM generate_series($1::bigint, $2::bigint) AS n", olderVersion+1, postgres.Version())
	must(t, err)
	c := startChain(t, url)
	c.awaitRows(200)
	_, err = pool.Exec(t.Context(), "DELETE FROM public.tallystream_schema WHERE version_id > $1", olderVersion)
	must(t, err)
	must(t, postgres.Migrate(t.Context(), pool))
	must(t, postgres.CheckVersion(t.Context(), pool))
	c.end()
	c.clean()
}

// A migration waits for a table no longer than its lock_timeout. It changes nothing then,
// says so, and works when it is called again.
func TestMigrationGivesUpWaiting(t *testing.T) {
	t.Parallel()
	url := older(t)
	pool := postgrestest.Pool(t, url)
	tx, err := pool.Begin(t.Context())
	must(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), "LOCK TABLE core.vote_windows")
	must(t, err)
	err = postgres.Migrate(t.Context(), postgrestest.Pool(t, url))
	if err == nil || !strings.Contains(err.Error(), "from version 3 to") || !strings.Contains(err.Error(), "a table was in use for 10s: nothing of this version was changed, call it again") {
		t.Fatalf("%v, want what it waited for, and what to do", err)
	}
	if have, err := postgres.SchemaVersion(t.Context(), pool); err != nil || have != olderVersion {
		t.Errorf("version %d, want %d (%v)", have, olderVersion, err)
	}
	must(t, tx.Rollback(t.Context()))
	must(t, postgres.Migrate(t.Context(), pool))
	must(t, postgres.CheckVersion(t.Context(), pool))
}
