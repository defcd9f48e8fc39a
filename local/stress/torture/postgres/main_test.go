package postgres_test

import (
	"errors"
	"os"
	"testing"

	"github.com/tallystream/tallystream/functions/aggregate"
	server "github.com/tallystream/tallystream/local/postgres"
	"github.com/tallystream/tallystream/local/serve"
	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/local/stress/torture/postgres"
	"github.com/tallystream/tallystream/local/stress/torture/torturetest"
)

func TestMain(m *testing.M) {
	serve.IfChild()
	os.Exit(m.Run())
}

func newHarness(t *testing.T) *torture.Harness {
	t.Helper()
	w, err := postgres.Start(t.Context())
	if errors.Is(err, server.ErrNotInstalled) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return torturetest.NewHarness(t, w)
}

func TestCrashMatrix(t *testing.T) { torturetest.CrashMatrix(t, newHarness(t), expected()) }

// expected are the statements that a pass may have.
func expected() (statements []string) {
	for _, step := range append(aggregate.Steps(), aggregate.StepsWithoutVoters()...) {
		if step == "roll_none" {
			continue // a table that is empty already
		}
		for _, sql := range aggregate.PostgresStatements(step) {
			statements = append(statements, torture.Statement{SQL: sql}.Code())
		}
	}
	return statements
}

func TestSeeds(t *testing.T) { torturetest.Seeds(t, newHarness(t), 10) }

func TestControlsFail(t *testing.T) { torturetest.Controls(t, newHarness(t)) }
