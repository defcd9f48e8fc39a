package run

import (
	"log/slog"

	"github.com/tallystream/tallystream/local/settings"
)

// Options say what to start. The zero value starts everything on free ports, in
// child processes, without a schedule.
type Options struct {
	// Addresses to listen on; empty ones are free ports.
	Addresses settings.Addresses
	// Getenv is the environment. KAFKA_BROKERS, PUBSUB_EMULATOR_HOST and
	// BIGQUERY_EMULATOR_HOST each replace an emulator, and DATABASE_URL the PostgreSQL
	// server that is started otherwise. Functions in this process
	// read it too; children have this process's own. Nil is an empty environment.
	Getenv func(string) string
	// Settings override the environment for the functions.
	Settings map[string]string

	// Warehouse is where the tables are: endpoint.BigQuery or endpoint.Postgres. Empty is
	// WAREHOUSE of the environment, or else DefaultWarehouse.
	Warehouse string

	// InProcess runs the functions in this process instead of in children. Each can
	// be stopped and started (Stop, Restart).
	InProcess bool
	// Apart gives each function a process of its own, as it has in the cloud.
	Apart bool
	// Scheduled calls bridge and aggregate over and over, each again as soon as
	// it has ended. Without it they run when Bridge and Aggregate call them.
	Scheduled bool
	// DashboardThreads is how many threads of the dashboard's own process run Go
	// code at once; 0 leaves it to the runtime.
	DashboardThreads int
	// Partitions of a topic that is created; 0 means 4.
	Partitions int32

	// Like makes everything behave as Google Cloud does. See Like.
	Like Like
	// Rows are how many rows tables of a larger project have, by "dataset.table": with Like,
	// statements take as long as they would there.
	Rows map[string]int64
	// Seed decides the times that Like draws.
	Seed uint64

	// Executable runs a child's functions: the program and its arguments. Nil
	// is this program with the argument "functions".
	Executable []string
	// Logger receives what a person should know; nil discards it.
	Logger *slog.Logger
	// Output receives what the functions write to their standard streams;
	// nothing else is written to it. Nil is the logger's.
	Output interface{ Write([]byte) (int, error) }
}
