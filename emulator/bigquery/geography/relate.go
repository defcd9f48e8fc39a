package geography

import (
	"math"
	"slices"

	"github.com/golang/geo/r1"
	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// Intersects reports whether a point is in both values.
func Intersects(a, b *Geography) bool {
	if a.Empty() || b.Empty() {
		return false
	}
	if p, ok := b.SinglePoint(); ok && len(a.Points)+len(a.Lines) == 0 {
		return a.region().covers(p)
	}
	o := newOverlay(a, b)
	return o.touches() || o.swapped().touches() || o.linesCross()
}

// touches reports whether a vertex or an edge of the first value is in the second one.
func (o *overlay) touches() bool {
	if o.a.Full {
		return true
	}
	for _, v := range o.a.vertices() {
		if o.vb[v] || o.rb.covers(v) {
			return true
		}
	}
	edges := append(o.a.lineEdges(), o.ra.ringEdges()...)
	return reaches(edges, o.rb, inside, along, against)
}

// Covers reports whether no point of the second value is outside of the first one.
func Covers(a, b *Geography) bool {
	if a.Empty() || b.Empty() {
		return false
	}
	if a.Full || b.Full {
		return a.Full
	}
	o := newOverlay(a, b)
	for _, p := range b.Points {
		if !o.va[p] && !o.ra.covers(p) {
			return false
		}
	}
	for _, e := range pieces(b.lineEdges(), o.ra, outside) {
		if !o.la[e] {
			return false
		}
	}
	return !reaches(o.rb.ringEdges(), o.ra, outside, against) && !reaches(o.ra.ringEdges(), o.rb, inside)
}

// Contains reports whether the first value covers the second one, and their interiors have a
// point in common.
func Contains(a, b *Geography) bool { return Covers(a, b) && interiorsMeet(a, b) }

// Touches reports whether the values intersect, but not their interiors.
func Touches(a, b *Geography) bool { return Intersects(a, b) && !interiorsMeet(a, b) }

// Equals reports whether the values are the same set of points.
func Equals(a, b *Geography) bool {
	if a.Empty() || b.Empty() {
		return a.Empty() && b.Empty()
	}
	return Covers(a, b) && Covers(b, a)
}

// interiorsMeet reports whether the interiors have a point in common. That of a line lacks its
// ends, unless it is a ring, and that of a polygon its boundary.
func interiorsMeet(a, b *Geography) bool {
	if a.Full || b.Full {
		return !a.Empty() && !b.Empty()
	}
	o := newOverlay(a, b)
	s := o.swapped()
	ia, ib := a.interiorVertices(), b.interiorVertices()
	return o.meets(ia, ib) || s.meets(ib, ia) || o.linesCross()
}

// meets reports whether the interior of a part of the first value reaches into the second.
func (o *overlay) meets(ia, ib map[s2.Point]bool) bool {
	for v := range ia {
		if ib[v] || o.rb.contains(v) {
			return true
		}
	}
	for _, e := range o.a.lineEdges() {
		if o.lb[e] {
			return true
		}
	}
	return reaches(o.a.lineEdges(), o.rb, inside) || reaches(o.ra.ringEdges(), o.rb, inside, along)
}

// interiorVertices are the points, and the vertices in the interior of lines.
func (g *Geography) interiorVertices() map[s2.Point]bool {
	set := map[s2.Point]bool{}
	for _, p := range g.Points {
		set[p] = true
	}
	for _, l := range g.Lines {
		for _, v := range l[1 : len(l)-1] {
			set[v] = true
		}
		if l[0] == l[len(l)-1] {
			set[l[0]] = true
		}
	}
	return set
}

// IsClosed reports whether no part has a boundary.
func (g *Geography) IsClosed() bool {
	if g.Empty() || len(g.Polygons) > 0 {
		return false
	}
	return !slices.ContainsFunc(g.Lines, func(l []s2.Point) bool { return l[0] != l[len(l)-1] })
}

// IsRing reports whether the value is a closed line that meets itself nowhere else.
func (g *Geography) IsRing() bool {
	l, ok := g.SingleLine()
	return ok && len(l) > 3 && l[0] == l[len(l)-1] && validateRing(l[:len(l)-1]) == nil
}

// IntersectsBox reports whether a point of a value is in a rectangle.
func IntersectsBox(g *Geography, b Box) (bool, error) {
	lng := b.East - b.West
	both := math.Abs(b.West) <= 180 && math.Abs(b.East) <= 180
	if !both && (math.Abs(b.West) > 180 && math.Abs(b.East) > 180 || lng < 0 || lng > 360) {
		return false, errorf("longitudes must be in the range [-180, 180], or one of them in it and the second up to 360 degrees beyond the first")
	}
	if g.Empty() {
		return false, nil
	}
	rect := s2.Rect{
		Lat: r1.Interval{Lo: b.South * (math.Pi / 180), Hi: b.North * (math.Pi / 180)},
		Lng: s1.IntervalFromEndpoints(wrap(b.West), wrap(b.East)),
	}
	if lng >= 360 {
		rect.Lng = s1.FullInterval()
	}
	for _, v := range g.vertices() {
		if rect.ContainsPoint(v) {
			return true, nil
		}
	}
	if g.Full || g.Dimension() == 0 {
		return g.Full, nil
	}
	if !g.bound().Intersects(rect) {
		return false, nil
	}
	return false, errBox
}

// errBox refuses what edges along circles of latitude would decide.
var errBox = errorf("a box that has no vertex of a line or polygon, and may still intersect it, is not supported by this emulator")

// wrap is a longitude in radians, within ±π.
func wrap(degrees float64) float64 { return math.Remainder(degrees, 360) * (math.Pi / 180) }
