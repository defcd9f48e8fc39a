package election_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/election"
)

func TestMap(t *testing.T) {
	const regions = "regions: [{id: a, name: A}]\n"
	for name, tc := range map[string]struct{ text, problem string }{
		"hexagons":         {"map: {first: hexagons}", ""},
		"data":             {regions + "map: {first: outlines, outlines: {data: '{}', projection: mercator, property: code, object: towns}}", ""},
		"another kind":     {"map: {first: globe}", `map: first is "globe": use tiles, hexagons or outlines`},
		"no outlines":      {"map: {first: outlines}", "map: first is outlines, and there are none"},
		"neither":          {regions + "map: {outlines: {}}", "map: outlines: give a file, or the text of one as data"},
		"both":             {regions + "map: {outlines: {file: a.json, data: '{}'}}", "map: outlines: give a file, or the text of one as data"},
		"another folder":   {regions + "map: {outlines: {file: ../a.json}}", `file "../a.json": write the name of a file that lies beside`},
		"a projection":     {regions + "map: {outlines: {data: '{}', projection: globe}}", `projection "globe": use azimuthal_equal_area`},
		"without regions":  {"map: {outlines: {data: '{}'}}", "the election has no regions"},
		"too large":        {regions + "map: {outlines: {data: '" + strings.Repeat(" ", election.MaxOutlineBytes) + "x'}}", "simplify them first"},
		"a misspelt field": {"map: {frist: tiles}", "there is no field frist"},
	} {
		parses(t, name, tc.text, tc.problem)
	}
}

// Outlines are read from beside the election file, and from nowhere else.
func TestOutlineFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const text = "id: e\nname: E\nregions: [{id: a, name: A}]\nmap: {outlines: {file: a.json}}\n"
	file := write("e.yaml", text)
	from := func(variable, value string) (*election.Election, error) {
		env := config.From(config.FromMap(map[string]string{variable: value}))
		return election.From(env), env.Err()
	}
	fails := func(variable, value, want string) {
		t.Helper()
		if _, err := from(variable, value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", variable, err, want)
		}
	}
	fails("ELECTION_FILE", file, "put the file beside the election file")
	fails("ELECTION", text, "the file a.json is beside no election file: name the election file by ELECTION_FILE")
	write("a.json", "")
	fails("ELECTION_FILE", file, "a.json is empty")
	write("a.json", strings.Repeat("x", election.MaxOutlineBytes+1))
	fails("ELECTION_FILE", file, "simplify them first")
	write("a.json", `{"type":"Topology"}`)
	e, err := from("ELECTION_FILE", file)
	if err != nil {
		t.Fatal(err)
	}
	if o := e.Map.Outlines; o.File != "" || o.Data != `{"type":"Topology"}` {
		t.Errorf("the outlines are %+v", o)
	}
	if kinds := e.Kinds(); !slices.Equal(kinds, []election.MapKind{"tiles", "hexagons", "outlines"}) {
		t.Errorf("kinds of maps: %v", kinds)
	}
	e.Map.First = election.MapOutlines
	if kinds := e.Kinds(); !slices.Equal(kinds, []election.MapKind{"outlines", "tiles", "hexagons"}) {
		t.Errorf("kinds of maps: %v", kinds)
	}
}
