package emulated

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
)

// The help of a program with emulators is that of one without: package cli
// declares what this package implements.
func TestHelp(t *testing.T) {
	_, got, _ := program.Run(t, nil, "help")
	if _, want, _ := (clitest.Program{}).Run(t, nil, "help"); got != want {
		t.Errorf("help is\n%s\nwithout emulators it is\n%s", got, want)
	}
	for command, flag := range map[string]string{
		"demo": "--open-ballot", "up": "--free-ports", "cloud": "env", "bench": "--surge", "torture": "--controls", "functions": "HOST:PORT", "cost": "--measure",
	} {
		status, stdout, _ := program.Run(t, nil, "help", command)
		if status != cli.ExitOK || !strings.HasPrefix(stdout, "go run ./local "+command) || !strings.Contains(stdout, flag) {
			t.Errorf("help %s: status %d, output without %s:\n%s", command, status, flag, stdout)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"functions"}, cli.ExitUsage, "want one address, not 0"},
		{[]string{"torture", "--seeds", "-1"}, cli.ExitUsage, "-1 seeds, 20 seeds for each broken rule: want 0 or more"},
		{[]string{"torture", "--warehouse", "sqlite"}, cli.ExitUsage, `--warehouse is "sqlite": want bigquery or postgres`},
		{[]string{"bench", "-surge"}, cli.ExitUsage, "bench: there is no flag -surge: flags have two dashes, as in --surge."},
		{[]string{"demo", "--day-in", "5"}, cli.ExitUsage, `--day-in can't be "5"`},
		{[]string{"up", "now"}, cli.ExitUsage, `"now" is one argument too many`},
		{[]string{"up", "--partitions", "0"}, cli.ExitUsage, "0 partitions: want 1 or more"},
		{[]string{"up", "--like", "aws"}, cli.ExitUsage, `up: --like: profile "aws": want "cloud", or "cloud/20" for 20 times its speed.`},
		{[]string{"up", "--warehouse", "mysql"}, cli.ExitUsage, `up: --warehouse is "mysql": want bigquery or postgres.`},
		{[]string{"bench", "--like-rate", "5"}, cli.ExitUsage, "--like"},
		{[]string{"bench", "--national"}, cli.ExitUsage, "--like"},
		{[]string{"bench", "--like", "cloud", "--national-rate", "5"}, cli.ExitUsage, "--national"},
		{[]string{"bench", "--like", "cloud", "--national", "--national-rate", "0"}, cli.ExitUsage, "want more than 0"},
		{[]string{"bench", "--like", "cloud", "--surge"}, cli.ExitUsage, "leave out --like"},
		{[]string{"bench", "--pyspark", "--surge", "--rate", "5"}, cli.ExitUsage, "leave out --surge"},
		{[]string{"bench", "--pyspark=scala"}, cli.ExitUsage, "--pyspark=scala: want sql or python"},
		{[]string{"bench", "--pyspark", "--votes", "0"}, cli.ExitUsage, "--pyspark without --votes"},
		{[]string{"bench", "--like", "cloud", "--like-for", "0s"}, cli.ExitUsage, "want more than 0"},
		{[]string{"bench", "--votes", "-1"}, cli.ExitUsage, "--votes is less than 0"},
		{[]string{"demo", "--votes", "0"}, cli.ExitUsage, "demo: 0 votes: a demonstration counts some: want 1 or more"},
		{[]string{"demo", "--ledger", "no/such/ledger.json"}, cli.ExitUsage, "the ledger can't be written to no/such/ledger.json: no/such is no folder: make it"},
		{[]string{"cloud", "down"}, cli.ExitUsage, `cloud: "down" is none of env and up`},
		{[]string{"demo", "--votes", "-5"}, cli.ExitUsage, "-5 votes: want 0 to"},
		{[]string{"cloud", "up", "--project", "Votes"}, cli.ExitUsage, `cloud up: --project is "Votes": want 6 to 30`},
		{[]string{"cloud", "up", "--region", "mars"}, cli.ExitUsage, `--region is "mars"`},
		{[]string{"cloud", "up", "--owner", "me"}, cli.ExitUsage, `--owner is "me"`},
		{[]string{"cloud", "up", "now"}, cli.ExitUsage, `"now" is one argument too many`},
		{[]string{"cloud", "env", "--dir", "none"}, cli.ExitFailed, "cloud env: no local cloud was started with the directory"},
		{[]string{"demos"}, cli.ExitUsage, "Did you mean demo?"},
	} {
		status, _, stderr := program.Run(t, nil, tt.args...)
		if status != tt.status || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: status %d, want %d and %q:\n%s", tt.args, status, tt.status, tt.want, stderr)
		}
	}
}
