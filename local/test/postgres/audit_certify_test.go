package postgres_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/shared/countstate"
)

// A person certifies what the tables hold, and takes it back.
func TestCertify(t *testing.T) {
	c := newChain(t)
	c.Env["GOOGLE_CLOUD_PROJECT"] = "" // isn't needed
	c.says(cli.ExitFailed, "the count isn't complete", "certify", "--by", "Ann")
	c.says(cli.ExitFailed, "nobody has certified this result", "certify", "--by", "Ann", "--undo")
	c.count()
	var votes int64
	must(t, c.pool.QueryRow(t.Context(), "SELECT sum(votes)::bigint FROM analytics.candidate_totals").Scan(&votes))
	stdout := c.says(cli.ExitOK, fmt.Sprintf("Certified by Ann: %s votes", console.Number(votes)),
		"certify", "--by", "Ann", "--incomplete", "--note", "the last box burned")
	var outcome struct {
		Votes  int64
		Result map[string]int64
	}
	clitest.LastLine(t, stdout, &outcome)
	var sum int64
	for _, n := range outcome.Result {
		sum += n
	}
	if votes == 0 || outcome.Votes != votes || sum != votes {
		t.Errorf("%d votes were certified, %d by candidate, want %d and some", outcome.Votes, sum, votes)
	}
	var by, remark string
	must(t, c.pool.QueryRow(t.Context(), "SELECT certified_by, remark FROM analytics.certifications WHERE certified").Scan(&by, &remark))
	if by != "Ann" || remark != "the last box burned" {
		t.Errorf("certified by %q: %q", by, remark)
	}
	c.says(cli.ExitOK, "Taken back: the certification by Ben", "certify", "--by", "Ben", "--undo")
	c.says(cli.ExitFailed, "nobody has certified this result", "certify", "--by", "Ben", "--undo")
}

// dashboard returns a dashboard that takes a count for complete soon, and whose figures
// don't grow old while a busy machine reads them.
func (c *runningChain) dashboard() http.Handler {
	c.t.Helper()
	c.Env["FINAL_AFTER"], c.Env["MAX_AGE"] = "1", "60"
	return e2etest.Build(c.t, c.Env, dashboard.ConfigFrom, dashboard.New)
}

// isCertified waits until a dashboard says that the count is complete. Then a person
// certifies it, the dashboard says so, and nobody certifies the same result again.
func (c *runningChain) isCertified(dashboard http.Handler) {
	c.t.Helper()
	await(c.t, dashboard, "complete", func(d *results.Document) bool {
		c.call(c.Bridge, `{"until":"caught_up"}`) // reports the ends of the logs
		return d.Status == countstate.Complete
	})
	c.says(cli.ExitOK, "Certified by Ann", "certify", "--by", "Ann")
	await(c.t, dashboard, "certified", func(d *results.Document) bool { return d.Status == countstate.Certified })
	c.says(cli.ExitFailed, "this very result is certified already, by Ann", "certify", "--by", "Ben")
}
