package cli_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/config"
)

// parsed returns the options that a command line makes.
func parsed(t *testing.T, args ...string) simulate.Options {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	s := cli.NewSimulation(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	o, err := s.Options(nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestFlagsComeBeforeTheMix(t *testing.T) {
	o := parsed(t, "--mix", "--malformed", "0", "--duplicates", "0.2", "--votes", "1000")
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
	if o := parsed(t, "--rate", "50"); o.Rate != 50 || o.DayIn != 0 {
		t.Errorf("rate %v, a day in %v", o.Rate, o.DayIn)
	}
	if o := parsed(t, "--day-in", "20s"); o.DayIn != 20*time.Second {
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
		el, err := cli.ElectionOf(config.FromMap(tt.env), tt.file)
		got := ""
		if el != nil {
			got = el.ID
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: election %q, error %v; want %q", tt.name, got, err, tt.want)
		}
	}
}
