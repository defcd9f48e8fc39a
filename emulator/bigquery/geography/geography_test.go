package geography

import (
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// short rounds coordinates to 5 digits.
func short(wkt string) string {
	return regexp.MustCompile(`\d+\.\d+`).ReplaceAllStringFunc(wkt, func(s string) string {
		f, _ := strconv.ParseFloat(s, 64)
		return strconv.FormatFloat(math.Round(f*1e5)/1e5, 'f', -1, 64)
	})
}

// parse reads WKT that is valid.
func parse(t *testing.T, wkt string) *Geography {
	t.Helper()
	g, err := FromText(wkt, Options{})
	if err != nil {
		t.Fatalf("%s: %v", wkt, err)
	}
	return g
}

// Texts are read and written as BigQuery's documentation shows.
func TestText(t *testing.T) {
	for wkt, want := range map[string]string{
		"point( 1.5 2.5 )":                        "POINT(1.5 2.5)",
		"POINT(-0.0 1e-7)":                        "POINT(0 1e-07)",
		"POINT(190 0)":                            "POINT(-170 0)",
		"POINT EMPTY":                             "GEOMETRYCOLLECTION EMPTY",
		"fullglobe":                               "FULLGLOBE",
		"MULTIPOINT((0 0), 1 1, EMPTY)":           "MULTIPOINT(0 0, 1 1)",
		"MULTIPOINT(1 1, 2 2, 4 4, 5 2)":          "MULTIPOINT(1 1, 2 2, 5 2, 4 4)",
		"MULTIPOINT(2 11, 4 12, 0 15, 1 9, 1 12)": "MULTIPOINT(1 9, 4 12, 2 11, 1 12, 0 15)",
		"GEOMETRYCOLLECTION(MULTIPOINT(-1 2, 0 12), LINESTRING(-2 4, 0 6))": "GEOMETRYCOLLECTION(MULTIPOINT(-1 2, 0 12), LINESTRING(-2 4, 0 6))",
		"MULTILINESTRING((2 2, 3 4), (5 6, 7 7))":                           "MULTILINESTRING((2 2, 3 4), (5 6, 7 7))",
		"POLYGON((0 0, 0 2, 2 2, 2 0, 0 0))":                                "POLYGON((2 0, 2 2, 0 2, 0 0, 2 0))",
		"POLYGON((0 0, 10 0, 10 10, 0 0), (4 2, 6 2, 8 6, 4 2))":            "POLYGON((0 0, 10 0, 10 10, 0 0), (8 6, 6 2, 4 2, 8 6))",
		"MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((3 3, 4 3, 4 4, 3 3)))":      "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((3 3, 4 3, 4 4, 3 3)))",
		"LINESTRING(0 1, 4 3, 2 6, 0 1)":                                    "LINESTRING(0 1, 4 3, 2 6, 0 1)",
		"LINESTRING(0 0, 1 0, 1 1, 0 0, 5 5)":                               "LINESTRING(0 0, 1 0, 1 1, 0 0, 5 5)",
		"POLYGON((40 2, 40 1, 41 2, 40 2))":                                 "POLYGON((40 2, 40 1, 41 2, 40 2))",
	} {
		g := parse(t, wkt)
		if got := g.Text(); got != want {
			t.Errorf("%s: %s, want %s", wkt, got, want)
		}
		back, err := Decode(g.Encode())
		if err != nil || back.Text() != want || back.Encode() != g.Encode() {
			t.Errorf("%s is stored as %v, %v", wkt, back, err)
		}
	}
}

func TestBadText(t *testing.T) {
	for wkt, want := range map[string]string{
		"POINT(0 91)":                        "Latitude must be between -90 and 90",
		"POINT Z (0 0 0)":                    "Z or M",
		"POINT(0)":                           "Invalid WKT at ')'",
		"POINT(0 0, 1 1)":                    "exactly one position",
		"CIRCLE(0 0)":                        "Invalid WKT at 'CIRCLE",
		"POINT(0 0) x":                       "Invalid WKT at 'x'",
		"LINESTRING(0 0)":                    "at least two",
		"POLYGON((0 -1, 2 1, 2 -1, 0 1))":    "not closed",
		"POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))": "Invalid polygon loop: Edge 0 crosses edge 2",
		"POLYGON((0 0, 1 0, 0 0, 1 1, 0 0))": "Edge 0 has duplicate vertex with edge 2",
		"POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (10 10, 11 10, 11 11, 10 10))":   "first loop must be shell",
		"POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (3 3, 5 3, 5 4, 3 3))":           "cross",
		"MULTIPOLYGON(((0 0, 4 0, 4 4, 0 0)), ((1 0.5, 2 0.5, 2 1, 1 0.5)))": "overlap",
	} {
		if _, err := FromText(wkt, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", wkt, err, want)
		}
	}
}

func TestOrientation(t *testing.T) {
	g, err := FromText("POLYGON((0 0, 0 2, 2 2, 2 0, 0 0))", Options{Oriented: true})
	if err != nil {
		t.Fatal(err)
	}
	if p := parse(t, "POINT(1 1)"); Contains(g, p) || !Contains(g, parse(t, "POINT(100 1)")) {
		t.Error("a polygon is on the left of its ring")
	}
	if area := g.Area(); area < 5e14 {
		t.Errorf("the area outside of a square is %g", area)
	}
	if got := g.Text(); got != "POLYGON((0 0, 0 2, 2 2, 2 0, 0 0))" {
		t.Error(got)
	}
}

// BigQuery gave these.
func TestGeoJSON(t *testing.T) {
	for wkt, want := range map[string]string{
		"POINT EMPTY":                             `{ "type": "GeometryCollection", "geometries": [ ] } `,
		"POINT(3 4)":                              `{ "type": "Point", "coordinates": [3, 4] } `,
		"LINESTRING(0 0, 1 1, 2 2)":               `{ "type": "LineString", "coordinates": [ [0, 0], [1, 1], [1.49988573656168, 1.5000570914792], [2, 2] ] } `,
		"LINESTRING(1 1, 3 2)":                    `{ "type": "LineString", "coordinates": [ [1, 1], [1.99977145571783, 1.50022838764041], [2.49981908082299, 1.75018082434274], [3, 2] ] } `,
		"MULTILINESTRING((0 0, 1 1), (2 2, 3 3))": `{ "type": "MultiLineString", "coordinates": [ [ [0, 0], [1, 1] ], [ [2, 2], [2.49980948352557, 2.5000950751632], [3, 3] ] ] } `,
	} {
		if got, err := parse(t, wkt).JSON(); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", wkt, got, err, want)
		}
	}
	for text, want := range map[string]string{
		`{"type":"Point","coordinates":[3,4]}`:                                                                                                       "POINT(3 4)",
		`{ "type": "Polygon", "coordinates": [ [ [2, 0], [2, 2], [1, 2], [0, 2], [0, 0], [2, 0] ] ] }`:                                               "POLYGON((2 0, 2 2, 1 2, 0 2, 0 0, 2 0))",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[0,0]},{"type":"MultiLineString","coordinates":[[[0,0],[0,1]]]}]}`: "GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(0 0, 0 1))",
	} {
		if g, err := FromJSON(text); err != nil || g.Text() != want {
			t.Errorf("%s: %v, %v, want %s", text, g, err, want)
		}
	}
	for _, text := range []string{"", "{}", `{"type":"Feature"}`, `{"type":"Point","coordinates":[1,2,3]}`, `{"type":"Point","coordinates":[[1,2]]}`} {
		if _, err := FromJSON(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestWKB(t *testing.T) {
	b, err := parse(t, "POINT(1 1)").Binary()
	if got := hex.EncodeToString(b); err != nil || got != "0101000000feffffffffffef3f000000000000f03f" {
		t.Errorf("POINT(1 1) is %s, %v", got, err)
	}
	data, _ := hex.DecodeString("010200000002000000feffffffffffef3f000000000000f03f01000000000008400000000000000040")
	for planar, want := range map[bool]string{true: "LINESTRING(1 1, 2 1.5, 2.5 1.75, 3 2)", false: "LINESTRING(1 1, 3 2)"} {
		if g, err := FromBinary(data, Options{Planar: planar}); err != nil || g.Text() != want {
			t.Errorf("planar %v: %v, %v, want %s", planar, g, err, want)
		}
	}
	for _, wkt := range []string{
		"MULTIPOINT(0 0, 1 1)", "GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(1 2, 2 1))", "MULTILINESTRING((2 2, 3 4), (5 6, 7 7))",
		"MULTIPOLYGON(((0 0, 10 0, 10 10, 0 0), (8 6, 6 2, 4 2, 8 6)), ((20 3, 21 3, 21 4, 20 3)))", "GEOMETRYCOLLECTION EMPTY",
	} {
		b, err := parse(t, wkt).Binary()
		if err != nil {
			t.Fatal(err)
		}
		if g, err := FromBinary(b, Options{}); err != nil || g.Text() != wkt {
			t.Errorf("%s comes back as %v, %v", wkt, g, err)
		}
		for n := range len(b) - 1 {
			if _, err := FromBinary(b[:n], Options{}); err == nil {
				t.Errorf("%d bytes of %s are taken", n, wkt)
			}
		}
	}
}

// The values of BigQuery's documentation.
func TestMeasures(t *testing.T) {
	point := func(x, y float64) *Geography { return parse(t, fmt.Sprintf("POINT(%v %v)", x, y)) }
	angle := func(a, b, c *Geography) float64 {
		v, _ := Angle(a.Points[0], b.Points[0], c.Points[0])
		return v
	}
	line := parse(t, "LINESTRING(1 1, 5 5)").Lines[0]
	geo1, geo2 := parse(t, "LINESTRING(20 70, 70 60, 10 70, 70 70)"), parse(t, "LINESTRING(20 90, 30 90, 60 10, 90 10)")
	for i, c := range []struct{ got, want float64 }{
		{Distance(point(0, 80), point(10, 80)), 192850.64753185026},
		{Distance(point(-73.9857, 40.7580), point(-73.9857, 40.7670)), 1000.7559105974154},
		{Distance(point(-74.0060, 40.7128), point(-118.2437, 34.0522)), 3935752.432205476},
		{parse(t, "LINESTRING(-122.4194 37.7749, -118.2437 34.0522)").Length(), 559121.4546640908},
		{parse(t, "LINESTRING(-73.9857 40.7580, -73.9857 40.8480)").Length(), 10007.559105973372},
		{angle(point(1, 0), point(0, 0), point(0, 1)), 4.71238898038469},
		{angle(point(0, 0), point(1, 0), point(0, 1)), 0.78547432161873854},
		// What BigQuery DataFrames documents, of 14 digits.
		{parse(t, "POLYGON((0 0, 0.1 0.1, 0 0.1, 0 0))").Area(), 61821689.855985},
		{parse(t, "POLYGON((0.1 0.4, 0.9 0.5, 0.1 0.5, 0.1 0.4))").Area(), 494563347.88721},
		{parse(t, "POLYGON((0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))").Area(), 61821689.855841},
		{HausdorffDistance(geo1, geo2, true), 1688933.9832041925},
		{HausdorffDistance(geo2, geo1, true), 5802892.745488612},
		{HausdorffDistance(geo1, geo2, false), 5802892.745488612},
		{Locate(line, point(1, 0).Points[0]), 0},
		{Locate(line, point(2, 2).Points[0]), 0.25015214685147907},
		{Locate(line, point(3, 3).Points[0]), 0.5002284283637185},
		{Locate(line, point(4, 4).Points[0]), 0.7501905913884388},
		{Locate(line, point(6, 5).Points[0]), 1},
	} {
		if math.Abs(c.got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("%d: %v, want %v: %g off", i, c.got, c.want, (c.got-c.want)/c.want)
		}
	}
}

func TestBound(t *testing.T) {
	a := parse(t, "POLYGON((-125 48, -124 46, -117 46, -117 49, -125 48))")
	b := parse(t, "POLYGON((172 53, -130 55, -141 70, 172 53))")
	for i, c := range []struct {
		list []*Geography
		want Box
	}{
		{[]*Geography{a}, Box{-125, 46, -117, 49}},
		{[]*Geography{b}, Box{172, 53, 230, 70}},
		{[]*Geography{a, b, {}}, Box{172, 46, 243, 70}},
	} {
		got, ok := Bound(c.list, true)
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Abs(b) }
		if !ok || !near(got.West, c.want.West) || !near(got.South, c.want.South) || !near(got.East, c.want.East) || !near(got.North, c.want.North) {
			t.Errorf("%d: %v, want %v", i, got, c.want)
		}
	}
}

func TestTransformations(t *testing.T) {
	text := func(g *Geography, err error) string {
		if err != nil {
			return err.Error()
		}
		return g.Text()
	}
	ok := func(g *Geography) string { return g.Text() }
	union := func(a, b string) string { return text(Union(parse(t, a), parse(t, b))) }
	intersection := func(a, b string) string { return text(Intersection(parse(t, a), parse(t, b))) }
	difference := func(a, b string) string { return text(Difference(parse(t, a), parse(t, b))) }
	makeLine := func(list ...string) string {
		var gs []*Geography
		for _, s := range list {
			gs = append(gs, parse(t, s))
		}
		return text(MakeLine(gs))
	}
	geo1 := parse(t, "LINESTRING(20 70, 70 60, 10 70, 70 70)").Lines[0]
	for i, c := range [][2]string{
		{difference("POLYGON((0 0, 10 0, 10 10, 0 0))", "POLYGON((4 2, 6 2, 8 6, 4 2))"), "POLYGON((0 0, 10 0, 10 10, 0 0), (8 6, 6 2, 4 2, 8 6))"},
		{union("LINESTRING(-122.12 47.67, -122.19 47.69)", "LINESTRING(-122.12 47.67, -100.19 47.69)"), "LINESTRING(-100.19 47.69, -122.12 47.67, -122.19 47.69)"},
		{makeLine("POINT(1 2)", "POINT(2 3)"), "LINESTRING(1 2, 2 3)"},
		{makeLine("POINT(1 2)", "POINT(1 2)"), "POINT(1 2)"},
		{makeLine("LINESTRING(1 2, 2 3)", "LINESTRING(2 3, 3 4)", "LINESTRING(3 4, 4 5)"), "LINESTRING(1 2, 2 3, 3 4, 4 5)"},
		{makeLine("LINESTRING(1 0, 10 0)", "LINESTRING(10 0, 5 0)", "LINESTRING(5 0, 5 4)"), "MULTILINESTRING((1 0, 5 0, 10 0), (5 0, 5 4))"},
		{ok(Point(Interpolate(parse(t, "LINESTRING(1 1, 5 5)").Lines[0], 0.5))), "POINT(2.99633827268976 3.00182528336078)"},
		{ok(Substring(geo1, 0.5, 1)), "LINESTRING(49.4760661523471 67.2419539103851, 10 70, 70 70)"},
		{ok(Substring(geo1, 0.5, 0.5)), "POINT(49.4760661523471 67.2419539103851)"},
		{text(parse(t, "POINT(1 1)").ConvexHull()), "POINT(0.999999999999943 1)"},
		{text(parse(t, "LINESTRING(1 1, 2 2)").ConvexHull()), "LINESTRING(2 2, 1.49988573656168 1.5000570914792, 1 1)"},
		{text(parse(t, "MULTIPOINT(2 11, 4 12, 0 15, 1 9, 1 12)").ConvexHull()), "POLYGON((1 9, 4 12, 0 15, 1 9))"},
		{ok(Point(Centroid(parse(t, "POINT(1 5)"), parse(t, "POINT(1 2)"), parse(t, "POINT(1 -1)"), parse(t, "POINT(1 -1)")))), "POINT(1 1.24961422620969)"},
		{ok(Point(Centroid(parse(t, "MULTIPOINT(1 5, 1 2, 1 -1)")))), "POINT(1 2)"},
		{ok(Point(Centroid(parse(t, "POINT(50 26)"), parse(t, "LINESTRING(0 -1, 0 1)"), parse(t, "LINESTRING(0 1, 0 3)")))), "POINT(0 1)"},
		{ok(parse(t, "POLYGON((0 0, 1 1, 0 1, 0 0))").Boundary()), "LINESTRING(0 0, 1 1, 0 1, 0 0)"},
		{ok(parse(t, "LINESTRING(0 0, 1 1, 1 0)").Boundary()), "MULTIPOINT(0 0, 1 0)"},
		// What BigQuery DataFrames documents, rounded to 1e-5°.
		{short(difference("POLYGON((0 0, 2 2, 0 2, 0 0))", "POLYGON((0 0, 1 1, 0 1, 0 0))")), "POLYGON((0.99954 1, 2 2, 0 2, 0 1, 0.99954 1))"},
		{short(intersection("POLYGON((0 0, 2 2, 0 2, 0 0))", "POLYGON((0 0, 1 1, 0 1, 0 0))")), "POLYGON((0 0, 0.99954 1, 0 1, 0 0))"},
		{short(difference("POLYGON((0 0, 2 2, 0 2, 0 0))", "LINESTRING(1 0, 1 3)")), "POLYGON((0 0, 1 1.00046, 2 2, 1 2.0003, 0 2, 0 0))"},
		{short(difference("LINESTRING(0 0, 2 2)", "LINESTRING(2 0, 0 2)")), "LINESTRING(0 0, 1 1.00046, 2 2)"},
		{difference("LINESTRING(2 0, 0 2)", "POINT(1 1)"), "LINESTRING(2 0, 0 2)"},
		{difference("LINESTRING(2 0, 0 2)", "LINESTRING(0 2, 2 0)"), "GEOMETRYCOLLECTION EMPTY"},
		{difference("POINT(0 1)", "POINT(0 1)"), "GEOMETRYCOLLECTION EMPTY"},
		{short(difference("POLYGON((0 0, 2 2, 0 2, 0 0))", "POLYGON((0 0, 10 0, 10 10, 0 0))")), "POLYGON((1.97082 2.00002, 0 2, 0 0, 1.97082 2.00002))"},
		{short(difference("LINESTRING(2 0, 0 2)", "POLYGON((0 0, 10 0, 10 10, 0 0))")), "LINESTRING(0.99265 1.00781, 0 2)"},
		{short(intersection("LINESTRING(0 0, 2 2)", "POLYGON((0 0, 1 1, 0 1, 0 0))")), "LINESTRING(0 0, 0.99954 1)"},
		{intersection("LINESTRING(2 0, 0 2)", "POLYGON((0 0, 1 1, 0 1, 0 0))"), "GEOMETRYCOLLECTION EMPTY"},
		{intersection("POINT(0 1)", "POLYGON((0 0, 1 1, 0 1, 0 0))"), "POINT(0 1)"},
		// By the order of S2's builder.
		{short(intersection("POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))", "POLYGON((2 2, 6 2, 6 6, 2 6, 2 2))")), "POLYGON((2 4.00243, 2 2, 4 2.00122, 4 4, 2 4.00243))"},
		{short(union("POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))", "POLYGON((2 2, 6 2, 6 6, 2 6, 2 2))")), "POLYGON((2 4.00243, 0 4, 0 0, 4 0, 4 2.00122, 6 2, 6 6, 2 6, 2 4.00243))"},
		{union("POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))", "POLYGON((4 0, 8 0, 8 4, 4 4, 4 0))"), "POLYGON((4 4, 0 4, 0 0, 4 0, 8 0, 8 4, 4 4))"},
		{intersection("POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))", "POLYGON((4 0, 8 0, 8 4, 4 4, 4 0))"), "LINESTRING(4 0, 4 4)"},
		{short(intersection("LINESTRING(0 0, 2 2)", "LINESTRING(0 2, 2 0)")), "POINT(1 1.00046)"},
		{short(union("LINESTRING(0 0, 2 2)", "LINESTRING(0 2, 2 0)")), "MULTILINESTRING((0 0, 1 1.00046, 2 2), (0 2, 1 1.00046, 2 0))"},
		{union("POINT(1 1)", "POINT(0 0)"), "MULTIPOINT(0 0, 1 1)"},
		{union("POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))", "POINT(1 1)"), "POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))"},
	} {
		if c[0] != c[1] {
			t.Errorf("%d: %s, want %s", i, c[0], c[1])
		}
	}
	rings, _ := parse(t, "POLYGON((1 1, 1 10, 5 10, 5 1, 1 1), (2 2.5, 3.5 3, 2.5 2, 2 2.5), (3.5 7, 4 6, 3 3, 3.5 7))").InteriorRings()
	if got := fmt.Sprint(rings[0].Text(), rings[1].Text()); got != "LINESTRING(2.5 2, 3.5 3, 2 2.5, 2.5 2)LINESTRING(3 3, 4 6, 3.5 7, 3 3)" {
		t.Error(got)
	}
}

func TestSimplify(t *testing.T) {
	for _, c := range []struct {
		wkt       string
		tolerance float64
		want      string
	}{
		{"LINESTRING(0 0, 0.05 0, 0.1 0, 0.15 0, 2 0)", 1, "LINESTRING(0 0, 2 0)"},
		{"LINESTRING(0 0, 1 0.001, 2 0, 2 1)", 1000, "LINESTRING(0 0, 2 0, 2 1)"},
		{"LINESTRING(0 0, 1 0.001, 2 0, 2 1)", 10, "LINESTRING(0 0, 1 0.001, 2 0, 2 1)"},
		{"POLYGON((0 0, 0.1 0, 0.1 0.1, 0 0))", 1000, "POLYGON((0 0, 0.1 0, 0.1 0.1, 0 0))"},
		{"POLYGON((0 0, 1 0.001, 2 0, 2 2, 0 2, 0 0))", 1000, "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))"},
		{"POINT(1 1)", 5, "POINT(1 1)"},
	} {
		if g, err := parse(t, c.wkt).Simplify(c.tolerance); err != nil || g.Text() != c.want {
			t.Errorf("%s within %g m: %v, %v, want %s", c.wkt, c.tolerance, g, err, c.want)
		}
	}
	if g, err := parse(t, "LINESTRING(0 0, 1 1, 1 1.1)").Simplify(10000); err == nil {
		t.Errorf("close vertices: %s", g.Text())
	}
}

func TestUnionOfMany(t *testing.T) {
	var list []*Geography
	for i := range 3000 {
		list = append(list, parse(t, fmt.Sprintf("POINT(%d %d)", i%60, i%50)))
	}
	for i := range 20 {
		list = append(list, parse(t, fmt.Sprintf("POLYGON((%[1]d 60, %[2]d 60, %[2]d 61, %[1]d 61, %[1]d 60))", i, i+1)))
	}
	g, err := UnionAll(list)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Points) != 300 || len(g.Polygons) != 1 || len(g.Polygons[0].Shell) != 42 {
		t.Errorf("%d points, %d polygons: %s", len(g.Points), len(g.Polygons), (&Geography{Polygons: g.Polygons}).Text())
	}
}
