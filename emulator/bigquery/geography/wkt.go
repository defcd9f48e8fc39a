package geography

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/geography/coordinate"
)

// FromText reads WKT.
func FromText(text string, o Options) (*Geography, error) {
	r := &wktReader{rest: text, builder: builder{Options: o}}
	if err := r.geometry(); err != nil {
		return nil, err
	}
	if r.space(); r.rest != "" {
		return nil, r.invalid()
	}
	return r.build()
}

// FromAny reads WKT, hexadecimal WKB or GeoJSON. The options are for the first two.
func FromAny(text string, o Options) (*Geography, error) {
	trimmed := strings.TrimSpace(text)
	if strings.HasPrefix(trimmed, "{") {
		return FromJSON(trimmed)
	}
	if data, err := hex.DecodeString(trimmed); err == nil && len(data) > 0 {
		return FromBinary(data, o)
	}
	return FromText(text, o)
}

type wktReader struct {
	builder
	rest string
}

func (r *wktReader) invalid() error {
	rest := r.rest
	if len(rest) > 40 {
		rest = rest[:40] + "…"
	}
	return errorf("Invalid WKT at '%s'", rest)
}

func (r *wktReader) space() { r.rest = strings.TrimLeft(r.rest, " \t\r\n") }

// accept takes a character.
func (r *wktReader) accept(c byte) bool {
	r.space()
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// word takes a word, in upper case.
func (r *wktReader) word() string {
	r.space()
	end := 0
	for end < len(r.rest) && (r.rest[end]|0x20 >= 'a' && r.rest[end]|0x20 <= 'z') {
		end++
	}
	w := strings.ToUpper(r.rest[:end])
	r.rest = r.rest[end:]
	return w
}

func (r *wktReader) geometry() error {
	before := r.rest
	kind := r.word()
	if kind == "FULLGLOBE" {
		r.full = true
		return nil
	}
	read, known := map[string]func() error{
		"POINT":      func() error { return r.position(r.point) },
		"LINESTRING": func() error { return r.positions(r.line) },
		"POLYGON":    func() error { return r.rings(r.polygon) },
		"MULTIPOINT": func() error { return r.list(r.multiPoint) },
		"MULTILINESTRING": func() error {
			return r.list(func() error { return r.part(func() error { return r.positions(r.line) }) })
		},
		"MULTIPOLYGON": func() error {
			return r.list(func() error { return r.part(func() error { return r.rings(r.polygon) }) })
		},
		"GEOMETRYCOLLECTION": func() error { return r.list(r.geometry) },
	}[kind]
	if !known {
		r.rest = before
		return r.invalid()
	}
	at := r.rest
	switch r.word() {
	case "EMPTY":
		return nil
	case "Z", "M", "ZM":
		return errorf("WKT with Z or M coordinates isn't supported")
	}
	r.rest = at
	return read()
}

// part is EMPTY or what read reads.
func (r *wktReader) part(read func() error) error {
	at := r.rest
	if r.word() == "EMPTY" {
		return nil
	}
	r.rest = at
	return read()
}

// list is one or more parts in parentheses.
func (r *wktReader) list(read func() error) error {
	if !r.accept('(') {
		return r.invalid()
	}
	for {
		if err := read(); err != nil {
			return err
		}
		if r.accept(')') {
			return nil
		}
		if !r.accept(',') {
			return r.invalid()
		}
	}
}

// multiPoint is a point of a MULTIPOINT, with parentheses or without.
func (r *wktReader) multiPoint() error {
	return r.part(func() error {
		r.space()
		if strings.HasPrefix(r.rest, "(") {
			return r.position(r.point)
		}
		p, err := r.numbers()
		if err != nil {
			return err
		}
		return r.point(p)
	})
}

func (r *wktReader) position(add func(position) error) error {
	return r.positions(func(list []position) error {
		if len(list) != 1 {
			return errorf("POINT must have exactly one position")
		}
		return add(list[0])
	})
}

func (r *wktReader) positions(add func([]position) error) error {
	var list []position
	err := r.list(func() error {
		p, err := r.numbers()
		list = append(list, p)
		return err
	})
	if err != nil {
		return err
	}
	return add(list)
}

func (r *wktReader) rings(add func([][]position) error) error {
	var rings [][]position
	err := r.list(func() error {
		return r.positions(func(list []position) error {
			rings = append(rings, list)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return add(rings)
}

// numbers are a longitude and a latitude.
func (r *wktReader) numbers() (p position, err error) {
	for i := range p {
		r.space()
		end := strings.IndexAny(r.rest, " \t\r\n,()")
		if end < 0 {
			end = len(r.rest)
		}
		if p[i], err = strconv.ParseFloat(r.rest[:end], 64); err != nil {
			return p, r.invalid()
		}
		r.rest = r.rest[end:]
	}
	return p, nil
}

// Text is the value in WKT, with what is in a polygon on the left of its rings.
func (g *Geography) Text() string {
	switch {
	case g.Full:
		return "FULLGLOBE"
	case g.Empty():
		return "GEOMETRYCOLLECTION EMPTY"
	}
	var b []byte
	parts := g.byDimension()
	if len(parts) > 1 {
		b = append(b, "GEOMETRYCOLLECTION("...)
	}
	for i, p := range parts {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(append(b, strings.ToUpper(p.Type())...), '(')
		b = append(p.appendWKT(b), ')')
	}
	if len(parts) > 1 {
		b = append(b, ')')
	}
	return string(b)
}

// byDimension splits the value into the points, the lines and the polygons.
func (g *Geography) byDimension() []*Geography {
	var parts []*Geography
	for _, p := range []*Geography{{Points: g.Points}, {Lines: g.Lines}, {Polygons: g.Polygons}} {
		if !p.Empty() {
			parts = append(parts, p)
		}
	}
	return parts
}

// appendWKT writes the parts of one dimension; those of several lines or polygons are in
// parentheses.
func (g *Geography) appendWKT(b []byte) []byte {
	b = appendWKTPoints(b, g.Points)
	group := func(i, n int, write func(b []byte) []byte) {
		if i > 0 {
			b = append(b, ", "...)
		}
		if n > 1 {
			b = append(b, '(')
		}
		b = write(b)
		if n > 1 {
			b = append(b, ')')
		}
	}
	for i, l := range g.Lines {
		group(i, len(g.Lines), func(b []byte) []byte { return appendWKTPoints(b, l) })
	}
	for i, p := range g.Polygons {
		group(i, len(g.Polygons), func(b []byte) []byte {
			for j, r := range p.oriented() {
				if j > 0 {
					b = append(b, ", "...)
				}
				b = append(appendWKTPoints(append(b, '('), closed(r)), ')')
			}
			return b
		})
	}
	return b
}

func appendWKTPoints(b []byte, points []s2.Point) []byte {
	for i, p := range points {
		if i > 0 {
			b = append(b, ", "...)
		}
		lng, lat := Degrees(p)
		b = coordinate.Append(append(coordinate.Append(b, lng), ' '), lat)
	}
	return b
}
