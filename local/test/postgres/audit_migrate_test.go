package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
)

// The command creates the tables, says what it did, and gives the roles what they need of
// the tables that it made, once they were asked for.
func TestMigrate(t *testing.T) {
	url := postgrestest.Shared(t).Empty(t)
	pool := postgrestest.Pool(t, url)
	says := func(status int, want string, args ...string) {
		t.Helper()
		got, _, stderr := clitest.Program{}.Run(t, map[string]string{"DATABASE_URL": url}, append([]string{"migrate"}, args...)...)
		if got != status || !strings.Contains(stderr, want) {
			t.Errorf("migrate %q: status %d, want %d and %q:\n%s", args, got, status, want, stderr)
		}
	}
	has := func(want bool) {
		t.Helper()
		if got, err := postgres.HasRoles(t.Context(), pool); err != nil || got != want {
			t.Errorf("the roles have privileges: %v, want %v (%v)", got, want, err)
		}
	}
	version := postgres.Version()
	says(cli.ExitOK, fmt.Sprintf("The schema was created, with version %d.", version))
	must(t, postgres.CheckVersion(t.Context(), pool))
	has(false)
	says(cli.ExitOK, fmt.Sprintf("The schema has version %d already: nothing was to do.", version), "--roles")
	has(true)
	_, err := pool.Exec(t.Context(), "REVOKE SELECT ON core.voters FROM tallystream_aggregate; GRANT DELETE ON raw.votes TO tallystream_ingest")
	must(t, err)
	says(cli.ExitOK, "The roles tallystream_ingest, tallystream_aggregate, tallystream_dashboard and tallystream_operate have their privileges.")
	if got := granted(t, pool, "tallystream_ingest")["raw.votes"]; got != "INSERT" {
		t.Errorf("ingest may %s in raw.votes, want INSERT", got)
	}
	if got := granted(t, pool, "tallystream_aggregate")["core.voters"]; got != "DELETE INSERT SELECT UPDATE" {
		t.Errorf("aggregate may %s in core.voters", got)
	}

	_, err = pool.Exec(t.Context(), "INSERT INTO tallystream_schema (version_id, is_applied) VALUES (9999, true)")
	must(t, err)
	says(cli.ExitFailed, fmt.Sprintf("has version 9999, and this program knows %d: deploy a program that is as new as the schema", version))
}

// Of several migrations at a time one works and the others wait, and roles are made for
// several databases of a server at once.
func TestMigrationsWaitForEachOther(t *testing.T) {
	s := postgrestest.Shared(t)
	one, other := s.Empty(t), s.Empty(t)
	g, ctx := errgroup.WithContext(t.Context())
	for _, url := range []string{one, one, other} {
		pool := postgrestest.Pool(t, url)
		g.Go(func() error {
			if err := postgres.Migrate(ctx, pool); err != nil {
				return err
			}
			return postgres.GrantRoles(ctx, pool)
		})
	}
	must(t, g.Wait())
	for _, url := range []string{one, other} {
		must(t, postgres.CheckVersion(t.Context(), postgrestest.Pool(t, url)))
	}
}

// A database without rejects by reason gets them by its migration, of all that is settled.
func TestMigrationFillsRejections(t *testing.T) {
	c := newChain(t)
	c.count()
	var rejected int64
	must(t, c.pool.QueryRow(t.Context(), "SELECT sum(rejected) FROM analytics.rejections").Scan(&rejected))
	if rejected == 0 {
		t.Fatal("nothing was rejected")
	}
	c.Exec("DROP TABLE analytics.rejections; DELETE FROM public.tallystream_schema WHERE version_id >= 7")
	must(t, postgres.Migrate(t.Context(), c.pool))
	c.clean()
}
