package geography

import (
	"github.com/golang/geo/s2"
)

// validateRing reports a vertex that comes twice and edges that cross.
func validateRing(r []s2.Point) error {
	if len(r) < 3 {
		return errorf("Invalid polygon loop: Loop must have at least 3 vertices")
	}
	seen := map[s2.Point]int{}
	for i, v := range r {
		if j, twice := seen[v]; twice {
			return errorf("Invalid polygon loop: Edge %d has duplicate vertex with edge %d", j, i)
		}
		seen[v] = i
	}
	index, shape := indexOf(s2.LaxLoopFromPoints(r))
	query := s2.NewCrossingEdgeQuery(index)
	for i := range r {
		e := shape.Edge(i)
		for _, j := range query.Crossings(e.V0, e.V1, shape, s2.CrossingTypeInterior) {
			return errorf("Invalid polygon loop: Edge %d crosses edge %d", min(i, j), max(i, j))
		}
	}
	return nil
}

func indexOf[S s2.Shape](shape S) (*s2.ShapeIndex, S) {
	index := s2.NewShapeIndex()
	index.Add(shape)
	return index, shape
}

// validate reports rings that cross or share an edge, and holes outside of the shell.
func (p Polygon) validate() error {
	rings := p.rings()
	for i, r := range rings {
		for j := range i {
			if err := validatePair(r, rings[j]); err != nil {
				return errorf("Invalid polygon: %w; loops %d and %d", err, j, i)
			}
		}
	}
	shell := &region{rings: [][]s2.Point{p.Shell}}
	for i, h := range p.Holes {
		if !shell.surrounds(h) {
			return errorf("Invalid polygon: Polygon's first loop must be shell. It doesn't contain loop %d", i+1)
		}
		for j := range i {
			if other := (&region{rings: [][]s2.Point{p.Holes[j]}}); other.surrounds(h) || (&region{rings: [][]s2.Point{h}}).surrounds(p.Holes[j]) {
				return errorf("Invalid polygon: holes %d and %d overlap", j+1, i+1)
			}
		}
	}
	return nil
}

// validatePair reports edges of two rings that cross or are the same.
func validatePair(a, b []s2.Point) error {
	index, shape := indexOf(s2.LaxLoopFromPoints(b))
	query := s2.NewCrossingEdgeQuery(index)
	edges := edgeSet(b)
	for i := range a {
		v, w := a[i], a[(i+1)%len(a)]
		if len(query.Crossings(v, w, shape, s2.CrossingTypeInterior)) > 0 {
			return errorf("edges of its loops cross")
		}
		if edges[[2]s2.Point{v, w}] || edges[[2]s2.Point{w, v}] {
			return errorf("One or more duplicate polygon edges detected")
		}
	}
	return nil
}

func edgeSet(ring []s2.Point) map[[2]s2.Point]bool {
	set := make(map[[2]s2.Point]bool, len(ring))
	for i := range ring {
		set[[2]s2.Point{ring[i], ring[(i+1)%len(ring)]}] = true
	}
	return set
}

// validatePolygons reports polygons that overlap.
func validatePolygons(list []Polygon) error {
	for i, p := range list {
		for j := range i {
			for _, a := range p.rings() {
				for _, b := range list[j].rings() {
					if err := validatePair(a, b); err != nil {
						return errorf("Invalid polygon: %w; in polygons %d and %d", err, j, i)
					}
				}
			}
			a, b := &region{rings: p.oriented()}, &region{rings: list[j].oriented()}
			if a.surrounds(list[j].Shell) || b.surrounds(p.Shell) {
				return errorf("Invalid polygon: polygons %d and %d overlap", j, i)
			}
		}
	}
	return nil
}
