package electionfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/electionfile"
)

// An election is read from where the environment says, with the outlines beside it and from
// nowhere else. A test of terraform reads one from Cloud Storage.
func TestFrom(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const (
		text     = "id: mayor\nname: Mayor\nregions: [{id: a, name: A}]\n"
		outlined = text + "map: {outlines: {file: %.json}}\n"
	)
	path := write("election.yaml", text)
	large := strings.Repeat(" ", election.MaxFileBytes+1)
	write("empty.json", "")
	write("large.json", large)
	write("good.json", `{"type":"Topology"}`)
	of := func(outlines string) string { return strings.Replace(outlined, "%", outlines, 1) }
	for _, tt := range []struct {
		name     string
		settings map[string]string
		want     string // id
		problem  string
	}{
		{"open ballot", nil, "open", ""},
		{"file", map[string]string{"ELECTION_FILE": path}, "mayor", ""},
		{"inline", map[string]string{"ELECTION": text}, "mayor", ""},
		{"both", map[string]string{"ELECTION": text, "ELECTION_FILE": path}, "open", "keep one"},
		{"no file", map[string]string{"ELECTION_FILE": path + "x"}, "open", "ELECTION_FILE can't be used"},
		{"bad text", map[string]string{"ELECTION": "{}"}, "open", "ELECTION can't be used"},
		{"large", map[string]string{"ELECTION_FILE": write("large.yaml", text+large)}, "open", "shorten biographies"},
		{"outlines", map[string]string{"ELECTION_FILE": write("1.yaml", of("good"))}, "mayor", ""},
		{"no outlines", map[string]string{"ELECTION_FILE": write("2.yaml", of("none"))}, "open", "put the file beside the election file"},
		{"empty outlines", map[string]string{"ELECTION_FILE": write("3.yaml", of("empty"))}, "open", "empty.json is empty"},
		{"large outlines", map[string]string{"ELECTION_FILE": write("4.yaml", of("large"))}, "open", "simplify them first"},
		{"outlines of a text", map[string]string{"ELECTION": of("good")}, "open", "good.json is beside no election file"},
		{"no object", map[string]string{"ELECTION_FILE": "gs://bucket"}, "open", "write gs://bucket/name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := config.From(config.FromMap(tt.settings))
			e := electionfile.From(env)
			if e.ID != tt.want {
				t.Errorf("election %q, want %q", e.ID, tt.want)
			}
			if err := env.Err(); (err != nil) != (tt.problem != "") || (err != nil && !strings.Contains(err.Error(), tt.problem)) {
				t.Errorf("problem %v, want %q", err, tt.problem)
			}
			if tt.name == "outlines" && *e.Map.Outlines != (election.Outlines{Data: `{"type":"Topology"}`}) {
				t.Errorf("the outlines are %+v", e.Map.Outlines)
			}
		})
	}
}
