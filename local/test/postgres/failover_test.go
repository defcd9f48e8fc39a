package postgres_test

import (
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/test/postgrestest"
)

// keepLog has a primary keep what a standby may still have to read.
var keepLog = map[string]string{"wal_keep_size": "512MB"}

// While votes are counted the primary dies, and its standby, which commits wait for, takes
// over. The first one is made the standby of that one while it works, and takes over again.
// Nothing is lost, and nothing counts twice.
func TestFailover(t *testing.T) {
	t.Parallel()
	first := postgrestest.Start(t, keepLog)
	first.Database(t)
	second := first.Standby(t)
	first.Synchronous(t)
	c := startChain(t, postgrestest.Together(t, "test_1", first, second))
	c.awaitRows(200)
	first.Kill()
	second.Promote(t)
	c.awaitRows(500)

	first.Rejoin(t, second)
	second.Synchronous(t)
	c.awaitRows(700)
	second.Kill()
	first.Promote(t)
	c.end()
	c.clean()
}

// A standby that commits don't wait for lacks what the primary acknowledged last. The count
// isn't said to be complete, and nobody can certify it. An audit names what is missing, and
// reading it again from Kafka makes the count whole.
func TestFailoverToAStandbyThatLags(t *testing.T) {
	t.Parallel()
	primary := postgrestest.Start(t, keepLog)
	primary.Database(t)
	standby := primary.Standby(t)
	c := startChain(t, postgrestest.Together(t, "test_1", primary, standby))
	c.awaitRows(200)
	standby.Kill() // what comes now never gets there
	c.awaitMore(100)
	primary.Kill()
	must(t, standby.Resume(t.Context()))
	standby.Promote(t)
	c.end()
	if report := c.verify(c.Verifier()); report.OK() {
		t.Fatal("the audit misses nothing, though acknowledged records are lost")
	}
	page := c.dashboard()
	if got := resultsOf(t, page); got.Status.Decided() {
		t.Errorf("the dashboard says %s, though acknowledged records are lost", got.Status)
	}
	c.says(cli.ExitFailed, "the count isn't complete", "certify", "--by", "Ann")
	c.call(c.Bridge, `{"replay":{},"seconds":60}`)
	c.awaitDelivered()
	c.insist(c.Aggregate)
	c.clean()
	c.isCertified(page)
}
