package page

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

func TestLayout(t *testing.T) {
	at := func(column, row int) results.Region { return results.Region{Column: &column, Row: &row} }
	some := make([]results.Region, 13)
	for name, tc := range map[string]struct {
		regions []results.Region
		want    []position
		box     string
	}{
		"nothing":              {nil, []position{}, "0 0 500 100"},
		"as the election says": {[]results.Region{at(10, 0), at(0, 7)}, []position{{10, 0}, {0, 7}}, "0 0 1100 800"},
		"an area's":            {[]results.Region{at(5, 6), at(4, 7)}, []position{{1, 0}, {0, 1}}, "0 0 500 200"},
		"one has no position":  {[]results.Region{at(10, 0), {}}, []position{{0, 0}, {1, 0}}, "0 0 500 100"},
		"two at one position":  {[]results.Region{at(3, 3), at(3, 3)}, []position{{0, 0}, {1, 0}}, "0 0 500 100"},
		"more than a row": {some, []position{
			{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}, {10, 0}, {0, 1}, {1, 1},
		}, "0 0 1100 200"},
	} {
		got, columns, rows := squares.layout(tc.regions, nil)
		if diff := cmp.Diff(tc.want, append([]position{}, got...), cmp.AllowUnexported(position{})); diff != "" {
			t.Errorf("%s: positions (-want +got):\n%s", name, diff)
		}
		if got := squares.box(columns, rows); got != tc.box {
			t.Errorf("%s: box %q, want %q", name, got, tc.box)
		}
	}
}

func TestStrength(t *testing.T) {
	leader := "a"
	for _, tc := range []struct {
		leader *string
		margin int64
		share  float64
		want   int
	}{
		{nil, 0, 0, 0},
		{&leader, 0, 0, 0},
		{&leader, 1, 0.0001, 1},
		{&leader, 1, 0.0194, 1},
		{&leader, 1, 0.01996, 2}, // what the page writes as 2.0
		{&leader, 1, 0.05, 3},
		{&leader, 1, 0.1, 4},
		{&leader, 1, 1, 4},
	} {
		if got := strength(results.Region{Place: results.Place{Leader: tc.leader, Margin: tc.margin, MarginShare: &tc.share}}); got != tc.want {
			t.Errorf("strength of a lead of %v is %d, want %d", tc.share, got, tc.want)
		}
	}
}

func TestCodes(t *testing.T) {
	for _, tc := range []struct{ ids, names, want []string }{
		{[]string{"TX", "D-07", "north", "ÅÄÖØÆ"}, []string{"Texas", "Seven", "Upper side", "North side"}, []string{"TX", "D-07", "Upp.", "Nor."}},
		// An open ballot has no ids: the names are all there is.
		{nil, []string{"New York", "New Jersey", "North Dakota", "Texas"}, []string{"NY", "NJ", "Nor.", "Tex."}},
		{nil, []string{"Alabama", "Alaska", "Mississippi", "Missouri", "Iowa"}, []string{"Alb.", "Als.", "Mii.", "Mio.", "Iowa"}},
		{nil, []string{"Élysée-A", "Élysée-B", "Nord-de-l'", "N"}, []string{"ÉlA.", "ÉlB.", "Nor.", "N"}},
		{[]string{"five letters", "no name"}, []string{"A", ""}, []string{"A.", "."}},
	} {
		var list []results.Region
		for i, name := range tc.names {
			id := name
			if tc.ids != nil {
				id = tc.ids[i]
			}
			list = append(list, results.Region{State: id, Name: name})
		}
		if diff := cmp.Diff(tc.want, codes(list)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.names, diff)
		}
	}
}

// Odd rows of hexagons are shifted, also where an area begins with one.
func TestHexagons(t *testing.T) {
	at := func(column, row int) results.Region { return results.Region{Column: &column, Row: &row} }
	got, columns, rows := hexagons.layout([]results.Region{at(2, 3), at(2, 4), at(3, 5)}, nil)
	var corners [][2]int
	for _, where := range got {
		x, y := hexagons.corner(where)
		corners = append(corners, [2]int{x, y})
	}
	if diff := cmp.Diff([][2]int{{50, 87}, {0, 173}, {150, 260}}, corners); diff != "" {
		t.Errorf("corners (-want +got):\n%s", diff)
	}
	if got := hexagons.box(columns, rows); got != "0 0 550 375" {
		t.Errorf("box %q", got)
	}
}

// Without positions the regions of an area are beside one another, each at a position of its own,
// and borders run between areas only.
func TestCluster(t *testing.T) {
	var list []results.Region
	areas := []results.Area{{ID: "large", Name: "Large"}, {ID: "small", Name: "Small"}, {ID: "middle", Name: "Middle"}}
	for i := range 650 {
		list = append(list, results.Region{Parent: []string{"large", "middle", "large", "small", "large"}[i%5]})
	}
	at, columns, rows := hexagons.layout(list, areas)
	taken := map[position]string{}
	for i, where := range at {
		if where.column < 0 || where.column >= columns || where.row < 0 || where.row >= rows || taken[where] != "" {
			t.Fatalf("region %d is at %v of %d by %d, where %q is", i, where, columns, rows, taken[where])
		}
		taken[where] = list[i].Parent
	}
	within := 0 // edges with one area on both sides
	for where, parent := range taken {
		for _, e := range hexagons.edges(where) {
			if taken[e.to] == parent {
				within++
			}
		}
	}
	borders, names := hexagons.areas(list, at, areas)
	between := len(borders)
	if between == 0 || between > 100 || within < 1600 {
		t.Errorf("%d edges are borders, and %d aren't", between, within)
	}
	for i, n := range names {
		x, y := n.X/tileSize, int(float64(n.Y)/hexagons.pitch)
		if got := taken[position{min(x, columns-1), y}]; n.Name != areas[i].Name || got != areas[i].ID {
			t.Errorf("the name %q stands in the area %q", n.Name, got)
		}
	}
}
