package postgres_test

import (
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/local/operate/verify"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
)

// A chain is a line of the stages over a database.
type chain struct {
	*e2etest.Line
	t    *testing.T
	pool *pgxpool.Pool
}

// newChain simulates a small election with every irregularity. Nothing of it is counted.
func newChain(t *testing.T) *chain {
	t.Helper()
	return chainOf(t, postgrestest.Shared(t).Database(t), e2etest.NewFixture(t, e2etest.Small()))
}

// chainOf is a chain over the database of a URL.
func chainOf(t *testing.T, url string, f *e2etest.Fixture) *chain {
	t.Helper()
	l := e2etest.NewLine(t, database(url), f)
	return &chain{l, t, l.Tables.Client().Postgres}
}

// count counts everything that Kafka holds.
func (c *chain) count() {
	c.t.Helper()
	all := c.batches(100)
	c.Deliver(append(all, all[0])...) // a record may stand in raw twice
	c.Pass()
}

// batches returns what Kafka holds, in messages of at most so many records.
func (c *chain) batches(most int) []e2etest.Message {
	c.t.Helper()
	c.Drain()
	return e2etest.Rebatch(c.t, c.Messages(), most)
}

// call posts to a stage.
func (c *chain) call(stage http.Handler, body string) {
	c.t.Helper()
	if code, answer := c.Call(c.t.Context(), stage, body); code/100 != 2 {
		c.t.Fatalf("%d %s", code, answer)
	}
}

// verify audits, and returns the report.
func (c *chain) verify(v *verify.Verifier) *verify.Report {
	c.t.Helper()
	report, err := v.Verify(c.t.Context())
	must(c.t, err)
	return report
}

// clean checks that an audit finds nothing, and that the tables have the true result.
func (c *chain) clean() {
	c.t.Helper()
	c.Clean()
	c.Check()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
