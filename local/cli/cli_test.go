package cli_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/clitest"
	"github.com/tallystream/tallystream/shared/election"
)

// run runs a command line of a program without emulators.
func run(t *testing.T, env map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	return clitest.Program{}.Run(t, env, args...)
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		env    map[string]string
		status int
		want   string // part of what is said
	}{
		{"unknown command", []string{"fly"}, nil, cli.ExitUsage, `There is no command "fly".`},
		{"help for an unknown command", []string{"help", "fly"}, nil, cli.ExitUsage, "There is no command \"fly\". The commands: go run ./local help.\n"},
		{"help for what a command hasn't", []string{"help", "verify", "all"}, nil, cli.ExitUsage, `help: verify has no commands of its own: leave out "all".`},
		{"help for an unknown shell", []string{"help", "completion", "tcsh"}, nil, cli.ExitUsage, `There is no command "tcsh".`},
		{"unknown flag", []string{"simulate", "--height", "3"}, nil, cli.ExitUsage, "simulate: there is no flag --height."},
		{"bad value", []string{"simulate", "--votes", "many"}, nil, cli.ExitUsage, `--votes can't be "many": it takes a whole number. Its flags: go run ./local simulate --help.`},
		{"no value", []string{"simulate", "--votes"}, nil, cli.ExitUsage, `--votes wants a value behind it`},
		{"no unit", []string{"verify", "--patience", "5"}, nil, cli.ExitUsage, `--patience can't be "5": it takes a time with a unit, such as 90s or 5m.`},
		{"certified by nobody", []string{"certify"}, nil, cli.ExitUsage, "the name of who certifies has 0 bytes: give one of 1 to 200 with --by"},
		{"no BigQuery", []string{"certify", "--by", "Ann"}, map[string]string{"BIGQUERY_EMULATOR_HOST": "127.0.0.1:1", "BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:1"},
			cli.ExitFailed, "no BigQuery emulator answers: BIGQUERY_EMULATOR_HOST is 127.0.0.1:1: start one"},
		{"no Pub/Sub", []string{"deadletter", "list"}, map[string]string{"PUBSUB_EMULATOR_HOST": "127.0.0.1:1"},
			cli.ExitFailed, "no Pub/Sub emulator answers: PUBSUB_EMULATOR_HOST is 127.0.0.1:1: start one"},
		{"no function there", []string{"rebuild", "--url", "http://127.0.0.1:1/aggregate"}, nil, cli.ExitFailed, "aggregate can't be reached: --url is http://127.0.0.1:1/aggregate"},
		{"no time", []string{"rebuild", "--from", "yesterday"}, nil, cli.ExitUsage, `--from "yesterday" is no time like 2026-11-03T12:00:00Z`},
		{"a range backwards", []string{"rebuild", "--from", "2026-11-03T13:00:00Z", "--to", "2026-11-03T12:00:00Z"}, nil, cli.ExitUsage, "rebuild from 2026-11-03T13:00:00Z to 2026-11-03T12:00:00Z: name two times after 1900, the earlier one first"},
		{"half a deployment", []string{"rebuild", "--project", "springfield-votes"}, nil, cli.ExitUsage, "a deployment is called with both --project and --region"},
		{"a prefix of nothing", []string{"backfill", "--prefix", "spring"}, nil, cli.ExitUsage, "--prefix is of a deployment: name its --project and --region too"},
		{"no prefix of names", []string{"state", "--project", "springfield-votes", "--prefix", "spring-"}, nil, cli.ExitFailed, `PREFIX "spring-" is no prefix of names: up to 8 lower-case letters and digits`},
		{"a state of no project", []string{"state"}, nil, cli.ExitUsage, "state: --project is missing: name the project that is deployed to"},
		{"argument too many", []string{"simulate", "now"}, nil, cli.ExitUsage, `"now" is one argument too many`},
		{"bad share", []string{"simulate", "--duplicates", "2"}, nil, cli.ExitUsage, "a share of 2 duplicates: want 0 to 1"},
		{"bad day", []string{"election", "--day", "3 November"}, nil, cli.ExitUsage, `day "3 November": write it as 2026-11-03`},
		{"a day to come", []string{"simulate", "--day", "2999-01-01"}, nil, cli.ExitUsage, "votes from the future are rejected; rehearse with --day"},
		{"cost of nobody", []string{"cost", "--voters", "0"}, nil, cli.ExitUsage, "0 voters: want 1 to"},
		{"cost of haste", []string{"cost", "--pass-interval", "1us"}, nil, cli.ExitUsage, "a pass every 1µs: want 1ms to 1h"},
		{"archive over a folder", []string{"package", "--out", "."}, nil, cli.ExitFailed, "it is a folder; name another place with --out"},
		{"no election file", []string{"simulate", "--election", "no/such/file"}, nil, cli.ExitFailed, "no/such/file"},
		{"bad brokers", []string{"simulate"}, map[string]string{"KAFKA_BROKERS": "here"}, cli.ExitFailed, "KAFKA_BROKERS"},
		{"no deployment named", []string{"verify", "--cloud"}, nil, cli.ExitNotAudited, "the count couldn't be audited: invalid configuration: GOOGLE_CLOUD_PROJECT is not set"},
		{"no ledger there", []string{"verify", "--ledger", "no/such/file"}, nil, cli.ExitNotAudited, "no/such/file"},
		{"a letter too many", []string{"verifyy"}, nil, cli.ExitUsage, `There is no command "verifyy". Did you mean verify?`},
		{"help for a letter too few", []string{"help", "simulat"}, nil, cli.ExitUsage, "Did you mean simulate?"},
		{"no folder for a ledger", []string{"simulate", "--ledger", "no/such/ledger.json"}, nil, cli.ExitUsage, "the ledger can't be written to no/such/ledger.json: no/such is no folder"},
		{"one dash", []string{"cost", "-voters", "5"}, nil, cli.ExitUsage, "cost: there is no flag -voters: flags have two dashes, as in --voters."},
		{"one dash before version", []string{"-version"}, nil, cli.ExitUsage, "There is no flag -version: flags have two dashes, as in --version."},
		{"completion of a shell that isn't known", []string{"completion", "tcsh"}, nil, cli.ExitUsage, `completion: there is no completion for "tcsh": there is one for bash, fish, powershell, zsh.`},
		{"a flag before any command", []string{"--height", "3"}, nil, cli.ExitUsage, "There is no flag --height."},
		{"no emulators to run", []string{"demo", "--votes", "5"}, nil, cli.ExitFailed, "demo: it runs the BigQuery emulator, which is built on DuckDB, a library in C++: install gcc or clang"},
		{"no emulators to measure", []string{"cost", "--measure", "x"}, nil, cli.ExitFailed, "cost: --measure: it runs the BigQuery emulator"},
		{"nothing to do with dead letters", []string{"deadletter"}, nil, cli.ExitUsage, "say what to do: list, show, fix, replay or discard"},
		{"an unknown verb", []string{"deadletter", "mend", "1"}, nil, cli.ExitUsage, `"mend" is none of list, show, fix, replay and discard`},
		{"a list of one", []string{"deadletter", "list", "1"}, nil, cli.ExitUsage, `list shows all messages: leave out "1", or say show 1`},
		{"nothing to show", []string{"deadletter", "show"}, nil, cli.ExitUsage, "show takes the ID of one message, not of 0: list shows the IDs"},
		{"two to discard", []string{"deadletter", "discard", "1", "2"}, nil, cli.ExitUsage, "discard takes the ID of one message, not of 2"},
		{"nothing to replay", []string{"deadletter", "replay"}, nil, cli.ExitUsage, "replay takes the IDs of messages, or --all"},
		{"one to replay, and all", []string{"deadletter", "replay", "1", "--all"}, nil, cli.ExitUsage, "replay takes the IDs of messages, or --all"},
		{"no record to fix", []string{"deadletter", "fix", "1"}, nil, cli.ExitUsage, "--offset is missing"},
		{"no value of the record", []string{"deadletter", "fix", "1", "--offset", "1"}, nil, cli.ExitUsage, "--value FILE or --drop REASON"},
		{"one value for all records", []string{"deadletter", "fix", "1", "--all", "--value", "x.json"}, nil, cli.ExitUsage, "it goes with --drop REASON alone"},
		{"a flag of another verb", []string{"deadletter", "list", "--drop", "x"}, nil, cli.ExitUsage, "--drop doesn't go with list: it is for fix"},
		{"no number of the partition", []string{"backfill", "--partition", "votes"}, nil, cli.ExitUsage, `--partition "votes": write it as votes/0`},
		{"neither an offset nor a time", []string{"backfill", "--from", "noon"}, nil, cli.ExitUsage, "neither an offset nor a time"},
		{"no database", []string{"migrate"}, nil, cli.ExitFailed, "DATABASE_URL is not set: set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE"},
		{"a warehouse without versions", []string{"migrate"}, map[string]string{"WAREHOUSE": "bigquery"}, cli.ExitFailed, "terraform apply changes its tables"},
		{"no PostgreSQL", []string{"verify", "--tables-only"}, map[string]string{"WAREHOUSE": "postgres", "DATABASE_URL": "postgres://127.0.0.1:1/x"},
			cli.ExitNotAudited, "PostgreSQL can't be reached: see that it runs, and that DATABASE_URL has the right host and port"},
		{"a database beside BigQuery", []string{"verify"}, map[string]string{"DATABASE_URL": "postgres://127.0.0.1:1/x"},
			cli.ExitNotAudited, "DATABASE_URL is set, and WAREHOUSE is bigquery: set WAREHOUSE=postgres to use it, or leave it out"},
		{"an emulator beside PostgreSQL", []string{"verify"}, map[string]string{"WAREHOUSE": "postgres", "DATABASE_URL": "postgres://127.0.0.1:1/x", "BIGQUERY_EMULATOR_HOST": "127.0.0.1:9050"},
			cli.ExitNotAudited, "BIGQUERY_EMULATOR_HOST is set, and WAREHOUSE is postgres: leave it out"},
		{"negative votes", []string{"simulate", "--votes=-5"}, nil, cli.ExitUsage, "-5 votes: want 0 to"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, stdout, stderr := run(t, tt.env, tt.args...)
			if status != tt.status || !strings.Contains(stderr, tt.want) || stdout != "" || tt.status == cli.ExitUsage && strings.Count(stderr, "\n") != 1 {
				t.Errorf("status %d, standard output %q, error\n%s\nwant status %d and %q", status, stdout, stderr, tt.status, tt.want)
			}
		})
	}
}

// The help groups the commands, and a program without emulators has all of them.
func TestHelp(t *testing.T) {
	groups := []struct {
		title    string
		commands []string
	}{
		{"For operators, against any deployment:", []string{"backfill", "certify", "cost", "deadletter", "migrate", "package", "rebuild", "state", "verify"}},
		{"Simulation:", []string{"election", "simulate"}},
		{"Trials and measurements:", []string{"bench", "torture"}},
		{"Everything on one machine:", []string{"cloud", "demo", "up"}},
		{"About this program:", []string{"completion", "help", "--version"}},
	}
	for _, args := range [][]string{nil, {"help"}, {"help", "help"}, {"--help"}, {"-h"}} {
		status, stdout, _ := run(t, nil, args...)
		if status != cli.ExitOK {
			t.Errorf("%q: status %d", args, status)
		}
		rest := stdout
		for _, g := range groups {
			_, after, found := strings.Cut(rest, "\n"+g.title+"\n")
			if !found {
				t.Fatalf("%q: %q isn't there, or not in its place:\n%s", args, g.title, stdout)
			}
			section, _, _ := strings.Cut(after, "\n\n")
			var listed []string
			for line := range strings.Lines(section) {
				listed = append(listed, strings.Fields(line)[0])
			}
			if diff := cmp.Diff(g.commands, listed); diff != "" {
				t.Errorf("%q: %q (-want +got):\n%s", args, g.title, diff)
			}
			rest = after
		}
	}
	for _, name := range []string{"verify", "deadletter", "simulate", "completion"} {
		for _, args := range [][]string{{"help", name}, {name, "--help"}, {name, "-h"}} {
			if status, stdout, _ := run(t, nil, args...); status != cli.ExitOK || !strings.HasPrefix(stdout, "go run ./local "+name+" [FLAGS]") {
				t.Errorf("%q: status %d, output\n%s", args, status, stdout)
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if status, stdout, stderr := run(t, nil, "completion", shell); status != cli.ExitOK || !strings.Contains(stdout, "tallystream") {
			t.Errorf("completion %s: status %d, %s", shell, status, stderr)
		}
	}
	for _, tt := range []struct {
		typed []string
		want  []string // what the shell is offered, descriptions left out; :4 is no file, :0 is files
	}{
		{[]string{"dead"}, []string{"deadletter", ":4"}},
		{[]string{"deadletter", ""}, []string{"list", "show", "fix", "replay", "discard", ":4"}},
		{[]string{"deadletter", "show", ""}, []string{":4"}},
		{[]string{"help", "cert"}, []string{"certify", ":4"}},
		{[]string{"verify", "--acc"}, []string{"--accept-deleted", ":4"}},
		{[]string{"verify", "--ledger", ""}, []string{":0"}},
		{[]string{"verify", "--wait", ""}, []string{":4"}},
		{[]string{"verify", ""}, []string{":4"}},
	} {
		_, stdout, _ := run(t, nil, append([]string{"__complete"}, tt.typed...)...)
		var got []string
		for line := range strings.Lines(stdout) {
			offer, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, offer)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.typed, diff)
		}
	}
}

func TestVersion(t *testing.T) {
	status, stdout, _ := run(t, nil, "--version")
	if status != cli.ExitOK || !strings.HasPrefix(stdout, "tallystream ") {
		t.Errorf("status %d, output %q", status, stdout)
	}
}

func TestElectionCanBeCountedBy(t *testing.T) {
	status, stdout, stderr := run(t, nil, "election", "--day", "2026-11-03")
	if status != cli.ExitOK {
		t.Fatalf("status %d: %s", status, stderr)
	}
	el, err := election.Parse([]byte(stdout))
	if err != nil {
		t.Fatal(err)
	}
	if el.ID != "simulated-2026-11-03" || len(el.Candidates) != 5 || len(el.Regions) != 51 {
		t.Errorf("election %s with %d candidates and %d regions", el.ID, len(el.Candidates), len(el.Regions))
	}
}
