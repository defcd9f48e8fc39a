package outline

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// dot is how many units wide a region is drawn that is too small to be seen.
const dot = 24

// simplified are the rings of a region, from those that were cut into lines. Of islands that would
// be smaller than the tolerance the largest alone is left.
func simplified(rings []ring, cut [][]orb.LineString, tolerance float64) (simple []ring) {
	for _, lines := range cut {
		if r := join(lines, tolerance); r.area() >= tolerance*tolerance {
			simple = append(simple, r)
		}
	}
	if len(simple) > 0 {
		return simple
	}
	if r := largest(rings); r.area() >= dot*dot {
		return []ring{r}
	}
	return []ring{square(rings[0][0])}
}

func largest(rings []ring) ring {
	return slices.MaxFunc(rings, func(a, b ring) int { return cmp.Compare(a.area(), b.area()) })
}

// path draws rings.
func path(rings []ring) string {
	var b strings.Builder
	for _, r := range rings {
		r.write(&b)
	}
	return b.String()
}

// shape is what a region with some rings looks like.
func shape(rings []ring) Shape {
	s := Shape{Bound: orb.Ring(rings[0]).Bound()}
	for _, r := range rings {
		s.Bound = s.Bound.Union(orb.Ring(r).Bound())
		s.Rings = append(s.Rings, r)
	}
	s.Label, s.Room = innermost(largest(rings), rings)
	return s
}

// turned are rings of which those that lie in an odd number of others, as holes do, run clockwise
// and the others don't.
func turned(rings []ring) []ring {
	for i, r := range rings {
		hole := false
		for j, other := range rings {
			hole = hole != (i != j && encloses(other, r))
		}
		if clockwise := orb.Ring(r).Orientation() == orb.CW; clockwise != hole {
			r = slices.Clone(r)
			slices.Reverse(r)
			rings[i] = r
		}
	}
	return rings
}

// encloses reports whether most points of a ring lie within another: some may lie on it.
func encloses(outer, inner ring) bool {
	if !orb.Ring(outer).Bound().Intersects(orb.Ring(inner).Bound()) {
		return false
	}
	within := 0
	for _, p := range inner {
		if planar.RingContains(orb.Ring(outer), p) {
			within++
		}
	}
	return 2*within > len(inner)
}

// area is how many square units a ring has within it.
func (r ring) area() float64 {
	if len(r) < 4 {
		return 0
	}
	return math.Abs(planar.Area(orb.Ring(r)))
}

func square(p orb.Point) ring {
	x, y := p[0]-dot/2, p[1]-dot/2
	return ring{{x, y}, {x + dot, y}, {x + dot, y + dot}, {x, y + dot}, {x, y}}
}

// write writes a ring as a part of a path: the first point, and steps from each to the next.
func (r ring) write(b *strings.Builder) {
	step := func(separate bool, n float64) {
		if separate && n >= 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(int(n)))
	}
	b.WriteByte('M')
	step(false, r[0][0])
	step(true, r[0][1])
	b.WriteByte('l')
	for i := 1; i < len(r)-1; i++ {
		step(i > 1, r[i][0]-r[i-1][0])
		step(true, r[i][1]-r[i-1][1])
	}
	b.WriteByte('z')
}

// The search for the innermost point looks at gridSteps by gridSteps points, and then that
// many times nearer around the best of them.
const (
	gridSteps = 8
	nearer    = 3
)

// innermost is the point within a ring that is farthest from the borders of all rings, about,
// and how far that is.
func innermost(of ring, all []ring) (best orb.Point, room float64) {
	bound := orb.Ring(of).Bound()
	best, room = bound.Center(), -1
	for range nearer {
		step := orb.Point{(bound.Max[0] - bound.Min[0]) / gridSteps, (bound.Max[1] - bound.Min[1]) / gridSteps}
		from := bound.Min
		for n := range gridSteps * gridSteps {
			p := orb.Point{from[0] + step[0]*(float64(n%gridSteps)+0.5), from[1] + step[1]*(float64(n/gridSteps)+0.5)}
			if d := distance(p, all); d > room && inside(p, of, all) {
				best, room = p, d
			}
		}
		bound = orb.Bound{Min: orb.Point{best[0] - step[0], best[1] - step[1]}, Max: orb.Point{best[0] + step[0], best[1] + step[1]}}
	}
	return orb.Point{math.Round(best[0]), math.Round(best[1])}, max(room, 0)
}

// inside reports whether a point is in a ring, and in none of the holes.
func inside(p orb.Point, of ring, all []ring) bool {
	in := false
	for _, r := range all {
		in = in != planar.RingContains(orb.Ring(r), p)
	}
	return in && planar.RingContains(orb.Ring(of), p)
}

// distance is how far a point is from the nearest line.
func distance(p orb.Point, rings []ring) float64 {
	least := math.Inf(1)
	for _, r := range rings {
		for i := 1; i < len(r); i++ {
			least = min(least, planar.DistanceFromSegmentSquared(r[i-1], r[i], p))
		}
	}
	return math.Sqrt(least)
}
