package chart

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// A sheet has its height from what it shows.
const (
	width = 1200.0
	edge  = 48.0
	room  = width - 2*edge
)

// sheet is what a chart is drawn on, from the top down.
type sheet struct {
	p    *picture.Picture
	f    page.Figures
	l    *text.Language
	zone *time.Location
	colours
	rtl bool    // begins at the right
	y   float64 // of the next line
}

// head writes the title, what part of the election it is of, and a note.
func (s *sheet) head(title, note string) {
	s.y = 56
	s.write(edge, 20, false, s.quiet, picture.Cut(s.f.Election.Name+" · "+s.f.Kicker, 20, false, room))
	for _, line := range picture.Lines(title, 36, true, room, 2) {
		s.y += 44
		s.write(edge, 36, true, s.ink, line)
	}
	for _, line := range picture.Lines(note, 20, false, room, 2) {
		s.y += 30
		s.write(edge, 20, false, s.quiet, line)
	}
	s.y += 32
}

// foot writes how the count stands and when the figures are of, and ends the sheet.
func (s *sheet) foot() {
	s.y += 48
	standing := s.f.Standing()
	if at := s.f.AsOf; at != nil {
		standing += " " + s.l.MomentAt(at.In(s.zone))
	}
	s.write(edge, 18, false, s.quiet, picture.Cut(standing, 18, false, room-140))
	s.place(width-edge, s.y, 18, true, s.quiet, picture.End, "Tallystream")
	s.p.Height = s.y + 32
}

// nothing says that there is nothing to draw yet.
func (s *sheet) nothing(sentence string) {
	for _, line := range picture.Lines(sentence, 22, false, room, 3) {
		s.y += 30
		s.write(edge, 22, false, s.quiet, line)
	}
}

// write writes a line that begins at x, from the side where the language begins.
func (s *sheet) write(x, size float64, bold bool, colour, line string) {
	s.place(x, s.y, size, bold, colour, picture.Start, line)
}

// place writes a line anywhere, from the side where the language begins.
func (s *sheet) place(x, y, size float64, bold bool, colour string, anchor picture.Anchor, line string) {
	if s.rtl {
		x = width - x
	}
	s.p.Write(picture.Words{X: x, Y: y, Size: size, Bold: bold, Colour: colour, Anchor: anchor, RTL: s.rtl, Text: line})
}

// rect fills a box, from the side where the language begins.
func (s *sheet) rect(x, y, wide, high float64, colour string) {
	if s.rtl {
		x = width - x - wide
	}
	s.p.Rect(x, y, wide, high, colour)
}

// markUnits is how large the shapes of candidates are drawn.
const markUnits = 20.0

// mark draws the shape of a candidate in a box whose middle is at a height.
func (s *sheet) mark(x, middle, size float64, mark int, colour string) {
	if mark < 0 || mark >= len(page.Marks) {
		return
	}
	if s.rtl {
		x = width - x - size
	}
	s.p.Path(x, middle-size/2, size/markUnits, page.Marks[mark], s.shown(colour))
}

// legend writes who the colours and shapes stand for, in as many lines as it takes.
func (s *sheet) legend() {
	x := edge
	for _, c := range s.candidates() {
		name := picture.Cut(c.Name, 18, false, room/2)
		wide := 40 + picture.Width(name, 18, false)
		if x+wide > width-edge && x > edge {
			x, s.y = edge, s.y+28
		}
		s.mark(x, s.y-6, 14, c.Mark, c.Colour)
		s.write(x+20, 18, false, s.ink, name)
		x += wide
	}
	s.y += 24
}

// candidates are all of them, by votes.
func (s *sheet) candidates() []page.Card {
	return append(s.f.Cards[:len(s.f.Cards):len(s.f.Cards)], s.f.Others...)
}
