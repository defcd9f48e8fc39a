package cli

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
)

// called runs a command line and returns its exit status and what it said.
func called(t *testing.T, env map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	h := &Host{Stdout: &out, Console: console.Plain(&err), Getenv: config.FromMap(env)}
	status = Main(t.Context(), h, args)
	return status, out.String(), err.String()
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		env    map[string]string
		status int
		want   string // part of what is said
	}{
		{"unknown command", []string{"fly"}, nil, exitUsage, `There is no command "fly".`},
		{"help for an unknown command", []string{"help", "fly"}, nil, exitUsage, `There is no command "fly".`},
		{"unknown flag", []string{"simulate", "--height", "3"}, nil, exitUsage, "simulate: there is no flag --height."},
		{"bad value", []string{"simulate", "--votes", "many"}, nil, exitUsage, `--votes can't be "many"`},
		{"no value", []string{"simulate", "--votes"}, nil, exitUsage, `--votes wants a value behind it`},
		{"no unit", []string{"verify", "--patience", "5"}, nil, exitUsage, `--patience can't be "5": see below what it takes; a TIME has a unit`},
		{"certified by nobody", []string{"certify"}, nil, exitFailed, "the name of who certifies has 0 bytes: give one of 1 to 200 with --by"},
		{"no BigQuery", []string{"certify", "--by", "Ann"}, map[string]string{"BIGQUERY_EMULATOR_HOST": "127.0.0.1:1", "BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:1"},
			exitFailed, "no BigQuery emulator answers: BIGQUERY_EMULATOR_HOST is 127.0.0.1:1: start one"},
		{"no Pub/Sub", []string{"deadletter", "list"}, map[string]string{"PUBSUB_EMULATOR_HOST": "127.0.0.1:1"},
			exitFailed, "no Pub/Sub emulator answers: PUBSUB_EMULATOR_HOST is 127.0.0.1:1: start one"},
		{"no function there", []string{"rebuild", "--url", "http://127.0.0.1:1/aggregate"}, nil, exitFailed, "aggregate can't be reached: --url is http://127.0.0.1:1/aggregate"},
		{"no time", []string{"rebuild", "--from", "yesterday"}, nil, exitFailed, `--from "yesterday" is no time like 2026-11-03T12:00:00Z`},
		{"argument too many", []string{"simulate", "now"}, nil, exitUsage, `"now" is one argument too many`},
		{"bad share", []string{"simulate", "--duplicates", "2"}, nil, exitFailed, "a share of 2 duplicates: want 0 to 1"},
		{"bad day", []string{"election", "--day", "3 November"}, nil, exitFailed, `day "3 November": write it as 2026-11-03`},
		{"a day to come", []string{"simulate", "--day", "2999-01-01"}, nil, exitFailed, "votes from the future are rejected; rehearse with --day"},
		{"cost of nobody", []string{"cost", "--voters", "0"}, nil, exitFailed, "0 voters: want 1 to"},
		{"cost of haste", []string{"cost", "--pass-interval", "1us"}, nil, exitFailed, "a pass every 1µs: want 1ms to 1h"},
		{"archive over a folder", []string{"package", "--out", "."}, nil, exitFailed, "it is a folder; name another place with --out"},
		{"no election file", []string{"simulate", "--election", "no/such/file"}, nil, exitFailed, "no/such/file"},
		{"bad brokers", []string{"simulate"}, map[string]string{"KAFKA_BROKERS": "here"}, exitFailed, "KAFKA_BROKERS"},
		{"no deployment named", []string{"verify", "--cloud"}, nil, exitNotAudited, "the count couldn't be audited: invalid configuration: GOOGLE_CLOUD_PROJECT is not set"},
		{"no ledger there", []string{"verify", "--ledger", "no/such/file"}, nil, exitNotAudited, "no/such/file"},
		{"child without address", []string{"functions"}, nil, exitFailed, "want one address, not 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, stdout, stderr := called(t, tt.env, tt.args...)
			if status != tt.status || !strings.Contains(stderr, tt.want) || stdout != "" {
				t.Errorf("status %d, standard output %q, error\n%s\nwant status %d and %q", status, stdout, stderr, tt.status, tt.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"help"}, {"help", "help"}, {"--help"}, {"-h"}} {
		status, stdout, _ := called(t, nil, args...)
		if status != exitOK {
			t.Errorf("%q: status %d", args, status)
		}
		for _, c := range commands() {
			if got := strings.Contains(stdout, "\n  "+c.name+" "); got == c.hidden {
				t.Errorf("%q: command %s is listed: %v", args, c.name, got)
			}
		}
	}
	for _, c := range commands() {
		for _, args := range [][]string{{"help", c.name}, {c.name, "--help"}} {
			if status, stdout, _ := called(t, nil, args...); status != exitOK || !strings.HasPrefix(stdout, "go run ./local "+c.name) {
				t.Errorf("%q: status %d, output\n%s", args, status, stdout)
			}
		}
	}
}

func TestElectionCanBeCountedBy(t *testing.T) {
	status, stdout, stderr := called(t, nil, "election", "--day", "2026-11-03")
	if status != exitOK {
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

// parsed returns the options that a command line makes.
func parsed(t *testing.T, s *simulation, args ...string) simulate.Options {
	t.Helper()
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	s.define(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	o, err := s.options(flags, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestFlagsComeBeforeTheMix(t *testing.T) {
	o := parsed(t, new(simulation), "--mix", "--malformed", "0", "--duplicates", "0.2", "--votes", "1000")
	mix := simulate.Options{}.WithEverything()
	if o.Malformed != 0 || o.Duplicates != 0.2 || o.Votes != 1000 {
		t.Errorf("flags are lost: %+v", o)
	}
	if o.SecondVotes != mix.SecondVotes || o.Huge != mix.Huge {
		t.Errorf("the mix is lost: %+v", o)
	}
	if o.Voters < 1500 {
		t.Errorf("%d voters for 1,000 votes", o.Voters)
	}
}

func TestRateReplacesTheDay(t *testing.T) {
	if o := parsed(t, new(simulation), "--rate", "50"); o.Rate != 50 || o.DayIn != 0 {
		t.Errorf("rate %v, a day in %v", o.Rate, o.DayIn)
	}
	if o := parsed(t, new(simulation), "--day-in", "20s"); o.DayIn != 20*time.Second {
		t.Errorf("a day in %v", o.DayIn)
	}
}

func TestElectionOf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "e.yaml")
	if err := os.WriteFile(file, []byte("id: e\nname: E\ncandidates: [{id: a, name: A}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		env  map[string]string
		file string
		want string
	}{
		{"nothing", nil, "", ""},
		{"flag", nil, file, "e"},
		{"environment", map[string]string{"ELECTION_FILE": file}, "", "e"},
		{"inline", map[string]string{"ELECTION": `{"id":"i","name":"I","candidates":[{"id":"a","name":"A"}]}`}, "", "i"},
		{"flag before environment", map[string]string{"ELECTION": `{"id":"i","name":"I"}`}, file, "e"},
	} {
		el, err := electionOf(config.FromMap(tt.env), tt.file)
		got := ""
		if el != nil {
			got = el.ID
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: election %q, error %v; want %q", tt.name, got, err, tt.want)
		}
	}
}
