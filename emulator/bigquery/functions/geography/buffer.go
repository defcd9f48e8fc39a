package geography

import (
	"errors"
	"math"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// buffer refuses the ends and sides of lines, which aren't buffered, and a spheroid.
func buffer(native string) function.Scalar {
	return func(c *function.Call) string {
		for i, n := range c.Nodes[min(3, len(c.Nodes)):] {
			l, ok := n.(*resolved.Literal)
			if !ok || l.Value != nil && l.Value != false && l.Value != "ROUND" && l.Value != "BOTH" && l.Value != "round" && l.Value != "both" {
				bqerror.Refuse("argument %d of %s", i+4, c.Display())
			}
		}
		return native + "(" + c.Args[0] + ", " + c.Args[1] + ", " + c.Arg(2, "8.0") + ")"
	}
}

// buffered is the buffer of a point. Those of lines and polygons are refused: their vertices
// depend on the whole of S2's buffer operation.
func buffered(g value, radius float64, sides int) (any, error) {
	if g.Empty() {
		return g, nil
	}
	p, ok := g.SinglePoint()
	if !ok {
		return nil, errors.New("a buffer of something else than a point is not supported by this emulator")
	}
	const quarter = geography.EarthRadius * math.Pi / 2
	switch {
	case math.IsNaN(radius) || radius >= quarter:
		return nil, errors.New("a buffer with a radius of a quarter of the globe or more is not supported by this emulator")
	case sides < 3 || sides > 1000:
		return nil, errors.New("a buffer must have 3 to 1000 corners")
	case radius < 0:
		return &geography.Geography{}, nil
	case radius == 0:
		return g, nil
	}
	return bufferPoint(p, radius, sides), nil
}

// bufferPoint is the polygon of a number of corners around a point, at a radius in meters, as
// S2's buffer operation makes it.
func bufferPoint(p s2.Point, radius float64, sides int) value {
	step := s1.ChordAngleFromAngle(s1.Angle(2*math.Pi/float64(sides) + 1e-15))
	distance := s1.ChordAngleFromAngle(s1.Angle(radius / geography.EarthRadius))
	var ring []s2.Point
	start, angle := s2.Ortho(p), s1.ChordAngle(0)
	for range 4 { // a chord angle is at most 180°
		turn := s2.Point{Vector: p.PointCross(start).Normalize()}
		for ; angle < s1.RightChordAngle; angle = angle.Add(step) {
			ring = append(ring, onRay(p, onRay(start, turn, angle), distance))
		}
		angle, start = beyond(angle, s1.RightChordAngle), turn
	}
	return &geography.Geography{Polygons: []geography.Polygon{{Shell: ring}}}
}

// beyond is the difference of two angles, without the rounding of ChordAngle.Sub, which turns
// a small one to zero.
func beyond(a, b s1.ChordAngle) s1.ChordAngle {
	c := math.Sqrt(float64(a*(1-0.25*b))) - math.Sqrt(float64(b*(1-0.25*a)))
	return s1.ChordAngle(c * c)
}

// onRay is the point at a distance from an origin in a direction that is orthogonal to it.
func onRay(origin, direction s2.Point, r s1.ChordAngle) s2.Point {
	return s2.Point{Vector: origin.Mul(r.Cos()).Add(direction.Mul(r.Sin())).Normalize()}
}

// corners are those of a buffer whose edges come closer to the point by a part of the radius.
func corners(tolerance float64) int {
	return max(3, int(math.Ceil(math.Pi/math.Acos(1-tolerance))))
}
