package geography

import (
	"cmp"
	"slices"
	"sync"

	"github.com/golang/geo/s2"
)

// side says where something lies that doesn't cross the boundary of a region.
type side int

const (
	outside side = iota
	inside
	along   // on the boundary, with the region on the same side
	against // on the boundary, with the region on the other side
)

// region is the inside of rings that have it on their left. No point lies on an edge between
// its ends: the predicates of S2 are exact, and decide such cases by symbolic perturbation.
type region struct {
	rings [][]s2.Point
	full  bool

	once   sync.Once // makes what follows when it is needed
	index  *s2.ShapeIndex
	shape  *s2.LaxPolygon
	edges  map[s2.Edge]bool
	spokes map[s2.Point][]spoke
}

// spoke is an edge of a region at a vertex: to its other end, and whether it begins here.
type spoke struct {
	to  s2.Point
	out bool
}

// region is the inside of the polygons. It is made once, and serves several goroutines.
func (g *Geography) region() *region {
	g.once.Do(func() { g.inside = &region{rings: g.orientedRings(), full: g.Full} })
	return g.inside
}

func (r *region) empty() bool { return !r.full && len(r.rings) == 0 }

func (r *region) prepare() { r.once.Do(r.build) }

func (r *region) build() {
	r.index, r.shape = indexOf(s2.LaxPolygonFromPoints(r.rings))
	r.index.Build()
	r.edges, r.spokes = map[s2.Edge]bool{}, map[s2.Point][]spoke{}
	for _, e := range r.ringEdges() {
		r.edges[e] = true
		r.spokes[e.V0] = append(r.spokes[e.V0], spoke{e.V1, true})
		r.spokes[e.V1] = append(r.spokes[e.V1], spoke{e.V0, false})
	}
}

// ringEdges are the edges of all rings, with the polygons on their left.
func (r *region) ringEdges() []s2.Edge {
	var edges []s2.Edge
	for _, ring := range r.rings {
		edges = append(edges, chainEdges(closed(ring))...)
	}
	return edges
}

// holds reports whether a point that is no vertex is inside.
func (r *region) holds(p s2.Point) bool {
	return s2.NewContainsPointQuery(r.index, s2.VertexModelSemiOpen).Contains(p)
}

// covers reports whether a point is in the region or a vertex of it.
func (r *region) covers(p s2.Point) bool {
	if r.full || r.empty() {
		return r.full
	}
	r.prepare()
	return len(r.spokes[p]) > 0 || r.holds(p)
}

// contains reports whether a point is in the region and no vertex of it.
func (r *region) contains(p s2.Point) bool {
	if r.full || r.empty() {
		return r.full
	}
	r.prepare()
	return len(r.spokes[p]) == 0 && r.holds(p)
}

// side is where the beginning of an edge lies.
func (r *region) side(from, to s2.Point) side {
	if r.full {
		return inside
	}
	if r.empty() {
		return outside
	}
	r.prepare()
	switch {
	case r.edges[s2.Edge{V0: from, V1: to}]:
		return along
	case r.edges[s2.Edge{V0: to, V1: from}]:
		return against
	}
	in := false
	if around := r.spokes[from]; len(around) > 0 {
		next := around[0] // the first one clockwise of the edge
		for _, s := range around[1:] {
			if s2.OrderedCCW(next.to, s.to, to, from) {
				next = s
			}
		}
		in = next.out // what begins here has the region on its left
	} else {
		in = r.holds(from)
	}
	if in {
		return inside
	}
	return outside
}

// piece is a part of an edge between crossings with the boundary of a region.
type piece struct {
	from, to s2.Point
	side     side
}

// cut splits an edge at the boundary.
func (r *region) cut(from, to s2.Point) []piece {
	s := r.side(from, to)
	if r.full || r.empty() || s == along || s == against {
		return []piece{{from, to, s}}
	}
	var list []piece
	for _, x := range crossings(from, to, r.index, r.shape) {
		list = append(list, piece{from, x, s})
		from, s = x, inside+outside-s
	}
	return append(list, piece{from, to, s})
}

// surrounds reports whether a ring that doesn't cross the boundary is inside.
func (r *region) surrounds(ring []s2.Point) bool {
	return r.side(ring[0], ring[1]) == inside
}

// crossings are the points where an edge crosses those of a shape, from its beginning on.
func crossings(from, to s2.Point, index *s2.ShapeIndex, shape s2.Shape) []s2.Point {
	var points []s2.Point
	for _, i := range s2.NewCrossingEdgeQuery(index).Crossings(from, to, shape, s2.CrossingTypeInterior) {
		e := shape.Edge(i)
		points = append(points, crossing(s2.Edge{V0: from, V1: to}, e))
	}
	byDistance(from, points)
	return points
}

// byDistance orders points by their distance from another one.
func byDistance(from s2.Point, points []s2.Point) {
	slices.SortStableFunc(points, func(a, b s2.Point) int {
		return cmp.Compare(s2.ChordAngleBetweenPoints(from, a), s2.ChordAngleBetweenPoints(from, b))
	})
}

// crossing is the same point whichever edge is named first, and in whichever direction. It is
// an end of an edge if it is as close to it as S2 can tell.
func crossing(a, b s2.Edge) s2.Point {
	order := func(e s2.Edge) s2.Edge {
		if e.V0.Cmp(e.V1.Vector) > 0 {
			return e.Reversed()
		}
		return e
	}
	a, b = order(a), order(b)
	if a.Cmp(b) > 0 {
		a, b = b, a
	}
	x := s2.Intersection(a.V0, a.V1, b.V0, b.V1)
	for _, v := range []s2.Point{a.V0, a.V1, b.V0, b.V1} {
		if v.Distance(x) <= onEdge {
			return v
		}
	}
	return x
}
