//go:build !cgo

package run

import (
	"context"
	"errors"

	"github.com/tallystream/tallystream/shared/endpoint"
)

// DefaultWarehouse is what a system has its tables in, where nobody chooses.
const DefaultWarehouse = endpoint.Postgres

// startEmulator fails: the BigQuery emulator is built on DuckDB, a library in C++.
func (s *System) startEmulator(context.Context) error {
	return errors.New("this program was built without a C compiler, which the BigQuery emulator needs: install gcc or clang, or have the tables in PostgreSQL (--warehouse postgres)")
}
