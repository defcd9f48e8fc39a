package chart

import (
	"github.com/tallystream/tallystream/functions/dashboard/picture"
)

// key explains the strengths.
func (s *sheet) key() {
	x := edge
	s.write(x, 18, false, s.quiet, s.l.Say("where.key.lead"))
	x += picture.Width(s.l.Say("where.key.lead"), 18, false) + 20
	for _, k := range s.f.Map.Key {
		s.rect(x, s.y-15, 18, 18, mix(s.paper, s.ink, strengths[k.Strength]))
		s.write(x+26, 18, false, s.quiet, k.Label)
		x += 46 + picture.Width(k.Label, 18, false)
	}
	s.y += 24
}

// seats is the parliament as an arc.
func (s *sheet) seats() {
	h := s.f.House
	if h == nil || h.Hidden || len(h.Arc.Wedges) == 0 && len(h.Arc.Open) == 0 {
		s.nothing(s.l.Say("seats.nothing"))
		return
	}
	s.y -= 30
	left, top := (width-1000)/2, s.y
	for _, w := range h.Arc.Wedges {
		for _, at := range w.Points {
			s.p.Circle(left+at.X, top+at.Y, h.Arc.Dot/2, s.shown(w.Colour))
		}
	}
	for _, at := range h.Arc.Open {
		s.p.Circle(left+at.X, top+at.Y, h.Arc.Dot/5, s.strong)
	}
	if h.Majority != "" {
		s.p.Line(picture.Stroke{Colour: s.ink, Width: 3}, left+500, top+62, left+500, top+330)
	}
	s.p.Write(picture.Words{X: left + 500, Y: top + 440, Size: 84, Bold: true, Colour: s.ink, Anchor: picture.Middle, Text: h.Total})
	unit := h.Majority
	if unit == "" {
		unit = h.Unit
	}
	s.p.Write(picture.Words{X: left + 500, Y: top + 478, Size: 26, Colour: s.quiet, Anchor: picture.Middle, RTL: s.rtl, Text: unit})
	s.y += 540
	for _, r := range h.Rows {
		s.y += 32
		s.mark(edge, s.y-6, 14, r.Mark, r.Colour)
		s.write(edge+24, nameSize, false, s.ink, picture.Cut(r.Name, nameSize, false, 600))
		s.place(valueAt, s.y, nameSize, true, s.ink, picture.End, s.l.Integer(r.Seats))
		s.place(width-edge, s.y, 18, false, s.quiet, picture.End, s.l.Turnout(r.Of))
	}
}
