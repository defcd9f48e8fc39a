package geography

import (
	"cmp"
	"slices"

	"github.com/golang/geo/s2"
)

// errOverlay says that rounding left edges that don't close.
var errOverlay = errorf("the edges of these values come too close to each other for this emulator")

// compose is a value of rings that have it on their left, edges of lines, and points. What is
// part of something of a higher dimension is left out. Without rings, fills says that it is
// the globe.
func compose(rings []labeled, fills bool, edges []labeled, points []s2.Point) (*Geography, error) {
	if len(rings) == 0 && fills {
		return &Geography{Full: true}, nil
	}
	polygons, err := assemble(rings)
	if err != nil {
		return nil, err
	}
	g := &Geography{Polygons: polygons}
	r := g.region()
	slices.SortStableFunc(edges, func(a, b labeled) int { return a.label - b.label })
	var left []s2.Edge
	for _, e := range edges {
		if r.side(e.V0, e.V1) == outside {
			left = append(left, e.Edge)
		}
	}
	if len(left) > 0 {
		g.Lines = walk(left)
	}
	_, vertices := lineParts(g)
	for _, p := range sortedPoints(points) {
		if !vertices[p] && !r.covers(p) {
			g.Points = append(g.Points, p)
		}
	}
	return g, nil
}

// assemble makes polygons of edges that have them on their left.
func assemble(edges []labeled) ([]Polygon, error) {
	loops, err := rings(edges)
	if err != nil || len(loops) == 0 {
		return nil, err
	}
	list := make([]*s2.Loop, len(loops))
	for i, l := range loops {
		list[i] = s2.LoopFromPoints(l)
	}
	return polygonsOf(s2.PolygonFromOrientedLoops(list)), nil
}

// polygonsOf are the shells of a polygon of S2 with their holes.
func polygonsOf(p *s2.Polygon) []Polygon {
	var list []Polygon
	shells := map[int]int{}
	for k, l := range p.Loops() {
		if !l.IsHole() {
			shells[k] = len(list)
			list = append(list, Polygon{Shell: l.Vertices()})
			continue
		}
		parent, _ := p.Parent(k)
		q := &list[shells[parent]]
		q.Holes = append(q.Holes, l.Vertices())
	}
	return list
}

// rings follows edges, at each vertex to the one that leaves the least on the left, and
// orders what it finds as S2's builder does.
func rings(edges []labeled) ([][]s2.Point, error) {
	next := successors(edges)
	used := make([]bool, len(edges))
	var loops [][]int
	for i := range edges {
		var path []int
		at := map[s2.Point]int{} // vertices of the path, by the edge that begins there
		for e := i; e >= 0 && !used[e]; e = next[e] {
			used[e] = true
			if start, twice := at[edges[e].V0]; twice { // the ring touches itself here
				loops = append(loops, slices.Clone(path[start:]))
				for _, f := range path[start:] {
					delete(at, edges[f].V0)
				}
				path = path[:start]
			}
			at[edges[e].V0] = len(path)
			path = append(path, e)
		}
		if len(path) == 0 {
			continue
		}
		if edges[path[len(path)-1]].V1 != edges[path[0]].V0 {
			return nil, errOverlay
		}
		loops = append(loops, path)
	}
	for _, l := range loops {
		rotate(edges, l)
	}
	slices.SortStableFunc(loops, func(a, b []int) int { return cmp.Compare(edges[a[0]].label, edges[b[0]].label) })
	out := make([][]s2.Point, 0, len(loops))
	for _, l := range loops {
		ring := make([]s2.Point, len(l))
		for i, e := range l {
			ring[i] = edges[e].V0
		}
		if len(ring) > 2 {
			out = append(out, ring)
		}
	}
	return out, nil
}

// successors is for each edge the one that follows it, or -1: the first one clockwise of it
// at its end.
func successors(edges []labeled) []int {
	out := map[s2.Point][]int{}
	for i, e := range edges {
		out[e.V0] = append(out[e.V0], i)
	}
	next := make([]int, len(edges))
	for i, e := range edges {
		next[i] = -1
		for _, f := range out[e.V1] {
			if next[i] < 0 || s2.OrderedCCW(edges[next[i]].V1, edges[f].V1, e.V0, e.V1) {
				next[i] = f
			}
		}
	}
	return next
}

// rotate begins a ring after its edge with the highest label, or after the last of several in
// a row. So the vertices keep the order that they had in the input.
func rotate(edges []labeled, ring []int) {
	last, gap := 0, false
	for i := 1; i < len(ring); i++ {
		switch c := edges[ring[i]].label - edges[ring[last]].label; {
		case c < 0:
			gap = true
		case c > 0 || !gap:
			last, gap = i, false
		}
	}
	begin := (last + 1) % len(ring)
	rotated := append(slices.Clone(ring[begin:]), ring[:begin]...)
	copy(ring, rotated)
}
