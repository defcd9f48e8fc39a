package geography

import (
	"math"
	"slices"

	"github.com/golang/geo/s2"
)

// labeled is a part of an edge, with the number of that edge in the input.
type labeled struct {
	s2.Edge
	label int
}

// combination is two values whose edges are split where they meet: results of BigQuery have
// these vertices. Which side of a region an edge is on is found before the split, as in S2.
type combination struct {
	*overlay
	nodes                          []s2.Point
	linesA, linesB, ringsA, ringsB []s2.Edge
}

func combine(a, b *Geography) *combination {
	c := &combination{overlay: newOverlay(a, b), linesA: a.lineEdges(), linesB: b.lineEdges()}
	c.ringsA, c.ringsB = c.ra.ringEdges(), c.rb.ringEdges()
	edgesA, edgesB := slices.Concat(c.linesA, c.ringsA), slices.Concat(c.linesB, c.ringsB)
	for _, e := range slices.Concat(edgesA, edgesB) {
		c.nodes = append(c.nodes, e.V0, e.V1)
	}
	edgesA, edgesB = near(edgesA, b), near(edgesB, a)
	for _, e := range edgesA {
		for _, f := range edgesB {
			if s2.CrossingSign(e.V0, e.V1, f.V0, f.V1) == s2.Cross {
				c.nodes = append(c.nodes, crossing(e, f))
			}
		}
	}
	c.nodes = sortedPoints(c.nodes)
	return c
}

// near are the edges whose bounds meet that of a value.
func near(edges []s2.Edge, g *Geography) []s2.Edge {
	bound := g.bound()
	return slices.DeleteFunc(edges, func(e s2.Edge) bool {
		p := s2.Polyline{e.V0, e.V1}
		return !bound.Intersects(p.RectBound())
	})
}

// parts are the parts of edges on certain sides of a region. Labels begin with first.
func (c *combination) parts(edges []s2.Edge, first int, r *region, sides ...side) []labeled {
	var list []labeled
	for i, e := range edges {
		for _, p := range r.cut(e.V0, e.V1) {
			if p.from == p.to || !slices.Contains(sides, p.side) {
				continue
			}
			for _, part := range splitAt(s2.Edge{V0: p.from, V1: p.to}, c.nodes) {
				list = append(list, labeled{part, first + i})
			}
		}
	}
	return list
}

// edges are the parts of edges, as a set that has each part in both directions.
func (c *combination) edges(list []s2.Edge) map[s2.Edge]bool {
	set := map[s2.Edge]bool{}
	for _, e := range list {
		for _, part := range splitAt(e, c.nodes) {
			set[part], set[part.Reversed()] = true, true
		}
	}
	return set
}

// onEdge is the greatest distance at which S2 takes a vertex to be on an edge: the error of the
// crossing of two edges.
const onEdge = 8 * 0x1p-53

// splitAt splits an edge at the points that lie on it.
func splitAt(e s2.Edge, points []s2.Point) []s2.Edge {
	var at []s2.Point
	normal := e.V0.PointCross(e.V1)
	limit := onEdge * normal.Norm()
	for _, v := range points {
		if math.Abs(normal.Dot(v.Vector)) <= limit && v != e.V0 && v != e.V1 && s2.DistanceFromSegment(v, e.V0, e.V1) <= onEdge {
			at = append(at, v)
		}
	}
	byDistance(e.V0, at)
	var out []s2.Edge
	for _, v := range at {
		out = append(out, s2.Edge{V0: e.V0, V1: v})
		e.V0 = v
	}
	return append(out, e)
}

// cancel tells edges that come in both directions, which are pairs, from those that are left. Of
// an edge that comes twice in one direction it keeps one.
func cancel(edges []labeled) (left, pairs []labeled) {
	seen := map[s2.Edge]bool{}
	for _, e := range edges {
		seen[e.Edge] = true
	}
	done := map[s2.Edge]bool{}
	for _, e := range edges {
		if done[e.Edge] {
			continue
		}
		done[e.Edge] = true
		if seen[e.Reversed()] {
			pairs = append(pairs, e)
		} else {
			left = append(left, e)
		}
	}
	return left, pairs
}
