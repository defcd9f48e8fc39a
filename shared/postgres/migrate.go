package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// Migrations have a number, which is the version of the schema after them. They only go
// forward. 00001 is DDL() and 00004 ViewDDL(), as they are now: by them a new database has
// every table and view. One that exists has run them already. So a change of a schema file or
// a view needs a migration of its own too, which makes it there and changes nothing of a new
// database.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// lockTimeout is how long a statement of a migration waits for a table: what comes after it
// waits behind it.
const lockTimeout = "10s"

// versionTable is where goose keeps which migrations ran.
const versionTable = "public.tallystream_schema"

// Migrate brings the schema to the version of this program. Of several callers one works
// and the others wait. Readers and writers may go on: a migration waits for a table for
// ten seconds at most and is tried again at the next call.
//
// The error is a *VersionError if the database has a newer version.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	config := pool.Config().ConnConfig.Copy()
	config.RuntimeParams["lock_timeout"] = lockTimeout
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(_ context.Context, conn *pgx.Conn) error { return checkServer(conn) }))
	defer db.Close()
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName(versionTable), goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return Explain(err)
	}
	if current > target {
		return &VersionError{Have: current, Want: target}
	}
	_, err = provider.Up(ctx)
	if Code(err) == codeLockUnavailable {
		return fmt.Errorf("migrate the schema from version %d to %d: a table was in use for %s: nothing of this version was changed, call it again (%w)", current, target, lockTimeout, err)
	}
	if err != nil {
		return fmt.Errorf("migrate the schema from version %d to %d: %w", current, target, Explain(err))
	}
	return nil
}

// A VersionError says that the schema isn't that of this program.
type VersionError struct {
	Have, Want int64 // Have is 0 if there is no schema
}

func (e *VersionError) Error() string {
	switch {
	case e.Have == 0:
		return "the database of DATABASE_URL has no tables of Tallystream: create them with: go run ./local migrate"
	case e.Have < e.Want:
		return fmt.Sprintf("the schema in the database of DATABASE_URL has version %d, and this program needs %d: bring it there with: go run ./local migrate", e.Have, e.Want)
	}
	return fmt.Sprintf("the schema in the database of DATABASE_URL has version %d, and this program knows %d: deploy a program that is as new as the schema", e.Have, e.Want)
}

// Is makes a database without a schema one whose tables are missing.
func (e *VersionError) Is(target error) bool {
	return e.Have == 0 && target == warehouse.ErrTableMissing
}

// Version is the version of the schema that this program works with.
func Version() int64 {
	files, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil {
		panic(fmt.Sprintf("postgres: %v", err))
	}
	version, err := goose.NumericComponent(files[len(files)-1].Name())
	if err != nil {
		panic(fmt.Sprintf("postgres: %v", err))
	}
	return version
}

// CheckVersion returns a *VersionError if the schema has another version than Version.
func CheckVersion(ctx context.Context, pool *pgxpool.Pool) error { return checkVersion(ctx, pool) }

// querier is a connection or a pool of them.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func checkVersion(ctx context.Context, q querier) error {
	have, err := schemaVersion(ctx, q)
	if err != nil {
		return err
	}
	if want := Version(); have != want {
		return &VersionError{Have: have, Want: want}
	}
	return nil
}

// SchemaVersion returns the version of the schema in a database; 0 if there is none.
func SchemaVersion(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	return schemaVersion(ctx, pool)
}

func schemaVersion(ctx context.Context, q querier) (int64, error) {
	var table *string
	if err := q.QueryRow(ctx, "SELECT to_regclass($1)::text", versionTable).Scan(&table); err != nil {
		return 0, Explain(err)
	}
	var have int64
	if table != nil {
		if err := q.QueryRow(ctx, "SELECT COALESCE(max(version_id), 0) FROM "+versionTable+" WHERE is_applied").Scan(&have); err != nil {
			return 0, Explain(err)
		}
	}
	return have, nil
}
