package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/tallystream/tallystream/emulator/process"
	server "github.com/tallystream/tallystream/local/postgres"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// database is the name of the database in a server that is started.
const database = "tallystream"

// serverSettings are parameters of a server that is started. A commit waits for the
// disk, as it does for an operator. Files of its log aren't filled with zeros first: a server
// that runs for long uses those again that it has, and this one has none.
var serverSettings = map[string]string{
	"shared_buffers":     "256MB",
	"max_wal_size":       "4GB",
	"max_connections":    "100",
	"checkpoint_timeout": "15min",
	"wal_init_zero":      "off",
}

// stepInterval is STEP_INTERVAL with the tables in PostgreSQL, in seconds. A step there takes
// as much of the server as a look of a reader, and holds that up.
const stepInterval = "0.5"

// WarehouseOf is the kind of warehouse that an environment chooses.
func WarehouseOf(getenv func(string) string) string {
	return cmp.Or(getenv("WAREHOUSE"), DefaultWarehouse)
}

// chooseWarehouse says where the tables are, before anything is started.
func (s *System) chooseWarehouse() error {
	kind := cmp.Or(s.options.Warehouse, WarehouseOf(s.options.Getenv))
	switch {
	case kind != endpoint.BigQuery && kind != endpoint.Postgres:
		return fmt.Errorf("WAREHOUSE is %q: set it to %s or %s", kind, endpoint.BigQuery, endpoint.Postgres)
	case kind == endpoint.Postgres && s.profile != nil:
		return errors.New("a system that is like the cloud has BigQuery's times, and none of PostgreSQL: leave out --like, or --warehouse postgres")
	}
	s.settings["WAREHOUSE"] = kind
	if kind == endpoint.Postgres && s.options.Getenv("STEP_INTERVAL") == "" && s.options.Settings["STEP_INTERVAL"] == "" {
		s.settings["STEP_INTERVAL"] = stepInterval
	}
	return nil
}

// startWarehouse starts what holds the tables, unless the environment names one.
func (s *System) startWarehouse(ctx context.Context) error {
	if s.settings["WAREHOUSE"] == endpoint.Postgres {
		return s.startPostgres(ctx)
	}
	if host := s.options.Getenv("BIGQUERY_EMULATOR_HOST"); host != "" {
		s.addresses.BigQuery = host
		s.addresses.BigQueryGRPC = s.options.Getenv("BIGQUERY_STORAGE_EMULATOR_HOST")
		return nil
	}
	return s.startEmulator(ctx)
}

// startPostgres starts a server whose data ends with the system. The processes of a server are
// sessions of their own: what plays voters and the cloud gives way to them, as it does where
// these are other machines. Otherwise a pass waits for them.
func (s *System) startPostgres(ctx context.Context) error {
	if s.options.Getenv("DATABASE_URL") != "" {
		return nil
	}
	if anyPort(s.addresses.Postgres) {
		free, err := process.FreeAddress()
		if err != nil {
			return err
		}
		s.addresses.Postgres = free
	}
	dir, err := os.MkdirTemp("", "tallystream-pgdata-")
	if err != nil {
		return explain(err)
	}
	started, err := server.Start(ctx, server.Options{Dir: dir, Address: s.addresses.Postgres, Settings: serverSettings})
	if err != nil {
		return errors.Join(explain(err), os.RemoveAll(dir))
	}
	s.onClose(partWarehouse, func() error { return errors.Join(started.Close(), os.RemoveAll(dir)) })
	restore := process.LowerPriority()
	s.onClose(partWarehouse, func() error { restore(); return nil })
	s.embedded.Postgres = true
	if err := started.CreateDatabase(ctx, database, ""); err != nil {
		return err
	}
	s.settings["DATABASE_URL"] = started.URL(database)
	return nil
}

// createTables connects to the warehouse and creates the tables that it lacks.
func (s *System) createTables(ctx context.Context) error {
	var err error
	if s.warehouse.Kind == endpoint.Postgres {
		s.tables.Postgres, err = s.warehouse.NewPostgres("local")
	} else {
		s.tables.BigQuery, err = s.cloud.NewBigQuery(context.WithoutCancel(ctx)) // it outlives the start
	}
	if err != nil {
		return err
	}
	s.onClose(partClient, s.tables.Close)
	if s.tables.Postgres != nil {
		err = postgres.Migrate(ctx, s.tables.Postgres)
	} else {
		err = warehouse.Ensure(ctx, s.tables.BigQuery)
	}
	if err != nil {
		return fmt.Errorf("create the tables: %w", err)
	}
	return nil
}
