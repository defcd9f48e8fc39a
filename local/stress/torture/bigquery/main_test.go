package bigquery_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/local/stress/torture/bigquery"
	"github.com/tallystream/tallystream/local/stress/torture/torturetest"
)

// harness is that of all tests: the emulator keeps what it has found out of the statements of passes.
var harness *torture.Harness

func TestMain(m *testing.M) {
	serve.IfChild()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx := context.Background()
	w, err := bigquery.Start(ctx)
	if err == nil {
		harness, err = torture.NewHarness(ctx, w, os.Args[0], "functions")
	}
	return torturetest.Run(m, harness, err)
}

// Every fault at a step of every kind, and every statement of a pass that changes a table.
func TestCrashMatrix(t *testing.T) {
	var statements []string
	for _, name := range append(aggregate.Steps(), append(aggregate.StepsWithoutVoters(), "ballots_new")...) {
		code := torture.Statement{SQL: aggregate.Statement(name)}.Code()
		if strings.HasPrefix(code, "SET ") {
			continue // it sets a variable of the script, and runs as a part of it
		}
		statements = append(statements, code)
	}
	torturetest.Sample(t, harness, statements, func(faults.Op) bool { return true })
}

func TestSeeds(t *testing.T) { torturetest.Seeds(t, harness, 4) }

// The rules of the count that BigQuery takes part in. The trials on PostgreSQL have the others. Nearly every
// control fails with the fourth seed.
func TestControlsFail(t *testing.T) {
	torturetest.Controls(t, harness, []string{
		"nothing broken",
		"the error of an append ignored",
		"deduplication off",
		"increment instead of replace",
		"progress in a transaction of its own",
		"progress beyond a record that hasn't arrived",
		"votes behind the watermark dropped",
		"a watermark moved by a pending vote",
		"a watermark that only rises",
		"a voter's second vote counts until a pass",
		"the vote that arrives first counts",
		"a displaced ballot stays",
		"a registration leaves the ballot where it is",
	}, 4, 1)
}
