package geography

import (
	"math"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// Boundary is that of the parts: the ends of lines, and the rings of polygons.
func (g *Geography) Boundary() *Geography {
	var ends []s2.Point
	var lines [][]s2.Point
	for _, l := range g.Lines {
		if l[0] != l[len(l)-1] {
			ends = append(ends, l[0], l[len(l)-1])
		}
	}
	for _, r := range g.orientedRings() {
		lines = append(lines, closed(r))
	}
	return &Geography{Points: sortedPoints(ends), Lines: joinLines(lines)}
}

// MakeLine joins values that are one point or one line each.
func MakeLine(list []*Geography) (*Geography, error) {
	var line []s2.Point
	for _, g := range list {
		vertices, ok := g.SingleLine()
		if p, point := g.SinglePoint(); point {
			vertices, ok = []s2.Point{p}, true
		}
		if !ok {
			return nil, errorf("Each input must consist of exactly one point or exactly one linestring")
		}
		for _, v := range vertices {
			if n := len(line); n > 0 && v.Vector == line[n-1].Mul(-1) {
				return nil, errorf("Edge connects antipodal points")
			} else if n == 0 || v != line[n-1] {
				line = append(line, v)
			}
		}
	}
	switch len(line) {
	case 0:
		return &Geography{}, nil
	case 1:
		return Point(line[0]), nil
	}
	return &Geography{Lines: walk(splitEdges(chainEdges(line)))}, nil
}

// splitEdges splits edges at vertices of others that lie on them.
func splitEdges(edges []s2.Edge) []s2.Edge {
	var vertices []s2.Point
	for _, e := range edges {
		vertices = append(vertices, e.V0)
	}
	vertices = sortedPoints(vertices)
	var out []s2.Edge
	for _, e := range edges {
		out = append(out, splitAt(e, vertices)...)
	}
	return out
}

// ExteriorRing is the shell of a single polygon.
func (g *Geography) ExteriorRing() (*Geography, bool) {
	p, ok := g.singlePolygon()
	if !ok || p.Shell == nil {
		return &Geography{}, ok
	}
	return Line(closed(p.Shell)), true
}

// InteriorRings are the holes of a single polygon.
func (g *Geography) InteriorRings() ([]*Geography, bool) {
	p, ok := g.singlePolygon()
	var list []*Geography
	for _, h := range p.Holes {
		list = append(list, Line(closed(h)))
	}
	return list, ok
}

// Interpolate is the point at a fraction of a line.
func Interpolate(line []s2.Point, fraction float64) s2.Point {
	p := s2.Polyline(line)
	v, _ := p.Interpolate(fraction)
	return v
}

// Locate is the fraction of a line up to the point that is closest to another one.
func Locate(line []s2.Point, p s2.Point) float64 {
	l := s2.Polyline(line)
	v, next := l.Project(p)
	return l.Uninterpolate(v, next)
}

// Substring is the part of a line between two fractions.
func Substring(line []s2.Point, from, to float64) *Geography {
	l := s2.Polyline(line)
	v, first := l.Interpolate(from)
	w, last := l.Interpolate(to)
	out := []s2.Point{v}
	for _, x := range append(append([]s2.Point(nil), line[first:last]...), w) {
		if x != out[len(out)-1] {
			out = append(out, x)
		}
	}
	if len(out) == 1 {
		return Point(out[0])
	}
	return Line(out)
}

// SnapToGrid moves each vertex to a multiple of a power of ten of a degree.
func (g *Geography) SnapToGrid(exponent int) (*Geography, error) {
	scale := math.Pow10(exponent)
	snap := func(list []s2.Point) []s2.Point {
		var out []s2.Point
		for _, p := range list {
			lng, lat := Degrees(p)
			v, _ := FromDegrees(math.RoundToEven(lng*scale)/scale, math.RoundToEven(lat*scale)/scale) // finite
			if len(out) == 0 || v != out[len(out)-1] {
				out = append(out, v)
			}
		}
		return out
	}
	out := &Geography{Full: g.Full}
	points := snap(g.Points)
	var lines [][]s2.Point
	for _, l := range g.Lines {
		if s := snap(l); len(s) > 1 {
			lines = append(lines, s)
		} else {
			points = append(points, s...)
		}
	}
	out.Points, out.Lines = sortedPoints(points), joinLines(lines)
	for _, p := range g.Polygons {
		var rings [][]s2.Point
		for i, r := range p.rings() {
			s := snap(closed(r))
			if s = s[:len(s)-1]; validateRing(s) != nil || len(s) < 3 {
				return nil, errorf("ST_SNAPTOGRID of a polygon that collapses on the grid is not supported by this emulator")
			}
			if i > 0 {
				s = reversed(s)
			}
			rings = append(rings, s)
		}
		q, err := NewPolygon(rings, true)
		if err != nil {
			return nil, errorf("ST_SNAPTOGRID of a polygon that collapses on the grid is not supported by this emulator")
		}
		out.Polygons = append(out.Polygons, q)
	}
	return out, nil
}

// ConvexHull is the smallest convex value around one that isn't empty.
func (g *Geography) ConvexHull() (*Geography, error) {
	vertices := g.vertices()
	line := s2.Polyline(vertices)
	bound := line.RectBound().CapBound()
	if g.Full || bound.Height() >= 1 {
		return &Geography{Full: true}, nil
	}
	hull := hull(vertices, s2.Ortho(bound.Center()))
	switch len(hull) {
	case 1:
		const offset = 1e-15 // the triangle around the point collapses to its second vertex
		return Point(s2.Point{Vector: hull[0].Add(s2.Ortho(hull[0]).Mul(offset)).Normalize()}), nil
	case 2:
		middle := s2.Point{Vector: hull[0].Add(hull[1].Vector).Normalize()}
		return Line([]s2.Point{hull[1], middle, hull[0]}), nil
	}
	p, err := NewPolygon([][]s2.Point{hull}, true)
	if err != nil {
		return nil, errorf("ST_CONVEXHULL of points on one line is not supported by this emulator")
	}
	return &Geography{Polygons: []Polygon{p}}, nil
}

// ClosestPoint is a point of the first value with the shortest distance to the second one.
// Neither is empty.
func ClosestPoint(a, b *Geography) (s2.Point, error) {
	if p, ok := b.SinglePoint(); ok && a.region().covers(p) {
		return p, nil
	}
	if a.Dimension() == 2 && newOverlay(b, a).touches() || b.Dimension() == 2 && newOverlay(a, b).touches() {
		return s2.Point{}, errorf("ST_CLOSESTPOINT of values that overlap is not supported by this emulator")
	}
	var best s2.Point
	closest := s1.InfChordAngle()
	others := b.segments()
	for _, e := range a.segments() {
		for _, f := range others {
			p, q := s2.EdgePairClosestPoints(e.V0, e.V1, f.V0, f.V1)
			if d := s2.ChordAngleBetweenPoints(p, q); d < closest {
				best, closest = p, d
			}
		}
	}
	return best, nil
}

// segments are all edges; a point is one from itself to itself.
func (g *Geography) segments() []s2.Edge {
	var list []s2.Edge
	for _, p := range g.Points {
		list = append(list, s2.Edge{V0: p, V1: p})
	}
	return append(append(list, g.lineEdges()...), g.region().ringEdges()...)
}
