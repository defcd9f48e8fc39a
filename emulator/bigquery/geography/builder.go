package geography

import (
	"github.com/golang/geo/r2"
	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// Options say how polygons and edges of a notation are read
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/geography_functions#st_geogfromtext).
type Options struct {
	// Oriented takes what is on the left of a ring as its interior; otherwise it is the
	// smaller side.
	Oriented bool
	// Planar takes edges as straight lines of a map in degrees.
	Planar bool
}

// tolerance is the distance, 10 meters, that tessellated edges may have from the edges that
// they stand for. The factor makes a bound of an estimate, and belongs to the algorithm; the
// library lacks it.
const tolerance = s1.Angle(10 / EarthRadius * 0.83829992569888509)

// builder gathers the parts of a notation.
type builder struct {
	Options
	points   []s2.Point
	lines    [][]s2.Point
	polygons []Polygon
	full     bool
}

// position is a longitude and a latitude, in degrees.
type position [2]float64

func (b *builder) point(p position) error {
	v, err := FromDegrees(p[0], p[1])
	if err != nil {
		return err
	}
	b.points = append(b.points, v)
	return nil
}

func (b *builder) line(list []position) error {
	vertices, err := b.chain(list)
	if err != nil {
		return err
	}
	if len(list) < 2 {
		return errorf("LineString must have at least two vertices")
	}
	if len(vertices) == 1 {
		b.points = append(b.points, vertices[0])
		return nil
	}
	b.lines = append(b.lines, vertices)
	return nil
}

// polygon adds the polygon of rings that end where they begin.
func (b *builder) polygon(rings [][]position) error {
	var loops [][]s2.Point
	for _, r := range rings {
		if len(r) < 4 {
			return errorf("Invalid polygon loop: a ring must have at least 3 different vertices")
		}
		if r[0] != r[len(r)-1] {
			return errorf("Polygon ring is not closed: the first and the last vertex must be the same")
		}
		loop, err := b.chain(r)
		if err != nil {
			return err
		}
		loops = append(loops, loop[:len(loop)-1])
	}
	p, err := NewPolygon(loops, b.Oriented)
	if err != nil {
		return err
	}
	b.polygons = append(b.polygons, p)
	return nil
}

// chain is a sequence of positions as vertices, without repeated ones.
func (b *builder) chain(list []position) ([]s2.Point, error) {
	var out []s2.Point
	for i, p := range list {
		v, err := FromDegrees(p[0], p[1])
		if err != nil {
			return nil, err
		}
		if len(out) == 0 {
			out = append(out, v)
			continue
		}
		last := out[len(out)-1]
		if v == last {
			continue
		}
		if v.Vector == last.Mul(-1) {
			return nil, errorf("Edge connects antipodal points")
		}
		if !b.Planar {
			out = append(out, v)
			continue
		}
		from, to := r2.Point{X: list[i-1][0], Y: list[i-1][1]}, r2.Point{X: p[0], Y: p[1]}
		chain := s2.NewEdgeTessellator(plate, tolerance).AppendUnprojected(from, to, nil)
		out = append(out, chain[1:len(chain)-1]...)
		out = append(out, v)
	}
	return out, nil
}

// build makes a value of the parts.
func (b *builder) build() (*Geography, error) {
	if b.full {
		return &Geography{Full: true}, nil
	}
	if err := validatePolygons(b.polygons); err != nil {
		return nil, err
	}
	return &Geography{Points: sortedPoints(b.points), Lines: joinLines(b.lines), Polygons: b.polygons}, nil
}

// NewPolygon makes a polygon of a shell and holes, given without their repeated last vertices.
// Unless they are oriented, each encloses its smaller side.
func NewPolygon(rings [][]s2.Point, oriented bool) (Polygon, error) {
	var p Polygon
	for i, r := range rings {
		r, err := newRing(r, oriented, i > 0)
		if err != nil {
			if len(rings) > 1 {
				err = errorf("%w; in loop %d", err, i)
			}
			return p, err
		}
		if i == 0 {
			p.Shell = r
		} else {
			p.Holes = append(p.Holes, r)
		}
	}
	return p, p.validate()
}

// newRing is a ring that encloses what is on its left.
func newRing(r []s2.Point, oriented, hole bool) ([]s2.Point, error) {
	loop := s2.LoopFromPoints(append([]s2.Point(nil), r...))
	if err := validateRing(r); err != nil {
		return nil, err
	}
	if oriented && hole || !oriented && !loop.IsNormalized() {
		loop.Invert()
	}
	return loop.Vertices(), nil
}
