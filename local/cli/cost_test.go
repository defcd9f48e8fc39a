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

func TestCostOfADatabase(t *testing.T) {
	status, stdout, stderr := run(t, nil, "cost", "--warehouse", "postgres", "--voters", "150000000", "--days", "7")
	if status != cli.ExitOK {
		t.Fatalf("status %d:\n%s", status, stderr)
	}
	var got cost.Estimate
	clitest.LastLine(t, stdout, &got)
	if got.Voters != 150_000_000 || len(got.Lines) == 0 || got.Total <= 0 {
		t.Errorf("estimate %+v", got)
	}
	for _, want := range []string{"150,000,000 voters, 14 hours", "16 vCPUs and 64 GiB for 7 days", "Cloud SQL", "A day more of the database is $"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the output doesn't say %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "BigQuery") {
		t.Errorf("BigQuery is paid for:\n%s", stdout)
	}
	for _, args := range [][]string{
		{"--warehouse", "duckdb"}, {"--days", "7"}, {"--warehouse", "postgres", "--days", "-1"}, {"--warehouse", "postgres", "--days", "0.1"},
	} {
		if status, _, stderr := run(t, nil, append([]string{"cost"}, args...)...); status != cli.ExitUsage || !strings.Contains(stderr, "days") && !strings.Contains(stderr, "--warehouse") {
			t.Errorf("%v: status %d:\n%s", args, status, stderr)
		}
	}
}
