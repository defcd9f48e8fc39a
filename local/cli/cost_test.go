package cli_test

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/local/operate/cost"
)

func TestCost(t *testing.T) {
	status, stdout, stderr := run(t, nil, "cost", "--voters", "150000000", "--hours", "12", "--pass-interval", "10m")
	if status != cli.ExitOK {
		t.Fatalf("status %d:\n%s", status, stderr)
	}
	var got cost.Estimate
	clitest.LastLine(t, stdout, &got)
	if got.Voters != 150_000_000 || got.Hours != 12 || got.Interval != 600 || len(got.Lines) == 0 || got.Total <= 0 {
		t.Errorf("estimate %+v", got)
	}
	for _, want := range []string{"150,000,000 voters, 12 hours, a pass every 10m0s", "BigQuery queries", "together, at list prices", "A vote is on the dashboard after", "A day of waiting for it is $0.", "Readers come on top"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the output doesn't say %q:\n%s", want, stdout)
		}
	}
}
