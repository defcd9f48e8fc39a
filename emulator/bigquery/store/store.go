// Package store keeps datasets, tables and routines: the REST resources of them, the tables of
// DuckDB that hold the rows, and BigQuery's limits for what is appended to them.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/governance"
	"github.com/tallystream/tallystream/emulator/bigquery/history"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Store keeps datasets, tables and routines. It is safe for concurrent use.
type Store struct {
	DB         *sql.DB
	Catalog    *catalog.Catalog
	Now        func() time.Time
	Opened     time.Time    // when the data was opened
	Results    *duck.Budget // of the rows that are read; nil is none
	History    *history.History
	Governance *governance.Store // who reads which column

	analyzer resolved.Analyzer // of default values
	views    Views
	altering sync.RWMutex     // held to change the columns of a table, and shared by appends
	reshaped []history.Change // of the change of columns under way
	seen     int64            // the commits before it

	versions   atomic.Int64 // numbers etags
	touched    sync.Map     // table id → Mutation, its last
	partitions sync.Map     // table id → *known
	expired    sync.Map     // table id → looked
	expiry     atomic.Int64 // when the first table may expire, ms; 0 for never
}

// Views answers the store's questions about views and routines, whose queries it can't
// run.
type Views interface {
	// ViewSchema is the schema of a view's query.
	ViewSchema(ctx context.Context, project, query string) ([]*bqv2.TableFieldSchema, error)
	// RefersTo says whether the query of a view reads a view, itself or by others.
	RefersTo(project, query string, view *catalog.Table) bool
	// ExternalSchema is the schema of an external table: the given one, or that of its files, with the
	// columns that are in their names.
	ExternalSchema(ctx context.Context, c *bqv2.ExternalDataConfiguration, given []*bqv2.TableFieldSchema) ([]*bqv2.TableFieldSchema, error)
	// RoutineColumns are the columns of a table function, or the value of a scalar one as
	// the only column.
	RoutineColumns(r *catalog.Routine) ([]types.Field, error)
	// ReadView returns the rows [start, start+limit) of a view; limit < 0 is all.
	ReadView(ctx context.Context, ref catalog.Ref, start, limit int64) (*types.Rows, error)
}

// Open loads the datasets and tables of a database.
func Open(ctx context.Context, db *sql.DB, now func() time.Time, analyzer resolved.Analyzer, views Views) (*Store, error) {
	c, err := catalog.Open(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := refuseOldDecimals(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	past, err := history.Open(ctx, db, c, now)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	c.Keep(past)
	policies, err := governance.Open(ctx, db, now)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &Store{DB: db, Catalog: c, Now: now, Opened: now(), History: past, Governance: policies, analyzer: analyzer, views: views}
	for _, d := range c.Datasets("") {
		for _, t := range d.Tables() {
			s.expires(t.Resource.ExpirationTime)
		}
	}
	return s, nil
}

// refuseOldDecimals refuses data of a version that kept BIGNUMERIC as DuckDB's DECIMAL.
func refuseOldDecimals(ctx context.Context, db *sql.DB) error {
	var table, column string
	err := db.QueryRowContext(ctx, `SELECT table_name, column_name FROM duckdb_columns()
		WHERE schema_name = 'data' AND data_type LIKE '%DECIMAL(38,18)%' LIMIT 1`).Scan(&table, &column)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look for columns of an older version: %w", err)
	}
	return fmt.Errorf("the BIGNUMERIC column %s (table %s of the file) was written by a version that kept 18 digits after the point: "+
		"start with an empty directory, or export the table with that version", column, table)
}

// Mutation is a change of a table's rows.
type Mutation struct {
	Number int64 // no other has it
	At     int64 // ms
}

// Touch notes that a table's rows changed.
func (s *Store) Touch(id int64) {
	s.touched.Store(id, Mutation{s.versions.Add(1), s.Now().UnixMilli()})
}

// Mutated is the last change of a table that touch noted; zero for none.
func (s *Store) Mutated(id int64) Mutation {
	last, _ := s.touched.Load(id)
	m, _ := last.(Mutation)
	return m
}
