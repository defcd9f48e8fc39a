package postgres_test

import (
	"fmt"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/local/console"
)

// A person certifies what the tables hold, and takes it back.
func TestCertify(t *testing.T) {
	c := newChain(t)
	c.env["GOOGLE_CLOUD_PROJECT"] = "" // isn't needed
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
