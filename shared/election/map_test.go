package election_test

import (
	"fmt"
	"strings"
	"testing"

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
		"too large":        {regions + "map: {outlines: {data: '" + strings.Repeat(" ", election.MaxFileBytes) + "x'}}", "simplify them first"},
		"a misspelt field": {"map: {frist: tiles}", "there is no field frist"},
	} {
		parses(t, name, tc.text, tc.problem)
	}
}

// What is shown first stands at the front.
func TestKinds(t *testing.T) {
	for first, want := range map[election.MapKind]string{"": "[tiles hexagons outlines]", "hexagons": "[hexagons tiles outlines]", "outlines": "[outlines tiles hexagons]"} {
		e := election.Election{Map: &election.Map{First: first, Outlines: &election.Outlines{}}}
		if got := fmt.Sprint(e.Kinds()); got != want {
			t.Errorf("%q first: %s, want %s", first, got, want)
		}
	}
	if got := fmt.Sprint(election.OpenBallot().Kinds()); got != "[tiles hexagons]" {
		t.Errorf("an open ballot has the maps %s", got)
	}
}
