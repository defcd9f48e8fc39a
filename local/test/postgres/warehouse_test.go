package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// databasesOf makes the tables of each line in a database of its own of a server.
type databasesOf struct{ *postgrestest.Server }

// Open implements e2etest.Warehouse.
func (w databasesOf) Open(t *testing.T, _ string) e2etest.Tables {
	t.Helper()
	return database(w.Database(t)).Open(t, "")
}

// database is the URL of the database that a line has its tables in.
type database string

// Open implements e2etest.Warehouse.
func (url database) Open(t *testing.T, _ string) e2etest.Tables {
	t.Helper()
	tables := &tables{string(url), postgrestest.Pool(t, string(url))}
	// Of the day of the votes; ingest makes those of today.
	tables.exec(t, "SELECT raw.ensure_partition(name, '2026-11-03') FROM unnest(ARRAY['votes', 'voters', 'rejects']) AS name")
	return tables
}

// tables are those of a database.
type tables struct {
	url  string
	pool *pgxpool.Pool
}

// Client implements e2etest.Tables.
func (p *tables) Client() query.Warehouse { return query.Warehouse{Postgres: p.pool} }

// Dialect implements e2etest.Tables.
func (p *tables) Dialect() e2etest.Dialect {
	return e2etest.Dialect{
		Changed: func(table, column, value string) string {
			return fmt.Sprintf("SELECT (jsonb_populate_record(r, jsonb_build_object('%s', %s))).* FROM %s AS r", column, value, table)
		},
		Later: func(time, seconds string) string {
			return fmt.Sprintf("CAST(%s AS timestamptz) + (%s) * interval '1 second'", time, seconds)
		},
		Keys: true,
	}
}

// Settings implements e2etest.Tables.
func (p *tables) Settings() map[string]string {
	return map[string]string{"WAREHOUSE": "postgres", "DATABASE_URL": p.url}
}

// Store implements e2etest.Tables.
func (p *tables) Store(t *testing.T, election string) snapshot.Store {
	return newSnapshotStore(t, p.pool, election)
}

// Appender implements e2etest.Tables.
func (p *tables) Appender(t *testing.T) ingest.Appender { return newStore(t, p.url) }

// Aggregation implements e2etest.Tables.
func (p *tables) Aggregation(t *testing.T, e *election.Election, inPass func()) aggregate.Warehouse {
	t.Helper()
	pool, err := postgres.Connect(p.url, "aggregate", func(_ string, c *pgxpool.Config) error {
		if inPass != nil {
			c.ConnConfig.Tracer = &passTracer{inPass: inPass}
		}
		return nil
	})
	must(t, err)
	t.Cleanup(pool.Close)
	return aggregate.NewPostgres(pool, e)
}

// passTracer calls inPass before the second of the three batches of the first pass.
type passTracer struct {
	batches atomic.Int32
	inPass  func()
}

// TraceBatchStart implements pgx.BatchTracer.
func (p *passTracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	if p.batches.Add(1) == 2 {
		p.inPass()
	}
	return ctx
}

func (*passTracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (*passTracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// TraceQueryStart implements pgx.QueryTracer.
func (*passTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}
func (*passTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// AddColumns implements e2etest.Tables. It makes the views anew, as docs/operations.md says.
func (p *tables) AddColumns(t *testing.T, name func(warehouse.Table) string) {
	t.Helper()
	for _, table := range warehouse.Tables() {
		p.exec(t, "ALTER TABLE "+table.ID()+" ADD COLUMN "+name(table)+" text")
	}
	p.exec(t, strings.ReplaceAll(postgres.ViewDDL(), "CREATE VIEW", "CREATE OR REPLACE VIEW"))
}

// WithoutColumn implements e2etest.Tables. The views go and come with the column.
func (p *tables) WithoutColumn(t *testing.T, table, column string) (restore func()) {
	t.Helper()
	var kind string
	must(t, p.pool.QueryRow(t.Context(), `SELECT format_type(atttypid, atttypmod) FROM pg_attribute
		WHERE attrelid = $1::text::regclass AND attname = $2`, table, column).Scan(&kind))
	for _, v := range warehouse.Views() {
		p.exec(t, "DROP VIEW IF EXISTS "+v.ID()+" CASCADE")
	}
	p.exec(t, "ALTER TABLE "+table+" DROP COLUMN "+column)
	return func() {
		p.exec(t, "ALTER TABLE "+table+" ADD COLUMN "+column+" "+kind)
		p.exec(t, postgres.ViewDDL())
	}
}

func (p *tables) exec(t *testing.T, sql string) {
	t.Helper()
	must(t, p.Client().Exec(t.Context(), sql, nil))
}
