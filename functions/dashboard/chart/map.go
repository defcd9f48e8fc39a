package chart

import (
	"github.com/paulmach/orb"

	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
	"github.com/tallystream/tallystream/shared/election"
)

const (
	mostHigh  = 720.0 // of a map, in pixels
	mostScale = 1.2   // pixels for a unit of a map of tiles or hexagons
	leastText = 10.0  // pixels: smaller words aren't written
)

// places is the map: the leader's colour, the stronger the larger the lead.
func (s *sheet) places() {
	m := s.f.Map
	if len(m.Tiles) == 0 {
		s.nothing(s.l.Say("where.nothing"))
		return
	}
	s.legend()
	s.key()
	area := s.extent()
	wide, high := area.Max[0]-area.Min[0], area.Max[1]-area.Min[1]
	scale, draw := min(room/wide, mostHigh/high), outlined
	switch m.Kind {
	case election.MapTiles:
		scale, draw = min(scale, mostScale), square
	case election.MapHexagons:
		scale, draw = min(scale, mostScale), hexagon
	}
	left, top := (width-wide*scale)/2-area.Min[0]*scale, s.y-area.Min[1]*scale
	for _, t := range m.Tiles {
		fill := s.track
		if t.Strength > 0 {
			fill = mix(s.paper, t.Colour, strengths[t.Strength])
		}
		draw(s, t, left+float64(t.X)*scale, top+float64(t.Y)*scale, scale, fill)
	}
	for _, b := range m.Borders {
		s.p.Line(picture.Stroke{Colour: s.ink, Width: 2}, left+float64(b[0])*scale, top+float64(b[1])*scale, left+float64(b[2])*scale, top+float64(b[3])*scale)
	}
	for _, n := range m.Names {
		s.label(left+float64(n.X)*scale, top+float64(n.Y)*scale+7, 20, true, s.ink, picture.Middle, n.Name)
	}
	s.y += high * scale
}

// extent is the part of the map in which there are regions.
func (s *sheet) extent() orb.Bound {
	m := s.f.Map
	if m.Kind == election.MapOutlines {
		return m.Bound
	}
	var area orb.Bound
	for _, t := range m.Tiles {
		area = area.Union(orb.Bound{Min: orb.Point{float64(t.X), float64(t.Y)}, Max: orb.Point{float64(t.X) + 100, float64(t.Y) + 115}})
	}
	return area
}

// square is a tile, as the page has it: its corner is at x and y, and scale is how many pixels
// a unit of the map has.
func square(s *sheet, t page.Tile, x, y, scale float64, fill string) {
	size, ink := 96*scale, s.readable(fill)
	s.p.Rect(x, y, size, size, fill)
	s.label(x+8*scale, y+36*scale, 26*scale, true, ink, picture.Start, t.Code)
	if s.label(x+8*scale, y+66*scale, 22*scale, false, ink, picture.Start, t.Lead) {
		s.lead(t, x+72*scale, y+9*scale, 15*scale, ink)
	}
}

// hexagon is one that stands on a corner.
func hexagon(s *sheet, t page.Tile, x, y, scale float64, fill string) {
	ink := s.readable(fill)
	s.p.Path(x, y, scale, "M50 2 98 30V86L50 114 2 86V30z", fill)
	s.label(x+50*scale, y+59*scale, 26*scale, true, ink, picture.Middle, t.Code)
	if s.label(x+50*scale, y+83*scale, 21*scale, false, ink, picture.Middle, t.Lead) {
		s.lead(t, x+43*scale, y+14*scale, 14*scale, ink)
	}
}

// outlined is a region as it is. Its words have their middle at x and y.
func outlined(s *sheet, t page.Tile, x, y, scale float64, fill string) {
	rings := s.f.OutlineOf(t.State)
	lines := make([][]float64, len(rings))
	for i, r := range rings {
		for _, p := range r[:len(r)-1] {
			lines[i] = append(lines[i], x+(p[0]-float64(t.X))*scale, y+(p[1]-float64(t.Y))*scale)
		}
	}
	s.p.Shape(fill, picture.Stroke{Colour: s.paper, Width: 1}, lines...)
	ink := s.readable(fill)
	switch {
	case t.HasLead:
		s.lead(t, x-6, y-29, 12, ink)
		s.label(x, y+2, 19, true, ink, picture.Middle, t.Code)
		s.label(x, y+21, 16, false, ink, picture.Middle, t.Lead)
	case t.HasCode:
		s.label(x, y+6, 17, true, ink, picture.Middle, t.Code)
	}
}

// lead draws the shape of who leads, where anybody does.
func (s *sheet) lead(t page.Tile, x, y, size float64, ink string) {
	if t.Strength > 0 {
		s.p.Path(x, y, size/markUnits, page.Marks[t.Mark], ink)
	}
}

// label writes words on the map, and reports whether they are large enough to be read: else it
// doesn't.
func (s *sheet) label(x, y, size float64, bold bool, ink string, anchor picture.Anchor, words string) bool {
	if size < leastText {
		return false
	}
	s.p.Write(picture.Words{X: x, Y: y, Size: size, Bold: bold, Colour: ink, Anchor: anchor, Text: words})
	return true
}
