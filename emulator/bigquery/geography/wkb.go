package geography

import (
	"encoding/binary"
	"math"

	"github.com/golang/geo/s2"
)

// The types of WKB
// (https://www.ogc.org/standards/sfa, 8.2.3).
const (
	wkbPoint = iota + 1
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection
)

// FromBinary reads WKB.
func FromBinary(data []byte, o Options) (*Geography, error) {
	r := &wkbReader{rest: data, builder: builder{Options: o}}
	if err := r.geometry(0); err != nil {
		return nil, errorf("%w; in WKB geography", err)
	}
	if len(r.rest) > 0 {
		return nil, errorf("Invalid WKB: %d bytes after the geometry", len(r.rest))
	}
	return r.build()
}

type wkbReader struct {
	builder
	rest  []byte
	order binary.ByteOrder
}

var errWKB = errorf("Invalid WKB: it ends too early")

func (r *wkbReader) geometry(depth int) error {
	const deepest = 32
	if depth > deepest {
		return errorf("Invalid WKB: more than %d levels", deepest)
	}
	if len(r.rest) < 1 {
		return errWKB
	}
	switch r.rest[0] {
	case 0:
		r.order = binary.BigEndian
	case 1:
		r.order = binary.LittleEndian
	default:
		return errorf("Invalid WKB: the byte order %d", r.rest[0])
	}
	r.rest = r.rest[1:]
	kind, err := r.uint()
	if err != nil {
		return err
	}
	switch kind {
	case wkbPoint:
		p, err := r.position()
		if err != nil || math.IsNaN(p[0]) && math.IsNaN(p[1]) { // an empty point
			return err
		}
		return r.point(p)
	case wkbLineString:
		list, err := r.positions()
		if err != nil || len(list) == 0 {
			return err
		}
		return r.line(list)
	case wkbPolygon:
		return r.rings()
	case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon, wkbCollection:
		return r.each(func() error { return r.geometry(depth + 1) })
	}
	return errorf("Invalid WKB: the type %d", kind)
}

func (r *wkbReader) rings() error {
	var rings [][]position
	err := r.each(func() error {
		list, err := r.positions()
		rings = append(rings, list)
		return err
	})
	if err != nil || len(rings) == 0 {
		return err
	}
	return r.polygon(rings)
}

// each reads a number, and as many parts.
func (r *wkbReader) each(read func() error) error {
	n, err := r.uint()
	if err != nil {
		return err
	}
	for range n {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

func (r *wkbReader) positions() ([]position, error) {
	var list []position
	err := r.each(func() error {
		p, err := r.position()
		list = append(list, p)
		return err
	})
	return list, err
}

func (r *wkbReader) position() (p position, err error) {
	for i := range p {
		if len(r.rest) < 8 {
			return p, errWKB
		}
		p[i] = math.Float64frombits(r.order.Uint64(r.rest))
		r.rest = r.rest[8:]
	}
	return p, nil
}

func (r *wkbReader) uint() (uint32, error) {
	if len(r.rest) < 4 {
		return 0, errWKB
	}
	n := r.order.Uint32(r.rest)
	r.rest = r.rest[4:]
	return n, nil
}

// errFullGlobe says that a notation has nothing for the globe.
var errFullGlobe = errorf("The full globe has no representation in this format")

// Binary is the value in WKB, with the least significant byte first.
func (g *Geography) Binary() ([]byte, error) {
	if g.Full {
		return nil, errFullGlobe
	}
	parts := g.byDimension()
	if len(parts) == 1 {
		return parts[0].appendWKB(nil), nil
	}
	b := wkbHeader(nil, wkbCollection, len(parts))
	for _, p := range parts {
		b = p.appendWKB(b)
	}
	return b, nil
}

// wkbHeader begins a geometry of n parts.
func wkbHeader(b []byte, kind uint32, n int) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, 1), kind)
	return binary.LittleEndian.AppendUint32(b, uint32(n))
}

// appendWKB writes the parts of one dimension.
func (g *Geography) appendWKB(b []byte) []byte {
	single := g.Size() == 1
	switch g.Dimension() {
	case 0:
		if !single {
			b = wkbHeader(b, wkbMultiPoint, len(g.Points))
		}
		for _, p := range g.Points {
			b = binary.LittleEndian.AppendUint32(append(b, 1), wkbPoint)
			b = appendWKBPoints(b, p)
		}
	case 1:
		if !single {
			b = wkbHeader(b, wkbMultiLineString, len(g.Lines))
		}
		for _, l := range g.Lines {
			b = appendWKBPoints(wkbHeader(b, wkbLineString, len(l)), l...)
		}
	default:
		if !single {
			b = wkbHeader(b, wkbMultiPolygon, len(g.Polygons))
		}
		for _, p := range g.Polygons {
			rings := p.oriented()
			b = wkbHeader(b, wkbPolygon, len(rings))
			for _, r := range rings {
				b = binary.LittleEndian.AppendUint32(b, uint32(len(r)+1))
				b = appendWKBPoints(b, closed(r)...)
			}
		}
	}
	return b
}

func appendWKBPoints(b []byte, points ...s2.Point) []byte {
	for _, p := range points {
		lng, lat := Degrees(p)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lng))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lat))
	}
	return b
}
