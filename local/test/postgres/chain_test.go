package postgres_test

import (
	"testing"

	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
)

// The whole chain, with the tests that it passes on BigQuery too.
func TestChain(t *testing.T) {
	t.Parallel()
	e2etest.Run(t, databasesOf{postgrestest.Shared(t)})
}
