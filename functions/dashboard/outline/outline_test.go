package outline

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/shared/election"
)

// of is an election with outlines and two regions.
func of(data string, more election.Outlines) *election.Election {
	more.Data = data
	if more.Projection == "" {
		more.Projection = election.Planar
	}
	return &election.Election{
		Regions: []election.Region{{ID: "W", Name: "West side", Aliases: []string{"17"}}, {ID: "E", Name: "East side"}},
		Map:     &election.Map{Outlines: &more},
	}
}

// feature of GeoJSON, with an id and a ring.
func geo(id string, ring string) string {
	return fmt.Sprintf(`{"type":"Feature","id":%s,"properties":{"name":%s},"geometry":{"type":"Polygon","coordinates":[%s]}}`, id, id, ring)
}

const (
	west = `[[0,0],[10,0],[10,10],[0,10],[0,0]]`
	east = `[[10,0],[20,0],[20,10],[10,10],[10,0]]`
)

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// Two squares with a border in common, in each form and by each name.
func TestForms(t *testing.T) {
	want := map[string]string{"W": "M0 0l4000 0 0 4000-4000 0z", "E": "M4000 0l4000 0 0 4000-4000 0z"}
	topology := func(more string) string {
		return `{"type":"Topology",` + more + `"objects":{"towns":{"type":"GeometryCollection","geometries":[
			{"type":"Polygon","id":"W","arcs":[[0,1]]},{"type":"MultiPolygon","id":"E","arcs":[[[-1,2]]]}]}},"arcs":`
	}
	for name, e := range map[string]*election.Election{
		"GeoJSON":    of(collection(geo(`"W"`, west), geo(`"E"`, east)), election.Outlines{}),
		"by name":    of(collection(geo(`"west  SIDE"`, west), geo(`"East side"`, east)), election.Outlines{Property: "name"}),
		"a number":   of(collection(geo(`17`, west), geo(`"E"`, east)), election.Outlines{}),
		"TopoJSON":   of(topology("")+`[[[10,0],[10,10]],[[10,10],[0,10],[0,0],[10,0]],[[10,0],[20,0],[20,10],[10,10]]]}`, election.Outlines{}),
		"quantized":  of(topology(`"transform":{"scale":[2,5],"translate":[10,0]},`)+`[[[0,0],[0,2]],[[0,2],[-5,0],[0,-2],[5,0]],[[0,0],[5,0],[0,2],[-5,0]]]}`, election.Outlines{Object: "towns"}),
		"other ways": of(collection(geo(`"W"`, `[[10,10],[10,0],[0,0],[0,10],[10,10]]`), geo(`"E"`, east)), election.Outlines{}),
	} {
		o, err := New(e)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for id, path := range want {
			if diff := cmp.Diff(corners(t, path), corners(t, pathOf(t, o, id))); diff != "" {
				t.Errorf("%s: %s is %s (-want +got):\n%s", name, id, pathOf(t, o, id), diff)
			}
		}
	}
}

func pathOf(t *testing.T, o *Outlines, id string) string {
	t.Helper()
	var paths map[string]string
	if err := json.Unmarshal(o.Paths, &paths); err != nil {
		t.Fatal(err)
	}
	return paths[id]
}

// corners are the points of a path, in the order of their coordinates.
func corners(t *testing.T, path string) map[orb.Point]bool {
	t.Helper()
	at, set := orb.Point{}, map[orb.Point]bool{}
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == 'z' }) {
		numbers := regexp.MustCompile(`-?\d+`).FindAllString(part, -1)
		if len(numbers)%2 != 0 || len(numbers) < 6 {
			t.Fatalf("%q isn't a path", path)
		}
		for i := 0; i < len(numbers); i += 2 {
			x, errX := strconv.ParseFloat(numbers[i], 64)
			y, errY := strconv.ParseFloat(numbers[i+1], 64)
			if errX != nil || errY != nil {
				t.Fatalf("%q isn't a path", path)
			}
			if i == 0 {
				at = orb.Point{}
			}
			at = orb.Point{at[0] + x, at[1] + y}
			set[at] = true
		}
	}
	return set
}

func TestMistakes(t *testing.T) {
	one := geo(`"W"`, west)
	for _, tc := range []struct {
		data string
		more election.Outlines
		want string
	}{
		{`not JSON`, election.Outlines{}, "neither TopoJSON nor GeoJSON"},
		{`{"type":"Point"}`, election.Outlines{}, `their type is "Point"`},
		{collection(), election.Outlines{}, "they have no features"},
		{collection(one), election.Outlines{}, "there are none of E (East side)"},
		{collection(one, geo(`"E"`, east), geo(`"N"`, west)), election.Outlines{}, "N are no regions"},
		{collection(one, geo(`"Est"`, east)), election.Outlines{}, "none of E (East side), and those of Est, which are no regions"},
		{collection(geo(`"a"`, west), geo(`"b"`, east)), election.Outlines{}, "none of a, b is a region: choose by property"},
		{collection(one), election.Outlines{Property: "code"}, `feature 0 has no property "code"`},
		{collection(geo(`null`, west)), election.Outlines{}, "feature 0 has no id"},
		{collection(one), election.Outlines{Object: "towns"}, "leave object out"},
		{collection(geo(`"W"`, `[[0,0],[1,1],[0,0]]`)), election.Outlines{}, `the outline "W": a ring has 3 points`},
		{collection(geo(`"W"`, `[[0,0],[1,0],[1,1],[0,1]]`)), election.Outlines{}, "a ring needs four, and an end where it begins"},
		{collection(strings.Replace(one, `"Polygon"`, `"LineString"`, 1)), election.Outlines{}, `it is of type "LineString"`},
		{collection(`{"type":"Feature","id":"W"}`), election.Outlines{}, "it has no geometry"},
		{collection(one, geo(`"E"`, `[[1000,0],[2000,0],[2000,10],[1000,10],[1000,0]]`)), election.Outlines{Projection: election.Mercator}, "isn't in degrees"},
		{collection(geo(`"W"`, `[[1,1],[1,1],[1,1],[1,1]]`), geo(`"E"`, `[[1,1],[1,1],[1,1],[1,1]]`)), election.Outlines{}, "an outline has an area"},
		{`{"type":"Topology","objects":{"a":{},"b":{}},"arcs":[]}`, election.Outlines{}, `their objects are ["a" "b"]`},
		{`{"type":"Topology","objects":{"a":{"type":"Polygon","id":"W","arcs":[[7]]}},"arcs":[]}`, election.Outlines{}, "arc 7 doesn't exist"},
		{`{"type":"Topology","objects":{"a":{"type":"Point","id":"W"}},"arcs":[]}`, election.Outlines{}, `it is of type "Point"`},
	} {
		o, err := New(of(tc.data, tc.more))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s\ngives %v, %v; want an error with %q", tc.data, o, err, tc.want)
		}
	}
	if o, err := New(&election.Election{}); o != nil || err != nil {
		t.Errorf("without outlines there are %v, %v", o, err)
	}
}

// Neighbours keep the border that they have in common, however simple it becomes, and a region
// that is too small to be seen is there.
func TestBorders(t *testing.T) {
	var border []orb.Point // zigzag that rises
	for i := range 400 {
		border = append(border, orb.Point{1000 + 0.5*float64(i%2), float64(i)})
	}
	a := append(orb.Ring{{0, 399}, {0, 0}}, border...)
	b := orb.Ring{{2000, 0}, {2000, 399}}
	for _, p := range border {
		b = append(orb.Ring{p}, b...)
	}
	speck := orb.Ring{{1500, 100}, {1500.1, 100}, {1500.1, 100.1}, {1500, 100}}
	closed := func(r orb.Ring) orb.MultiPolygon { return orb.MultiPolygon{{append(r, r[0])}} }
	all, err := place([]feature{{"a", closed(a)}, {"b", closed(b)}, {"c", orb.MultiPolygon{{speck}}}})
	if err != nil {
		t.Fatal(err)
	}
	o, err := draw(all)
	if err != nil {
		t.Fatal(err)
	}
	left, right := corners(t, pathOf(t, o, "a")), corners(t, pathOf(t, o, "b"))
	common := 0
	for p := range left {
		if right[p] {
			common++
		} else if p[0] > 0 {
			t.Errorf("the left has %v, and the right hasn't", p)
		}
	}
	if common < 2 || common == len(border) {
		t.Errorf("%d points of the border are left of %d", common, len(border))
	}
	if got := o.Shapes["c"].Bound; got.Max[0]-got.Min[0] != dot {
		t.Errorf("the speck is %v", got)
	}
	if s := o.Shapes["a"]; s.Room < 700 || s.Room > 800 || math.Abs(s.Label[1]-800) > 120 {
		t.Errorf("the label of a is at %v with room %v", s.Label, s.Room)
	}
}

// Areas are as they are on the globe: by Lambert's projection, in which a square degree at 60
// degrees is half as large as one at the equator; also beyond the 180th meridian.
func TestProjections(t *testing.T) {
	square := func(lon, lat float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{lon, lat}, {lon + 1, lat}, {lon + 1, lat + 1}, {lon, lat + 1}, {lon, lat}}}}
	}
	for how, want := range map[election.Projection]float64{"": 0.5, election.AzimuthalEqualArea: 0.5, election.Mercator: 2} {
		features := []feature{{"north", square(-180, 59.5)}, {"south", square(179, -0.5)}}
		if how == election.Mercator {
			features = []feature{{"north", square(0, 59.5)}, {"south", square(0, -0.5)}}
		}
		if err := flatten(features, how); err != nil {
			t.Fatal(err)
		}
		area := func(i int) float64 { return ring(features[i].polygons[0][0]).area() }
		got := area(0) / area(1)
		if math.Abs(got-want) > 0.02 {
			t.Errorf("%q: the northern square is %v of the southern one, want %v", how, got, want)
		}
		if n, s := features[0].polygons.Bound(), features[1].polygons.Bound(); n.Max[1] > s.Min[1] {
			t.Errorf("%q: the north %v isn't above the south %v", how, n, s)
		}
	}
	for how, lat := range map[election.Projection]float64{election.Mercator: 89, "": 90} {
		if err := flatten([]feature{{"pole", square(0, lat)}}, how); err == nil {
			t.Errorf("%q takes a latitude of %v", how, lat+1)
		}
	}
}

// The outlines of the election that is built in: every state, within the limit, its label in it.
func TestStates(t *testing.T) {
	e := sample.CountryElection(t)
	o, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Shapes) != 51 || len(o.Paths) > MaxBytes/4 {
		t.Errorf("%d states in %d bytes", len(o.Shapes), len(o.Paths))
	}
	for id, s := range o.Shapes {
		if !s.Bound.Contains(s.Label) || pathOf(t, o, id) == "" {
			t.Errorf("%s has its label at %v, outside of %v", id, s.Label, s.Bound)
		}
	}
	if o.Shapes["ME"].Label[0] < o.Shapes["WA"].Label[0] || o.Shapes["FL"].Label[1] < o.Shapes["MI"].Label[1] {
		t.Error("north isn't above, or east isn't right")
	}
}

// Outlines that are too large are simplified further, and refused where that doesn't do.
func TestLimit(t *testing.T) {
	islands := func(n int, size float64) map[string][]ring {
		all := map[string][]ring{}
		for i := range n {
			x, y := float64(i%100)*80, float64(i/100)*80
			all[strconv.Itoa(i)] = []ring{{{x, y}, {x + size, y}, {x + size, y + 5}, {x + size - 5, y + size}, {x, y + size}, {x, y}}}
		}
		return all
	}
	o, err := draw(islands(7000, 70))
	if err != nil || len(o.Paths) > MaxBytes {
		t.Errorf("7,000 islands: %v", err)
	}
	if _, err := draw(islands(10_000, 70)); err == nil || !strings.Contains(err.Error(), "when they are as simple as can be") {
		t.Errorf("10,000 islands: %v", err)
	}
}

// Holes run the other way than what they lie in, however the file has them, and so do islands in them.
func TestHolesRunTheOtherWay(t *testing.T) {
	box := func(from, to float64, reversed bool) ring {
		r := ring{{from, from}, {to, from}, {to, to}, {from, to}, {from, from}}
		if reversed {
			slices.Reverse(r)
		}
		return r
	}
	for turns := range 16 {
		rings := []ring{box(0, 90, turns&1 > 0), box(10, 50, turns&2 > 0), box(20, 40, turns&4 > 0), box(60, 80, turns&8 > 0)}
		for i, hole := range []bool{false, true, false, true} {
			if got := orb.Ring(turned(slices.Clone(rings))[i]).Orientation() == orb.CW; got != hole {
				t.Errorf("of %v ring %d runs clockwise: %v, want %v", rings, i, got, hole)
			}
		}
	}
}
