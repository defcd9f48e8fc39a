// Package duck is DuckDB as the emulator uses it: it opens the database, words its
// errors as BigQuery does, and converts values to and from the driver's.
package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// Memory is the schema of a database in memory that every connection knows: what it holds is gone with the emulator.
const Memory = function.Memory

// settings hold for every connection.
var settings = []string{
	"SET TimeZone = 'UTC'",
	"SET Calendar = 'gregorian'",
	"SET default_null_order = 'nulls_first'",
}

// Open opens or creates a database: in a folder, or in memory without one. A query
// runs on so many threads; 0 is one for each two processors.
func Open(dir string, threads int) (*sql.DB, error) {
	path, name := "", "memory"
	if dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("create the data directory: %w", err)
		}
		path = filepath.Join(dir, "bigquery.duckdb")
		name = "bigquery"
	}
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
	if err := limitMemory(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// limitMemory leaves half of the machine's memory to other programs: DuckDB by itself takes
// four fifths. A query that needs more fails, and its memory comes back.
func limitMemory(db *sql.DB) error {
	var text string
	if err := db.QueryRow("SELECT current_setting('memory_limit')").Scan(&text); err != nil {
		return fmt.Errorf("read DuckDB's memory limit: %w", err)
	}
	var amount float64
	var unit string
	if _, err := fmt.Sscanf(text, "%f %s", &amount, &unit); err != nil {
		return fmt.Errorf("read DuckDB's memory limit %q: %w", text, err)
	}
	if _, err := db.Exec(fmt.Sprintf("SET GLOBAL memory_limit = '%.1f%s'", amount*5/8, unit)); err != nil {
		return fmt.Errorf("set DuckDB's memory limit: %w", err)
	}
	return nil
}
