// Package geography holds the values of GEOGRAPHY: sets of points, lines and polygons on a
// sphere, with geodesic edges. It reads and writes their notations, measures, compares and
// combines them as BigQuery does, on the S2 library that BigQuery itself is built on.
//
// It knows no SQL and no database.
package geography

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/golang/geo/s2"
)

// EarthRadius is the radius of BigQuery's sphere in meters: the distance of two points that
// are a degree apart on the equator is 111195.10 m there, not the 111194.93 m of a radius of
// 6371008.8 m.
const EarthRadius = 6371010.0

// Geography is a value of GEOGRAPHY. It doesn't change once it is made.
type Geography struct {
	Points   []s2.Point   // in the order of their S2 cells, without duplicates
	Lines    [][]s2.Point // of two vertices or more
	Polygons []Polygon    // with disjoint interiors
	Full     bool         // is the whole globe; the rest is empty then

	once   sync.Once
	inside *region
}

// Polygon is one shell with its holes. A ring doesn't repeat its first vertex. Each ring has
// what it encloses on its left: a hole the part that is missing.
type Polygon struct {
	Shell []s2.Point
	Holes [][]s2.Point
}

// Empty reports whether there is no point in the value.
func (g *Geography) Empty() bool { return g.Size() == 0 }

// Size is the number of points, lines and polygons.
func (g *Geography) Size() int {
	n := len(g.Points) + len(g.Lines) + len(g.Polygons)
	if g.Full {
		n++
	}
	return n
}

// Dimension is that of the part with the most, -1 for the empty value.
func (g *Geography) Dimension() int {
	switch {
	case g.Full || len(g.Polygons) > 0:
		return 2
	case len(g.Lines) > 0:
		return 1
	case len(g.Points) > 0:
		return 0
	}
	return -1
}

// Type is the name of the type of the Open Geospatial Consortium.
func (g *Geography) Type() string {
	p, l, a := len(g.Points), len(g.Lines), len(g.Polygons)
	if g.Full {
		a = 1
	}
	name := ""
	switch {
	case p+l+a == 0 || p > 0 && l+a > 0 || l > 0 && a > 0:
		return "GeometryCollection"
	case p > 0:
		name = "Point"
	case l > 0:
		name = "LineString"
	default:
		name = "Polygon"
	}
	if p+l+a > 1 {
		return "Multi" + name
	}
	return name
}

// NumPoints is the number of vertices; the first of a ring counts twice.
func (g *Geography) NumPoints() int {
	n := len(g.Points)
	for _, l := range g.Lines {
		n += len(l)
	}
	for _, p := range g.Polygons {
		for _, r := range p.rings() {
			n += len(r) + 1
		}
	}
	return n
}

// Dump lists the parts of one dimension, or of all with -1.
func (g *Geography) Dump(dimension int) []*Geography {
	var list []*Geography
	if dimension == -1 || dimension == 0 {
		for _, p := range g.Points {
			list = append(list, Point(p))
		}
	}
	if dimension == -1 || dimension == 1 {
		for _, l := range g.Lines {
			list = append(list, Line(l))
		}
	}
	if dimension == -1 || dimension == 2 {
		for _, p := range g.Polygons {
			list = append(list, &Geography{Polygons: []Polygon{p}})
		}
		if g.Full {
			list = append(list, g)
		}
	}
	return list
}

// errorf words an error as BigQuery does: such messages are sentences and begin with a capital.
func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// Point is the value of one point.
func Point(p s2.Point) *Geography { return &Geography{Points: []s2.Point{p}} }

// Line is the value of one line.
func Line(vertices []s2.Point) *Geography { return &Geography{Lines: [][]s2.Point{vertices}} }

// MultiPoint is the value of a set of points.
func MultiPoint(points []s2.Point) *Geography { return &Geography{Points: sortedPoints(points)} }

// SinglePoint is the point that the value consists of.
func (g *Geography) SinglePoint() (s2.Point, bool) {
	if len(g.Points) == 1 && g.Size() == 1 {
		return g.Points[0], true
	}
	return s2.Point{}, false
}

// SingleLine is the line that the value consists of.
func (g *Geography) SingleLine() ([]s2.Point, bool) {
	if len(g.Lines) == 1 && g.Size() == 1 {
		return g.Lines[0], true
	}
	return nil, false
}

// singlePolygon is the polygon that the value consists of. The globe has no rings.
func (g *Geography) singlePolygon() (Polygon, bool) {
	if g.Full {
		return Polygon{}, true
	}
	if len(g.Polygons) == 1 && g.Size() == 1 {
		return g.Polygons[0], true
	}
	return Polygon{}, false
}

// rings are the shell and the holes.
func (p Polygon) rings() [][]s2.Point {
	if p.Shell == nil {
		return nil
	}
	return append([][]s2.Point{p.Shell}, p.Holes...)
}

// oriented are the rings with the polygon on their left: holes are reversed.
func (p Polygon) oriented() [][]s2.Point {
	rings := p.rings()
	for i := 1; i < len(rings); i++ {
		rings[i] = reversed(rings[i])
	}
	return rings
}

// orientedRings are those of all polygons.
func (g *Geography) orientedRings() [][]s2.Point {
	var rings [][]s2.Point
	for _, p := range g.Polygons {
		rings = append(rings, p.oriented()...)
	}
	return rings
}

// vertices are all vertices.
func (g *Geography) vertices() []s2.Point {
	list := slices.Clone(g.Points)
	for _, l := range g.Lines {
		list = append(list, l...)
	}
	for _, r := range g.orientedRings() {
		list = append(list, r...)
	}
	return list
}

// closed is a ring as a line that ends where it begins.
func closed(ring []s2.Point) []s2.Point {
	return append(slices.Clone(ring), ring[0])
}

func reversed(ring []s2.Point) []s2.Point {
	out := slices.Clone(ring)
	slices.Reverse(out)
	return out
}

// sortedPoints orders points as S2 does, by their cells, and drops duplicates.
func sortedPoints(points []s2.Point) []s2.Point {
	type placed struct {
		s2.Point
		cell s2.CellID
	}
	list := make([]placed, len(points))
	for i, p := range points {
		list[i] = placed{p, s2.CellFromPoint(p).ID()}
	}
	slices.SortFunc(list, func(a, b placed) int { return cmp.Or(cmp.Compare(a.cell, b.cell), a.Point.Cmp(b.Vector)) })
	list = slices.CompactFunc(list, func(a, b placed) bool { return a.Point == b.Point })
	var out []s2.Point
	for _, p := range list {
		out = append(out, p.Point)
	}
	return out
}

// byCell is that order.
func byCell(a, b s2.Point) int {
	if c := cmp.Compare(s2.CellFromPoint(a).ID(), s2.CellFromPoint(b).ID()); c != 0 {
		return c
	}
	return a.Cmp(b.Vector)
}
