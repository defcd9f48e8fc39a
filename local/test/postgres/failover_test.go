package postgres_test

import (
	"testing"

	"github.com/tallystream/tallystream/local/test/postgrestest"
)

// keepLog has a primary keep what a standby may still have to read.
var keepLog = map[string]string{"wal_keep_size": "512MB"}

// While votes are counted the primary dies, and its standby, which commits wait for, takes
// over. The first one is made the standby of that one while it works, and takes over again.
// Nothing is lost, and nothing counts twice.
func TestFailover(t *testing.T) {
	first := postgrestest.Start(t, keepLog)
	first.Database(t)
	second := first.Standby(t)
	first.Synchronous(t)
	n := newNight(t, postgrestest.Together(t, "test_1", first, second))
	n.awaitRows(200)
	first.Kill()
	second.Promote(t)
	n.awaitRows(500)

	first.Rejoin(t, second)
	second.Synchronous(t)
	n.awaitRows(700)
	second.Kill()
	first.Promote(t)
	n.end()
	n.clean()
}
