package election_test

import (
	"testing"
)

func TestAreas(t *testing.T) {
	for name, tc := range map[string]struct{ text, problem string }{
		"two levels":       {"areas: [{id: n, name: North}, {id: s, name: South}]\nregions: [{id: a, name: A, parent: n}, {id: b, name: B, parent: s}]", ""},
		"alike in name":    {"areas: [{id: n, name: York}]\nregions: [{id: a, name: York, parent: n}]", ""},
		"no parent":        {"areas: [{id: n, name: North}]\nregions: [{id: a, name: A, parent: n}, {id: b, name: B}]", "regions[1] (b): parent is missing"},
		"another parent":   {"areas: [{id: n, name: North}]\nregions: [{id: a, name: A, parent: n}, {id: b, name: B, parent: x}]", `regions[1] (b): parent "x" isn't the id of an area`},
		"no areas":         {"regions: [{id: a, name: A, parent: n}]", `parent "n" isn't the id of an area`},
		"without a region": {"areas: [{id: n, name: North}, {id: s, name: South}]\nregions: [{id: a, name: A, parent: n}]", "areas[1] (s): no region has it as its parent"},
		"twice":            {"areas: [{id: n, name: North}, {id: n, name: South}]\nregions: [{id: a, name: A, parent: n}]", `areas[1]: id "n" is taken`},
		"no name":          {"areas: [{id: n}]\nregions: [{id: a, name: A, parent: n}]", "areas[0] (n): name is missing"},
		"as a region":      {"areas: [{id: A, name: North}]\nregions: [{id: a, name: A, parent: A}]", `areas[0]: id "A" is that of a region`},
	} {
		parses(t, name, tc.text, tc.problem)
	}
}
