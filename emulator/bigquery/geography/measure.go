package geography

import (
	"math"

	"github.com/golang/geo/r3"
	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// meters is the length of an angle on the Earth.
func meters(a s1.Angle) float64 { return float64(a) * EarthRadius }

// Area is that of the polygons, in square meters.
func (g *Geography) Area() float64 {
	if g.Full {
		return 4 * math.Pi * EarthRadius * EarthRadius
	}
	area := 0.0
	for _, p := range g.Polygons {
		area += s2.LoopFromPoints(p.Shell).Area()
		for _, h := range p.Holes {
			area -= s2.LoopFromPoints(h).Area()
		}
	}
	return area * (EarthRadius * EarthRadius)
}

// Length is that of the lines, in meters.
func (g *Geography) Length() float64 {
	var sum s1.Angle
	for _, l := range g.Lines {
		sum += length(l)
	}
	return meters(sum)
}

func length(line []s2.Point) s1.Angle {
	p := s2.Polyline(line)
	return p.Length()
}

// Perimeter is the length of the boundaries of the polygons, in meters.
func (g *Geography) Perimeter() float64 {
	var sum s1.Angle
	for _, r := range g.orientedRings() {
		sum += length(closed(r))
	}
	return meters(sum)
}

// Distance is the shortest one between two values that aren't empty, in meters.
func Distance(a, b *Geography) float64 {
	p, single := a.SinglePoint()
	if q, also := b.SinglePoint(); single && also {
		return meters(p.Distance(q))
	}
	if Intersects(a, b) {
		return 0
	}
	query := s2.NewClosestEdgeQuery(a.shapes(), s2.NewClosestEdgeQueryOptions())
	return meters(query.Distance(s2.NewMinDistanceToShapeIndexTarget(b.shapes())).Angle())
}

// shapes are all parts in an index.
func (g *Geography) shapes() *s2.ShapeIndex {
	index := s2.NewShapeIndex()
	if len(g.Points) > 0 {
		points := s2.PointVector(g.Points)
		index.Add(&points)
	}
	for _, l := range g.Lines {
		p := s2.Polyline(l)
		index.Add(&p)
	}
	if rings := g.orientedRings(); len(rings) > 0 {
		index.Add(s2.LaxPolygonFromPoints(rings))
	}
	return index
}

// MaxDistance is the longest one between vertices of two values that aren't empty, in meters.
func MaxDistance(a, b *Geography) float64 {
	longest := s1.Angle(0)
	others := b.vertices()
	for _, p := range a.vertices() {
		for _, q := range others {
			longest = max(longest, p.Distance(q))
		}
	}
	return meters(longest)
}

// HausdorffDistance is the greatest distance from a vertex of one value to the other value, in
// meters; directed looks at the vertices of the first value only. Neither is empty.
func HausdorffDistance(a, b *Geography, directed bool) float64 {
	query := s2.NewClosestEdgeQuery(b.shapes(), s2.NewClosestEdgeQueryOptions().IncludeInteriors(true))
	greatest := s1.ChordAngle(0)
	for _, p := range a.vertices() {
		greatest = max(greatest, query.Distance(s2.NewMinDistanceToPointTarget(p)))
	}
	if directed {
		return meters(greatest.Angle())
	}
	return max(meters(greatest.Angle()), HausdorffDistance(b, a, true))
}

// Azimuth is the direction of the second point seen from the first one, clockwise from north,
// from 0 to 2π. Equal and antipodal points have none.
func Azimuth(p, q s2.Point) (float64, bool) {
	if p == q || p.Vector == q.Mul(-1) {
		return 0, false
	}
	a, b := s2.LatLngFromPoint(p), s2.LatLngFromPoint(q)
	turn := float64(b.Lng - a.Lng)
	sinA, cosA := math.Sincos(float64(a.Lat))
	sinB, cosB := math.Sincos(float64(b.Lat))
	east := math.Sin(turn) * cosB
	north := cosA*sinB - sinA*cosB*math.Cos(turn)
	return positive(math.Atan2(east, north)), true
}

// Angle is that at the second point, clockwise from the first to the third, from 0 to 2π.
func Angle(p, at, q s2.Point) (float64, bool) {
	from, known := Azimuth(at, p)
	to, also := Azimuth(at, q)
	return positive(to - from), known && also
}

func positive(a float64) float64 {
	if a < 0 {
		a += 2 * math.Pi
	}
	return a
}

// Box is a rectangle of longitudes and latitudes in degrees. East may be beyond 180°.
type Box struct{ West, South, East, North float64 }

// bound is the smallest rectangle around a value.
func (g *Geography) bound() s2.Rect {
	if g.Full {
		return s2.FullRect()
	}
	r := s2.EmptyRect()
	for _, p := range g.Points {
		r = r.AddPoint(s2.LatLngFromPoint(p))
	}
	for _, l := range g.Lines {
		p := s2.Polyline(l)
		r = r.Union(p.RectBound())
	}
	for _, p := range g.Polygons {
		r = r.Union(s2.LoopFromPoints(p.Shell).RectBound())
	}
	return r
}

// Bound is the smallest rectangle around values, if they aren't all empty. wide says that half
// of the longitudes are as good as all.
func Bound(list []*Geography, wide bool) (Box, bool) {
	r := s2.EmptyRect()
	for _, g := range list {
		r = r.Union(g.bound())
	}
	if r.IsEmpty() {
		return Box{}, false
	}
	b := Box{West: degrees(r.Lng.Lo), South: degrees(r.Lat.Lo), East: degrees(r.Lng.Hi), North: degrees(r.Lat.Hi)}
	if r.Lng.IsInverted() {
		b.East += 360
	}
	if r.Lng.IsFull() || wide && r.Lng.Length() >= math.Pi {
		b.West, b.East = -180, 180
	}
	return b, true
}

func degrees(radians float64) float64 { return radians * (180 / math.Pi) }

// Centroid is the center of the parts of the highest dimension of values that aren't all
// empty.
func Centroid(list ...*Geography) s2.Point {
	dimension := -1
	for _, g := range list {
		dimension = max(dimension, g.Dimension())
	}
	var sum r3.Vector
	for _, g := range list {
		switch {
		case dimension == 0:
			for _, p := range g.Points {
				sum = sum.Add(p.Vector)
			}
		case dimension == 1:
			for _, l := range g.Lines {
				p := s2.Polyline(l)
				sum = sum.Add(p.Centroid().Vector)
			}
		default:
			for _, p := range g.Polygons {
				sum = sum.Add(s2.LoopFromPoints(p.Shell).Centroid().Vector)
				for _, h := range p.Holes {
					sum = sum.Sub(s2.LoopFromPoints(h).Centroid().Vector)
				}
			}
		}
	}
	if sum == (r3.Vector{}) {
		return s2.OriginPoint()
	}
	return s2.Point{Vector: sum.Normalize()}
}

// Region is the value as S2 covers it.
func (g *Geography) Region() s2.Region {
	if g.Full {
		return s2.FullRect()
	}
	var union s2.RegionUnion
	for _, p := range g.Points {
		union = append(union, p)
	}
	for _, l := range g.Lines {
		p := s2.Polyline(l)
		union = append(union, &p)
	}
	if rings := g.orientedRings(); len(rings) > 0 {
		loops := make([]*s2.Loop, len(rings))
		for i, r := range rings {
			loops[i] = s2.LoopFromPoints(r)
		}
		union = append(union, s2.PolygonFromOrientedLoops(loops))
	}
	return &union
}
