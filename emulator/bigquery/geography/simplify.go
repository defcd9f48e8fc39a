package geography

import (
	"math"
	"slices"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// apart is how many tolerances vertices have at least between them, and from other edges, where
// S2's builder neither snaps them together nor leads an edge around them: only then is the
// result that of its simplification of chains alone.
const apart = 3

// maxTolerance is S2's greatest radius of snapping.
const maxTolerance = 70 * math.Pi / 180

// Simplify replaces chains of edges by single ones that pass all vertices within a tolerance
// in meters.
func (g *Geography) Simplify(tolerance float64) (*Geography, error) {
	radius := s1.Angle(tolerance / EarthRadius)
	switch {
	case !(radius >= 0) || radius > maxTolerance:
		return nil, errorf("Tolerance must be between 0 and 7800 kilometers")
	case radius == 0 || g.Full:
		return g, nil
	}
	if !g.spacious(apart * radius) {
		return nil, errorf("ST_SIMPLIFY of vertices or edges within 3 times the tolerance of each other, or of more than 5000 vertices, is not supported by this emulator")
	}
	s := simplifier{s1.ChordAngleFromAngle(radius)}
	out := &Geography{Points: g.Points}
	for _, l := range g.Lines {
		if l[0] == l[len(l)-1] {
			return nil, errorf("ST_SIMPLIFY of a closed linestring is not supported by this emulator")
		}
		out.Lines = append(out.Lines, s.chain(l))
	}
	for _, p := range g.Polygons {
		var q Polygon
		for i, r := range p.rings() {
			ring := s.ring(r)
			if len(ring) < 3 {
				return nil, errorf("ST_SIMPLIFY of a polygon that collapses is not supported by this emulator")
			}
			if i == 0 {
				q.Shell = ring
			} else {
				q.Holes = append(q.Holes, ring)
			}
		}
		out.Polygons = append(out.Polygons, q)
	}
	return out, nil
}

// spacious reports whether all vertices are farther than a distance from each other and from
// edges that they don't end. It compares all of them, so it takes no more than some thousands.
func (g *Geography) spacious(distance s1.Angle) bool {
	const most = 5000
	edges, vertices := g.segments(), sortedPoints(g.vertices())
	if len(vertices) > most || len(vertices) != len(g.vertices()) { // or one comes twice
		return false
	}
	for i, v := range vertices {
		for _, w := range vertices[:i] {
			if v.Distance(w) <= distance {
				return false
			}
		}
		for _, e := range edges {
			if v != e.V0 && v != e.V1 && s2.DistanceFromSegment(v, e.V0, e.V1) <= distance {
				return false
			}
		}
	}
	return true
}

// simplifier follows S2PolylineSimplifier: from a vertex, it keeps the directions in which an
// edge passes all discs around the vertices that it leaves out.
type simplifier struct{ radius s1.ChordAngle }

// chain simplifies a line from its beginning.
func (s simplifier) chain(line []s2.Point) []s2.Point {
	out := line[:1:1]
	for at := 0; at < len(line)-1; {
		at = s.reach(line, at)
		out = append(out, line[at])
	}
	return out
}

// reach is the last vertex that an edge from the vertex at an index leads to.
func (s simplifier) reach(line []s2.Point, at int) int {
	origin := line[at]
	frame := frameOf(origin)
	window := s1.FullInterval()
	for end := at + 1; ; end++ {
		if end == len(line)-1 {
			return end
		}
		half := s.semiwidth(origin, line[end])
		disc := s1.IntervalFromPointPair(frame.direction(line[end]), frame.direction(line[end])).Expanded(half)
		window = window.Intersection(disc)
		next := line[end+1]
		if window.IsEmpty() || s2.ChordAngleBetweenPoints(origin, next) > s1.RightChordAngle || !window.Contains(frame.direction(next)) {
			return end
		}
	}
}

// semiwidth is half of the angle in which a disc is seen.
func (s simplifier) semiwidth(origin, p s2.Point) float64 {
	r, x := float64(s.radius), float64(s2.ChordAngleBetweenPoints(origin, p))
	if x <= r {
		return math.Pi
	}
	return math.Asin(math.Sqrt(r * (1 - 0.25*r) / (x * (1 - 0.25*x))))
}

// frame are two directions at a point.
type frame struct{ x, y s2.Point }

func frameOf(p s2.Point) frame {
	y := s2.Ortho(p)
	return frame{x: s2.Point{Vector: y.Cross(p.Vector)}, y: y}
}

func (f frame) direction(p s2.Point) float64 { return math.Atan2(p.Dot(f.y.Vector), p.Dot(f.x.Vector)) }

// ring simplifies a ring from its first vertex in S2's order, and begins the result as S2's
// builder does.
func (s simplifier) ring(ring []s2.Point) []s2.Point {
	first := 0
	for i, v := range ring {
		if byCell(v, ring[first]) < 0 {
			first = i
		}
	}
	turned := append(slices.Clone(ring[first:]), ring[:first]...)
	line := append(turned, turned[0])
	var edges []labeled
	for at := 0; at < len(line)-1; {
		end := s.reach(line, at)
		e := labeled{s2.Edge{V0: line[at], V1: line[end]}, len(ring)}
		for i := at; i < end; i++ { // a merged edge has the least of the labels
			e.label = min(e.label, (first+i)%len(ring))
		}
		edges, at = append(edges, e), end
	}
	order := make([]int, len(edges))
	for i := range order {
		order[i] = i
	}
	rotate(edges, order)
	out := make([]s2.Point, len(edges))
	for i, e := range order {
		out[i] = edges[e].V0
	}
	return out
}
