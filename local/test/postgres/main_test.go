// Package postgres_test runs the stages and the operators' tools on a real PostgreSQL
// server. Nothing here needs a C compiler.
package postgres_test

import (
	"os"
	"testing"

	"github.com/tallystream/tallystream/local/test/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }
