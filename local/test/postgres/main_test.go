// Package postgres_test runs the stages and the operators' tools on a real PostgreSQL
// server. Nothing here needs a C compiler.
package postgres_test

import (
	"os"
	"testing"

	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
)

func TestMain(m *testing.M) {
	e2etest.ServeAsInstance()
	os.Exit(postgrestest.Main(m))
}
