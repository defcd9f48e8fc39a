package geography

import (
	"slices"

	"github.com/golang/geo/s2"
)

// hull are the vertices of the convex hull of points on one side of a geodesic through an
// origin, counterclockwise. It scans them in the order around the origin, as S2's query does:
// the one of the Go library begins at another vertex.
func hull(points []s2.Point, origin s2.Point) []s2.Point {
	points = sortedPoints(points)
	slices.SortStableFunc(points, func(a, b s2.Point) int {
		switch {
		case s2.Sign(origin, a, b):
			return -1
		case s2.Sign(origin, b, a):
			return 1
		}
		return 0
	})
	if len(points) < 3 {
		return points
	}
	lower := chain(points)
	slices.Reverse(points)
	upper := chain(points)
	return append(lower[:len(lower)-1], upper[:len(upper)-1]...)
}

// chain leaves out what lies on the inner side.
func chain(points []s2.Point) []s2.Point {
	var out []s2.Point
	for _, p := range points {
		for n := len(out); n >= 2 && s2.RobustSign(out[n-2], out[n-1], p) != s2.CounterClockwise; n = len(out) {
			out = out[:n-1]
		}
		out = append(out, p)
	}
	return out
}
