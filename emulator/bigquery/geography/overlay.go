package geography

import (
	"slices"

	"github.com/golang/geo/s2"
)

// overlay is two values on top of each other.
type overlay struct {
	a, b   *Geography
	ra, rb *region
	la, lb map[s2.Edge]bool  // edges of lines, in both directions
	va, vb map[s2.Point]bool // points, and vertices of lines
}

func newOverlay(a, b *Geography) *overlay {
	o := &overlay{a: a, b: b, ra: a.region(), rb: b.region()}
	o.la, o.va = lineParts(a)
	o.lb, o.vb = lineParts(b)
	return o
}

// swapped is the overlay the other way around.
func (o *overlay) swapped() *overlay {
	return &overlay{a: o.b, b: o.a, ra: o.rb, rb: o.ra, la: o.lb, lb: o.la, va: o.vb, vb: o.va}
}

// lineParts are the edges of lines in both directions, and the vertices of lines and the
// points.
func lineParts(g *Geography) (map[s2.Edge]bool, map[s2.Point]bool) {
	edges, vertices := map[s2.Edge]bool{}, map[s2.Point]bool{}
	for _, p := range g.Points {
		vertices[p] = true
	}
	for _, l := range g.Lines {
		for _, e := range chainEdges(l) {
			edges[e], edges[e.Reversed()] = true, true
		}
		for _, v := range l {
			vertices[v] = true
		}
	}
	return edges, vertices
}

// lineEdges are the edges of all lines.
func (g *Geography) lineEdges() []s2.Edge {
	var edges []s2.Edge
	for _, l := range g.Lines {
		edges = append(edges, chainEdges(l)...)
	}
	return edges
}

// reaches reports whether a part of an edge is on one of certain sides of a region.
func reaches(edges []s2.Edge, r *region, sides ...side) bool {
	return len(pieces(edges, r, sides...)) > 0
}

// pieces are the parts of edges on certain sides of a region.
func pieces(edges []s2.Edge, r *region, sides ...side) []s2.Edge {
	if r.empty() && !slices.Contains(sides, outside) {
		return nil
	}
	var list []s2.Edge
	for _, e := range edges {
		for _, p := range r.cut(e.V0, e.V1) {
			if slices.Contains(sides, p.side) {
				list = append(list, s2.Edge{V0: p.from, V1: p.to})
			}
		}
	}
	return list
}

// Union is what is in either value.
func Union(a, b *Geography) (*Geography, error) {
	if a.Full || b.Full {
		return &Geography{Full: true}, nil
	}
	c := combine(a, b)
	rings := c.parts(c.ringsA, 0, c.rb, outside, along)
	rings = append(rings, c.parts(c.ringsB, len(c.ringsA), c.ra, outside)...)
	lines := c.parts(c.linesA, 0, c.rb, outside)
	lines = append(lines, c.parts(c.linesB, len(c.linesA), c.ra, outside)...)
	left, _ := cancel(rings)
	return compose(left, len(a.Polygons)+len(b.Polygons) > 0, lines, append(slices.Clone(a.Points), b.Points...))
}

// UnionAll is what is in any of the values. Points are gathered first, and others joined by
// halves, so that the cost doesn't grow with the square of their number.
func UnionAll(list []*Geography) (*Geography, error) {
	var points []s2.Point
	var others []*Geography
	for _, g := range list {
		if g.Dimension() > 0 {
			others = append(others, g)
		} else {
			points = append(points, g.Points...)
		}
	}
	all, err := unionHalves(others)
	if err != nil || len(points) == 0 {
		return all, err
	}
	return Union(all, MultiPoint(points))
}

func unionHalves(list []*Geography) (*Geography, error) {
	switch len(list) {
	case 0:
		return &Geography{}, nil
	case 1:
		return list[0], nil
	}
	half := len(list) / 2
	a, err := unionHalves(list[:half])
	if err != nil {
		return nil, err
	}
	b, err := unionHalves(list[half:])
	if err != nil {
		return nil, err
	}
	return Union(a, b)
}

// Intersection is what is in both values.
func Intersection(a, b *Geography) (*Geography, error) {
	if a.Full {
		return b, nil
	}
	if b.Full {
		return a, nil
	}
	c := combine(a, b)
	rings := c.parts(c.ringsB, 0, c.ra, inside, along) // BigQuery takes the second value first
	rings = append(rings, c.parts(c.ringsA, len(c.ringsB), c.rb, inside)...)
	left, pairs := cancel(rings)
	lines := c.parts(c.linesA, 0, c.rb, inside, along, against)
	lines = append(lines, c.parts(c.linesB, len(c.linesA), c.ra, inside, along, against)...)
	first := len(c.linesA) + len(c.linesB)
	for _, e := range append(c.parts(c.ringsA, 0, c.rb, against), pairs...) {
		lines = append(lines, labeled{e.Edge, first + e.label})
	}
	common := c.edges(c.linesB)
	for _, e := range c.parts(c.linesA, 0, &region{}, outside) {
		if common[e.Edge] {
			lines = append(lines, e)
		}
	}
	return compose(left, false, lines, append(c.lineCrossings(), c.common()...))
}

// Difference is what is in the first value only, with its boundary.
func Difference(a, b *Geography) (*Geography, error) {
	if b.Full {
		return &Geography{}, nil
	}
	c := combine(a, b)
	rings := c.parts(c.ringsA, 0, c.rb, outside, against)
	for _, e := range c.parts(c.ringsB, len(c.ringsA), c.ra, inside) {
		rings = append(rings, labeled{e.Reversed(), e.label})
	}
	left, _ := cancel(rings)
	var lines []labeled
	common := c.edges(c.linesB)
	for _, e := range c.parts(c.linesA, 0, c.rb, outside) {
		if !common[e.Edge] {
			lines = append(lines, e)
		}
	}
	var points []s2.Point
	for _, p := range a.Points {
		if !c.vb[p] && !c.rb.covers(p) {
			points = append(points, p)
		}
	}
	return compose(left, a.Full && b.Dimension() < 2, lines, points)
}

// linesCross reports whether an edge of a line crosses one of the other value's.
func (o *overlay) linesCross() bool { return len(o.lineCrossings()) > 0 }

// lineCrossings are the points where lines cross between their vertices.
func (o *overlay) lineCrossings() []s2.Point {
	if len(o.a.Lines) == 0 || len(o.b.Lines) == 0 {
		return nil
	}
	var points []s2.Point
	for _, l := range o.b.Lines {
		polyline := s2.Polyline(l)
		index, shape := indexOf(&polyline)
		for _, e := range o.a.lineEdges() {
			points = append(points, crossings(e.V0, e.V1, index, shape)...)
		}
	}
	return points
}

// common are the points in both values that must be looked at by themselves: vertices of
// one that the other has.
func (o *overlay) common() []s2.Point {
	var points []s2.Point
	for _, x := range []*overlay{o, o.swapped()} {
		for _, v := range x.a.vertices() {
			if x.vb[v] || x.rb.covers(v) {
				points = append(points, v)
			}
		}
	}
	return points
}
