package postgres_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

const rolePrefix = "tallystream_"

// as gives a stage the roles' privileges in a database, and returns its URL for a user who
// has nothing but the role of the stage.
func as(t *testing.T, databaseURL, stage string) string {
	t.Helper()
	pool := postgrestest.Pool(t, databaseURL)
	must(t, postgres.GrantRoles(t.Context(), pool))
	user := strings.ToLower(strings.NewReplacer("/", "_").Replace(t.Name())) + "_" + stage
	_, err := pool.Exec(t.Context(), "CREATE ROLE "+pgx.Identifier{user}.Sanitize()+" LOGIN IN ROLE "+rolePrefix+stage)
	must(t, err)
	t.Cleanup(func() {
		_, _ = pool.Exec(context.Background(), "DROP OWNED BY "+user+"; DROP ROLE "+user) // of the server, which lives on
	})
	u, err := url.Parse(databaseURL)
	must(t, err)
	u.User = url.User(user)
	return u.String()
}

// granted are the privileges of a role on the relations of the five schemas, by relation.
func granted(t *testing.T, pool *pgxpool.Pool, role string) map[string]string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
SELECT c.oid::regclass::text, string_agg(p.name, ' ' ORDER BY p.name)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p(name)
WHERE n.nspname = ANY ($2) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND (has_table_privilege($1, c.oid, p.name) OR p.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege($1, c.oid, p.name))
GROUP BY c.oid`, role, warehouse.Datasets)
	must(t, err)
	all := map[string]string{}
	var relation, privileges string
	_, err = pgx.ForEachRow(rows, []any{&relation, &privileges}, func() error {
		all[relation] = privileges
		return nil
	})
	must(t, err)
	return all
}

// The roles have these privileges, and no others.
func TestRolesHaveWhatTheyNeed(t *testing.T) {
	pool := postgrestest.Pool(t, postgrestest.Shared(t).Database(t))
	_, err := pool.Exec(t.Context(), "SELECT raw.ensure_partition('votes', '2026-11-03')") // nobody needs privileges on it
	must(t, err)
	must(t, postgres.GrantRoles(t.Context(), pool))
	want := map[string]map[string]string{"ingest": {}, "aggregate": {"core.pass_lock": "DELETE INSERT SELECT UPDATE"}, "dashboard": {}, "operate": {"core.pass_lock": "SELECT"}}
	for _, table := range warehouse.Tables() {
		id := table.ID()
		want["operate"][id] = "SELECT"
		switch table.Dataset {
		case "raw":
			want["ingest"][id] = "INSERT"
			want["aggregate"][id] = "SELECT"
		case "core":
			want["aggregate"][id] = "DELETE INSERT SELECT UPDATE"
		case "analytics":
			want["aggregate"][id] = "DELETE INSERT SELECT UPDATE"
			want["dashboard"][id] = "SELECT"
		}
	}
	rows, err := pool.Query(t.Context(), "SELECT schemaname || '.' || viewname FROM pg_views WHERE schemaname = ANY ($1)", warehouse.Datasets)
	must(t, err)
	views, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	for _, view := range views {
		want["operate"][view] = "SELECT"
		if strings.HasPrefix(view, "analytics.") {
			want["dashboard"][view] = "SELECT"
		}
	}
	delete(want["aggregate"], "raw.log_ends")
	delete(want["aggregate"], "analytics.certifications")
	want["operate"]["raw.rejects"] = "INSERT SELECT"
	want["operate"]["analytics.certifications"] = "INSERT SELECT"
	for stage, functions := range map[string][]string{
		"ingest": {"raw.ensure_partition"}, "aggregate": nil, "dashboard": {"analytics.live_changes"},
		"operate": {"analytics.live_arrivals", "analytics.live_changes", "raw.ensure_partition"},
	} {
		rows, err := pool.Query(t.Context(), `
SELECT n.nspname || '.' || p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = ANY ($2) AND has_schema_privilege($1, n.oid, 'USAGE') AND has_function_privilege($1, p.oid, 'EXECUTE') ORDER BY 1`,
			rolePrefix+stage, warehouse.Datasets)
		must(t, err)
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		if diff := cmp.Diff(functions, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("functions of %s (-want +got):\n%s", stage, diff)
		}
	}
	for stage, tables := range want {
		if diff := cmp.Diff(tables, granted(t, pool, rolePrefix+stage)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stage, diff)
		}
	}
}
