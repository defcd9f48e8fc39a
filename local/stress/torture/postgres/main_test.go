package postgres_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	server "github.com/tallystream/tallystream/local/postgres"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/local/stress/torture/postgres"
	"github.com/tallystream/tallystream/local/stress/torture/torturetest"
)

// These tests are a sample. All trials are run by make torture WAREHOUSE=postgres.

// Those of all tests; nil where no server is installed.
var (
	servers *postgres.Warehouse
	harness *torture.Harness
)

func TestMain(m *testing.M) {
	serve.IfChild()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx := context.Background()
	var err error
	if servers, err = postgres.Start(ctx); err == nil {
		harness, err = torture.NewHarness(ctx, servers, os.Args[0], "functions")
	}
	if errors.Is(err, server.ErrNotInstalled) {
		err = nil
	}
	return torturetest.Run(m, harness, err)
}

// onServers returns the harness.
func onServers(t *testing.T) *torture.Harness {
	t.Helper()
	if harness == nil {
		t.Skip(server.ErrNotInstalled)
	}
	return harness
}

// Every fault at a step of every kind that PostgreSQL takes part in, and every statement of a
// pass that changes a table. The trials on BigQuery have the other steps.
func TestCrashMatrix(t *testing.T) {
	var statements []string
	for _, step := range aggregate.PostgresSteps() {
		for _, sql := range aggregate.PostgresStatements(step) {
			statements = append(statements, torture.Statement{SQL: sql}.Code())
		}
	}
	torturetest.Sample(t, onServers(t), statements, faults.Op.AtWarehouse)
}

func TestSeeds(t *testing.T) { torturetest.Seeds(t, onServers(t), 5) }

// The rules that no warehouse takes part in, and those of the count that nearly every seed
// shows to be broken.
func TestControlsFail(t *testing.T) {
	torturetest.Controls(t, onServers(t), []string{
		"nothing broken",
		"commit before the acknowledgement",
		"commit past a message that wasn't acknowledged",
		"answer before the append",
		"a log ends where it was read",
		"what was read is taken for counted",
		"a complete result of what may be shown before",
		"the error of an append ignored",
		"deduplication off",
		"increment instead of replace",
		"progress in a transaction of its own",
		"a voter's second vote counts until a pass",
		"a displaced ballot stays",
	}, 1, 1)
}
