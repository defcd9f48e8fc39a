// Package engine is the emulator's BigQuery without its wire: datasets,
// tables, GoogleSQL and appends, over DuckDB.
//
// Queries are analyzed and translated by package translate and run by DuckDB
// on connections of their own, so that none waits for another except where
// BigQuery makes it wait too: mutations of one table queue.
package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// Options configure an Engine.
type Options struct {
	// Dir keeps the data; "" keeps it in memory.
	Dir string
	// Threads is how many threads one query runs on; 0 is one for each two
	// processors. They poll while they wait for one another, and whoever sends the
	// queries wants processors too.
	Threads int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Analyzer analyzes statements; it is package analyzer's, which only the
	// emulator's root and tests link.
	Analyzer Analyzer
	// BeforeStatement is called before each statement of a script; see
	// Statement. Nil is nothing.
	BeforeStatement func(context.Context, Statement) error
}

// Analyzer analyzes statements and splits scripts.
type Analyzer interface {
	resolved.Analyzer
	Script(sql string) ([]script.Node, error)
}

// Statement is a statement of a script that is about to run. Whoever is told of
// it may hold it up, or fail it with an error, and the script with it.
type Statement struct {
	Project string
	Number  int    // in the script's order of execution, from 1
	SQL     string // of the statement
}

// Engine implements API.
type Engine struct {
	db       *sql.DB
	analyzer Analyzer
	catalog  *catalog.Catalog
	now      func() time.Time
	before   func(context.Context, Statement) error // nil for none

	plans     *cache[*translate.Plan]
	views     views
	results   *cache[*cachedResult]
	scripts   *cache[[]script.Node]
	mutations *mutations
	altering  sync.RWMutex // held to change the columns of a table, and shared by appends
	sessions  sync.Map     // by id: *session

	versions atomic.Int64 // numbers etags
	touched  sync.Map     // table id → mutation, its last
	counts   sync.Map     // table id → count, its last

	partitions sync.Map // table id → *known
}

// mutation is a change of a table's rows.
type mutation struct {
	number int64 // no other has it
	at     int64 // ms
}

// touch notes that a table's rows changed.
func (e *Engine) touch(id int64) {
	e.touched.Store(id, mutation{e.versions.Add(1), e.now().UnixMilli()})
}

// mutated is the last change of a table that touch noted; zero for none.
func (e *Engine) mutated(id int64) mutation {
	last, _ := e.touched.Load(id)
	m, _ := last.(mutation)
	return m
}

var _ API = (*Engine)(nil)

// Open opens or creates the data of opts.Dir.
func Open(ctx context.Context, opts Options) (*Engine, error) {
	db, err := openDuckDB(opts)
	if err != nil {
		return nil, err
	}
	c, err := catalog.Open(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := functions.All.Install(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	e := &Engine{
		db: db, analyzer: opts.Analyzer, catalog: c, now: opts.Now, before: opts.BeforeStatement, mutations: newMutations(),
		plans: newCache[*translate.Plan](maxPlans), scripts: newCache[[]script.Node](maxPlans), results: newCache[*cachedResult](maxResults),
	}
	if e.now == nil {
		e.now = time.Now
	}
	return e, nil
}

// settings hold for every connection.
var settings = []string{
	"SET TimeZone = 'UTC'",
	"SET Calendar = 'gregorian'",
	"SET default_null_order = 'nulls_first'",
}

func openDuckDB(opts Options) (*sql.DB, error) {
	path, name := "", "memory"
	if opts.Dir != "" {
		if err := os.MkdirAll(opts.Dir, 0o755); err != nil {
			return nil, fmt.Errorf("create the data directory: %w", err)
		}
		path = filepath.Join(opts.Dir, "bigquery.duckdb")
		name = "bigquery"
	}
	threads := opts.Threads
	if threads == 0 {
		threads = max(1, runtime.NumCPU()/2)
	}
	connector, err := duckdb.NewConnector(fmt.Sprintf("%s?threads=%d", path, threads), func(c driver.ExecerContext) error {
		for _, s := range append(function.Attach(name), settings...) {
			if _, err := c.ExecContext(context.Background(), s, nil); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open DuckDB %q: %w", path, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxIdleConns(32)
	return db, nil
}

// Close ends the engine. Queries under way fail.
func (e *Engine) Close() error {
	e.closeSessions()
	return e.db.Close()
}

// Held counts what queries could leave behind: tables of DuckDB, temporary ones
// included, and open connections.
func (e *Engine) Held(ctx context.Context) (tables, connections int64, err error) {
	if err := e.db.QueryRowContext(ctx, "SELECT count(*) FROM duckdb_tables()").Scan(&tables); err != nil {
		return 0, 0, fmt.Errorf("count the tables: %w", err)
	}
	return tables, int64(e.db.Stats().OpenConnections), nil
}
