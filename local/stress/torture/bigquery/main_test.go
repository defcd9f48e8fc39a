package bigquery_test

import (
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

func TestMain(m *testing.M) {
	serve.IfChild()
	os.Exit(m.Run())
}

func newHarness(t *testing.T) *torture.Harness {
	t.Helper()
	w, err := bigquery.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return torturetest.NewHarness(t, w)
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
	torturetest.Sample(t, newHarness(t), statements, func(faults.Op) bool { return true })
}

func TestSeeds(t *testing.T) { torturetest.Seeds(t, newHarness(t), 6) }

// Nearly every control fails with the fourth seed.
func TestControlsFail(t *testing.T) {
	torturetest.Controls(t, newHarness(t), torture.ControlNames(), 4, 1)
}
