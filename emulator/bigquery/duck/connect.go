// Package duck is DuckDB as the emulator uses it: it opens the database, words its
// errors as BigQuery does, and converts values to and from the driver's.
package duck

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// Memory is the schema of a database in memory that every connection knows: what it holds is gone with the emulator.
const Memory = function.Memory

// maxIdle is how many connections are kept: as many as queries may run at a time, and some of the Storage APIs. One that
// is opened anew costs as much as a small query.
const maxIdle = 128

// settings hold for every connection.
var settings = []string{
	"SET TimeZone = 'UTC'",
	"SET Calendar = 'gregorian'",
	"SET default_null_order = 'nulls_first'",
}

// global settings hold for the database.
var global = []string{
	// What DuckDB frees goes back to the machine also while it has nothing to do.
	"SET GLOBAL allocator_background_threads = true",
	// DuckDB 1.5 evaluates what two expressions have in common ahead of both, also where they stand in TRY, which then
	// doesn't catch its error.
	"SET GLOBAL disabled_optimizers = 'common_subexpressions'",
}

// Open opens or creates a database: in a folder, or in memory without one. A query
// runs on so many threads; 0 is one for each two processors.
func Open(dir string, threads int) (*sql.DB, error) {
	// What doesn't fit into memory DuckDB puts there, and removes.
	path, name, spill := "", "memory", filepath.Join(os.TempDir(), "bigquery-emulator-"+rand.Text())
	if dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("create the data directory: %w", err)
		}
		path = filepath.Join(dir, "bigquery.duckdb")
		name, spill = "bigquery", path+".tmp"
	}
	if threads == 0 {
		threads = max(1, runtime.NumCPU()/2)
	}
	connector, err := duckdb.NewConnector(fmt.Sprintf("%s?threads=%d&temp_directory=%s", path, threads, url.QueryEscape(spill)), func(c driver.ExecerContext) error {
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
	db.SetMaxIdleConns(maxIdle)
	for _, s := range global {
		if _, err := db.Exec(s); err != nil {
			return nil, errors.Join(fmt.Errorf("set up DuckDB: %s: %w", s, err), db.Close())
		}
	}
	if err := limitMemory(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// limitMemory leaves half of the machine's memory to other programs: DuckDB by itself takes four fifths.
func limitMemory(db *sql.DB) error {
	all, err := MemoryLimit(db)
	if err != nil {
		return err
	}
	return SetMemoryLimit(db, all*5/8)
}
