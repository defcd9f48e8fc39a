// Package postgres has the tables of trials in PostgreSQL: real servers, which trials may
// kill.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	server "github.com/tallystream/tallystream/local/postgres"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/postgres"
)

// Warehouse makes a server for each trial that runs at the same time.
type Warehouse struct {
	dir string // of all servers
}

// template is a database with all tables, of which those of the trials are copies.
const template = "template"

// settings of the servers. A commit doesn't wait for the disk, because only processes are
// killed, not the machine. It waits for the standby, which isn't there, where a fault says
// so: see package faults.
var settings = map[string]string{
	"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "16MB", "max_connections": "60",
	"synchronous_standby_names": "nobody", "synchronous_commit": "local",
}

// Start makes the folder that all servers begin with.
func Start(ctx context.Context) (_ *Warehouse, err error) {
	dir, err := os.MkdirTemp("", "tallystream-torture-")
	if err != nil {
		return nil, err
	}
	w := &Warehouse{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if err := os.Chmod(dir, 0o711); err != nil { // a server of another account passes it
		return nil, err
	}
	first, err := server.Start(ctx, server.Options{Dir: w.data("first"), Settings: settings})
	if err != nil {
		return nil, err
	}
	return w, errors.Join(first.CreateMigrated(ctx, template), first.Close())
}

func (w *Warehouse) data(name string) string { return filepath.Join(w.dir, name) }

// Kind implements torture.Warehouse.
func (w *Warehouse) Kind() string { return endpoint.Postgres }

// Concurrency implements torture.Warehouse.
func (w *Warehouse) Concurrency() int { return 4 }

// Close implements torture.Warehouse.
func (w *Warehouse) Close() error { return os.RemoveAll(w.dir) }

// Open implements torture.Warehouse.
func (w *Warehouse) Open(ctx context.Context, number int) (torture.Database, error) {
	dir := w.data(fmt.Sprint(number))
	if err := os.CopyFS(dir, os.DirFS(w.data("first"))); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, err
	}
	s, err := server.Start(ctx, server.Options{Dir: dir, Settings: settings})
	if err != nil {
		return nil, err
	}
	d := &database{server: s}
	if d.admin, err = postgres.Connect(s.URL("postgres"), "torture"); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return d, nil
}

// database is a server of its own, with a database for the trial under way.
type database struct {
	server *server.Server
	admin  *pgxpool.Pool // of another database
	trials int           // so far
	tables *pgxpool.Pool
	up     sync.RWMutex // locked while the server is down
	proxy
}

func (d *database) Close() error {
	if d.tables != nil {
		d.tables.Close()
	}
	d.admin.Close()
	return d.server.Close()
}

// Hold implements torture.Database.
func (d *database) Hold() (release func()) {
	d.up.RLock()
	return d.up.RUnlock
}

// Tables implements torture.Database.
func (d *database) Tables() query.Warehouse { return query.Warehouse{Postgres: d.tables} }

func (d *database) name() string { return fmt.Sprintf("trial_%d", d.trials) }

// Empty makes a database with empty tables, and drops that of the trial before.
func (d *database) Empty(ctx context.Context, way torture.Way) error {
	if d.tables != nil {
		d.tables.Close()
		if _, err := d.admin.Exec(ctx, "DROP DATABASE "+d.name()+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	d.trials++
	err := d.server.CreateDatabase(ctx, d.name(), template)
	if err == nil {
		d.tables, err = postgres.Connect(d.server.URL(d.name()), "torture")
	}
	if err != nil || way.Skew == nil {
		return err
	}
	// Ingest makes the partition of its own day, which isn't that of a shifted time.
	_, err = d.tables.Exec(ctx, `SELECT raw.ensure_partition(name, now() + day * interval '1 day')
		FROM unnest(ARRAY['votes', 'voters', 'rejects', 'log_ends']) AS name, generate_series(-1, 1) AS day`)
	return err
}

// busy asks whether the server still works for a stage.
const busy = `SELECT EXISTS (SELECT FROM pg_stat_activity
	WHERE datname = current_database() AND pid != pg_backend_pid() AND xact_start IS NOT NULL)`

// poll is the pause between two questions to the server.
const poll = 5 * time.Millisecond

// Idle implements torture.Database. A session goes on for a moment when its client is killed.
func (d *database) Idle(ctx context.Context) error {
	for {
		var going bool
		if err := d.tables.QueryRow(ctx, busy).Scan(&going); err != nil || !going {
			return err
		}
		time.Sleep(poll)
	}
}

// ChangeLive implements torture.Database. The database ends with the trial.
func (d *database) ChangeLive(ctx context.Context, change func(string) (string, error)) (restore func(), err error) {
	var sql string
	if err := d.tables.QueryRow(ctx, "SELECT pg_get_functiondef('analytics.live_changes'::regproc)").Scan(&sql); err != nil {
		return nil, err
	}
	if sql, err = change(sql); err != nil {
		return nil, err
	}
	_, err = d.tables.Exec(ctx, sql)
	return func() {}, err
}
