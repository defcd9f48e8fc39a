// Package engine is the emulator's BigQuery without its wire: GoogleSQL statements,
// scripts, transactions and sessions over the datasets and tables of package store.
//
// Queries are translated by package translate and run by DuckDB on connections of
// their own, so that none waits for another except where BigQuery makes it wait too:
// mutations of one table queue.
//
// One package because all statements run on one connection and session: it has a file for
// each that changes the catalog.
package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/profile"
)

// Options configure an Engine.
type Options struct {
	// Dir keeps the data; "" keeps it in memory.
	Dir string
	// Buckets are where gs:// leads; nil is none.
	Buckets bucket.Storage
	// Threads is how many threads one query runs on; 0 is one for each two
	// processors. They poll while they wait for one another, and whoever sends the
	// queries wants processors too.
	Threads int
	// Memory is what DuckDB may take, in bytes; 0 is half of the machine's. Rows that are read out of it, of
	// all queries under way together, may take a quarter as much beside that.
	Memory int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Analyzer analyzes statements; it is package analyzer's, which only the
	// emulator's root and tests link.
	Analyzer Analyzer
	// BeforeStatement is called before each statement of a script; see
	// Statement. Nil is nothing.
	BeforeStatement func(context.Context, Statement) error
	// Authorize is the error of a caller who lacks a permission on a resource,
	// bigquery.tables.getData on projects/p/datasets/d/tables/t. It is asked for callers of
	// WithCaller. A full name, //datacatalog.googleapis.com/projects/…, stands for what is granted on that
	// resource alone. Nil is for everybody having all, but columns that policies keep.
	Authorize func(caller, permission, resource string) error
	// Profile gives statements the times and rates of the cloud; nil is none.
	Profile *profile.Profile
}

// Analyzer analyzes statements and splits scripts.
type Analyzer interface {
	resolved.Analyzer
	Script(sql string) ([]script.Node, error)
	// Expand puts the bodies of functions of ANY TYPE, and of aggregate ones, in the place of their calls.
	Expand(sql string, functions []*resolved.Function) (string, error)
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
	*store.Store
	analyzer Analyzer
	before   func(context.Context, Statement) error // nil for none
	profile  *profile.Profile                       // nil for none
	allow    func(caller, permission, resource string) error
	dml      dmlQueues

	plans     *lru.Cache[string, *translate.Plan]
	views     views
	results   *lru.Cache[string, *cachedResult]
	scripts   *lru.Cache[string, []script.Node]
	mutations *mutations
	sessions  sync.Map // by id: *session
	counts    sync.Map // table id → count, its last
	buckets   bucket.Storage
	externals externals
	jobs      atomic.Pointer[func(project string) []*bqv2.Job]
}

// ListJobs implements API.
func (e *Engine) ListJobs(jobs func(project string) []*bqv2.Job) { e.jobs.Store(&jobs) }

// Open opens or creates the data of opts.Dir.
func Open(ctx context.Context, opts Options) (*Engine, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	db, results, err := openDuck(opts)
	if err != nil {
		return nil, err
	}
	e := &Engine{analyzer: newAnalyses(opts.Analyzer), before: opts.BeforeStatement, profile: opts.Profile, allow: opts.Authorize, mutations: newMutations(), buckets: opts.Buckets}
	e.plans, _ = lru.New[string, *translate.Plan](maxPlans) // fails only for no entries at all
	e.scripts, _ = lru.New[string, []script.Node](maxPlans)
	e.results, _ = lru.New[string, *cachedResult](maxResults)
	if e.Store, err = store.Open(ctx, db, opts.Now, opts.Analyzer, e); err != nil {
		return nil, err
	}
	e.Results, e.Governance.Authorize = results, opts.Authorize
	if err := functions.All.Install(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return e, nil
}

// openDuck opens the database, with the memory that it and the rows read out of it may take.
func openDuck(opts Options) (*sql.DB, *duck.Budget, error) {
	db, err := duck.Open(opts.Dir, opts.Threads)
	if err != nil {
		return nil, nil, err
	}
	if opts.Memory > 0 {
		err = duck.SetMemoryLimit(db, opts.Memory)
	} else {
		opts.Memory, err = duck.MemoryLimit(db)
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, duck.NewBudget(opts.Memory/4, opts.Memory), nil
}

// Close ends the engine. Queries under way fail.
func (e *Engine) Close() error {
	e.closeSessions()
	return e.DB.Close()
}

// Held counts what queries could leave behind: tables of DuckDB, temporary ones
// included but for what their history keeps, and open connections.
func (e *Engine) Held(ctx context.Context) (tables, connections int64, err error) {
	if err := e.DB.QueryRowContext(ctx, "SELECT count(*) FROM duckdb_tables()").Scan(&tables); err != nil {
		return 0, 0, fmt.Errorf("count the tables: %w", err)
	}
	return tables - int64(e.History.Held()), int64(e.DB.Stats().OpenConnections), nil
}

var _ API = (*Engine)(nil)
