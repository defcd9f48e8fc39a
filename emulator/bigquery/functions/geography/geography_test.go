package geography

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/geography"
)

// read reads WKT that is valid.
func read(t *testing.T, wkt string) value {
	t.Helper()
	g, err := geography.FromText(wkt, geography.Options{})
	if err != nil {
		t.Fatalf("%s: %v", wkt, err)
	}
	return g
}

func TestCells(t *testing.T) {
	p := read(t, "POINT(-122 47)")
	if a, b := cellOf(p.Points[0], 30), cellOf(p.Points[0], 10); a != 6093613931972369317 || b != 6093613287902019584 {
		t.Error(a, b)
	}
	for wkt, want := range map[string]string{
		"POINT(-122 47)": "[6093613931972369317]", "POINT EMPTY": "[]",
		"LINESTRING(-122.12 47.67, -122.19 47.69)": "[6093384954555662336 6093390709811838976 6093390735581642752 6093390740145045504 6093390791416217600 6093390812891054080 6093390817187069952 6093496378892222464]",
	} {
		if got := fmt.Sprint(coverings(read(t, wkt), 12, 30, 8)); got != want {
			t.Errorf("%s: %s, want %s", wkt, got, want)
		}
	}
}

func TestGeoHash(t *testing.T) {
	if got := geoHash(read(t, "POINT(-122.35 47.62)").Points[0], 10); got != "c22yzugqw7" {
		t.Error(got)
	}
	if g, err := fromGeoHash("c22yzugqw7"); err != nil || geoHash(g.Points[0], 10) != "c22yzugqw7" {
		t.Error(g, err)
	}
	if _, err := fromGeoHash("a!"); err == nil {
		t.Error("a! is no geohash")
	}
}

func TestCluster(t *testing.T) {
	var list []value
	for _, wkt := range []string{"POINT EMPTY", "POINT(0 0)", "POINT(1 0)", "POINT(2 0)", "POINT(9 0)", "POINT(20 0)", "POINT(20.5 0)", "POINT(21 0)", "POINT(22 0)"} {
		list = append(list, read(t, wkt))
	}
	list = append(list, nil)
	if got := fmt.Sprint(dbscan(list, 120000, 3)); got != "[-1 0 0 0 -1 1 1 1 1 -1]" {
		t.Error(got)
	}
	if got := fmt.Sprint(dbscan(list, 120000, 1)); got != "[-1 0 0 0 1 2 2 2 2 -1]" {
		t.Error(got)
	}
}

// BigQuery gave these vertices of two buffers of 32 corners around POINT(0 0).
func TestBuffer(t *testing.T) {
	origin := read(t, "POINT(0 0)").Points[0]
	for radius, want := range map[float64][]string{
		100:    {"-0.000899307563648656 4.76633008714216e-06", "-4.76633008772209e-06 -0.000899307563648653", "0.000899307563648656 -4.76633008712778e-06", "4.76633008770771e-06 0.000899307563648653"},
		100000: {"-0.899307565723035 0.00476613438376963", "-0.00476672153786216 -0.89930756261131", "0.899307565723035 -0.00476613438375525", "0.00476672153784778 0.89930756261131"},
	} {
		got := strings.Split(strings.TrimPrefix(bufferPoint(origin, radius, 32).Text(), "POLYGON(("), ", ")
		for i, w := range want {
			if got[8*i] != w {
				t.Errorf("%g: vertex %d is %s, want %s", radius, 8*i, got[8*i], w)
			}
		}
	}
}
