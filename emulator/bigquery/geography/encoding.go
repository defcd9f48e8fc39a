package geography

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/golang/geo/r3"
	"github.com/golang/geo/s2"
)

// Encode is the value as it is stored: exact, because text in degrees would round, and
// without blanks, which separate values of a list. It is base64 of a byte, 1 for the
// globe, and then the points, the lines and the polygons as a list of rings, each list after
// its length, and each vertex as three FLOAT64.
func (g *Geography) Encode() string {
	b := []byte{0}
	if g.Full {
		b[0] = 1
	}
	b = appendPoints(b, g.Points)
	b = binary.AppendUvarint(b, uint64(len(g.Lines)))
	for _, l := range g.Lines {
		b = appendPoints(b, l)
	}
	b = binary.AppendUvarint(b, uint64(len(g.Polygons)))
	for _, p := range g.Polygons {
		rings := p.rings()
		b = binary.AppendUvarint(b, uint64(len(rings)))
		for _, r := range rings {
			b = appendPoints(b, r)
		}
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

func appendPoints(b []byte, points []s2.Point) []byte {
	b = binary.AppendUvarint(b, uint64(len(points)))
	for _, p := range points {
		for _, x := range []float64{p.X, p.Y, p.Z} {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
	}
	return b
}

var errEncoding = errorf("the stored value of a GEOGRAPHY can't be read")

// Decode reads what Encode wrote.
func Decode(s string) (*Geography, error) {
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || len(b) == 0 {
		return nil, errEncoding
	}
	d := decoder{rest: b[1:]}
	g := &Geography{Full: b[0] == 1, Points: d.points()}
	for range d.count() {
		g.Lines = append(g.Lines, d.points())
	}
	for range d.count() {
		var p Polygon
		for i := range d.count() {
			if ring := d.points(); i == 0 {
				p.Shell = ring
			} else {
				p.Holes = append(p.Holes, ring)
			}
		}
		g.Polygons = append(g.Polygons, p)
	}
	if d.failed || len(d.rest) > 0 {
		return nil, errEncoding
	}
	return g, nil
}

type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) count() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)) {
		d.failed, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *decoder) points() []s2.Point {
	const size = 3 * 8
	n := d.count()
	if n*size > len(d.rest) {
		d.failed, d.rest = true, nil
		return nil
	}
	var list []s2.Point
	for range n {
		list = append(list, s2.Point{Vector: r3.Vector{X: d.float(0), Y: d.float(8), Z: d.float(16)}})
		d.rest = d.rest[size:]
	}
	return list
}

func (d *decoder) float(at int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(d.rest[at:]))
}
