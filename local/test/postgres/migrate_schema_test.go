package postgres_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/postgres"
)

// deployedVersion is that of a schema that databases have. They have run the generated migrations
// as testdata/deployed has them, which doesn't change any longer; the others never change.
const deployedVersion = 9

// deployed are the migrations as those databases have run them.
type deployed struct{}

// Open implements fs.FS.
func (deployed) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".sql") {
		file, err := os.Open(filepath.Join("testdata/deployed", name))
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return migrations.Open(name)
}

// schema has a row for each part of the schemas of the warehouse, of which the order of
// columns isn't one.
const schema = `
WITH relations AS (
  SELECT c.oid, format('%s %I.%I', c.relkind, n.nspname, c.relname) AS name
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('raw', 'core', 'analytics', 'staging', 'marts') AND c.relkind IN ('r', 'p', 'v', 'i', 'I')
)
SELECT format('%s %s %s %s', r.name, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END)
FROM relations AS r
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT format('%s %s', r.name, coalesce(pg_get_indexdef(i.indexrelid), pg_get_viewdef(r.oid)))
FROM relations AS r
LEFT JOIN pg_index AS i ON i.indexrelid = r.oid
WHERE r.name ~ '^[iIv]'
UNION ALL
SELECT format('%s %s', r.name, pg_get_constraintdef(k.oid))
FROM relations AS r
JOIN pg_constraint AS k ON k.conrelid = r.oid
UNION ALL
SELECT pg_get_functiondef(f.oid)
FROM pg_proc AS f
JOIN pg_namespace AS n ON n.oid = f.pronamespace
WHERE n.nspname IN ('raw', 'core', 'analytics', 'staging', 'marts')
UNION ALL
SELECT format('%s.%s: %s', d.objoid::regclass, d.objsubid, d.description)
FROM relations AS r
JOIN pg_description AS d ON d.objoid = r.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
ORDER BY 1`

// A database that exists becomes what a new one is.
func TestMigratedSchemaIsThatOfANewDatabase(t *testing.T) {
	t.Parallel()
	schemaOf := func(url string) []string {
		pool := postgrestest.Pool(t, url)
		must(t, postgres.Migrate(t.Context(), pool))
		rows, err := pool.Query(t.Context(), schema)
		must(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		return all
	}
	created := schemaOf(postgrestest.Shared(t).Empty(t))
	if len(created) < 100 {
		t.Fatalf("a new database has a schema of %d parts", len(created))
	}
	if diff := cmp.Diff(created, schemaOf(migrated(t, deployed{}, deployedVersion))); diff != "" {
		t.Errorf("a database of version %d isn't what a new one is: a migration is missing (-new +migrated):\n%s", deployedVersion, diff)
	}
}
