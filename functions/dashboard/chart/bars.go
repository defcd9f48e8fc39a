package chart

import (
	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
)

// row is a line with a bar.
type row struct {
	name, value, beside string
	share               float64 // of the bar's room
	colour              string
	mark                int // none beyond the shapes that there are
}

// The columns of rows.
const (
	barAt    = edge + 300
	barRoom  = room - 300 - 240
	valueAt  = width - edge - 130 // where values end
	rowHigh  = 40.0
	noMark   = -1
	nameSize = 20
)

// rows draws lines with bars, and a rule across them at a share where there is one.
func (s *sheet) rows(list []row, rule *float64) {
	top := s.y
	for _, r := range list {
		s.y += rowHigh
		name := edge
		if r.mark != noMark {
			s.mark(edge, s.y-7, 16, r.mark, r.colour)
			name += 26
		}
		s.write(name, nameSize, false, s.ink, picture.Cut(r.name, nameSize, false, barAt-name-16))
		s.rect(barAt, s.y-20, barRoom, 22, s.track)
		s.rect(barAt, s.y-20, barRoom*min(max(r.share, 0), 1), 22, r.colour)
		s.place(valueAt, s.y, nameSize, true, s.ink, picture.End, r.value)
		s.place(width-edge, s.y, 18, false, s.quiet, picture.End, r.beside)
	}
	if rule != nil {
		s.rect(barAt+barRoom*min(*rule, 1)-1, top+8, 2, s.y-top, s.ink)
	}
}

// race is the candidates' shares, beside one another and line by line.
func (s *sheet) race() {
	if s.f.Totals.Shown == 0 {
		s.nothing(s.l.Say("race.nobody"))
		return
	}
	x := edge
	for _, c := range s.candidates() {
		wide := c.Share * room
		s.rect(x, s.y, wide-2, 44, s.shown(c.Colour))
		x += wide
	}
	s.rect(edge+room/2-1, s.y-8, 2, 60, s.ink)
	s.y += 60
	var list []row
	for _, c := range s.candidates() {
		list = append(list, row{c.Name, s.l.Percent(c.Share), s.l.Integer(c.Votes), c.Share, s.shown(c.Colour), c.Mark})
	}
	s.rows(list, nil)
}

// turnout is the turnout of the regions, the highest first.
func (s *sheet) turnout() {
	if len(s.f.ByTurnout) == 0 {
		s.nothing(s.l.Say("where.nothing"))
		return
	}
	var list []row
	for _, g := range s.f.ByTurnout {
		list = append(list, row{g.Name, s.l.Turnout(g.Turnout), s.l.Integer(g.Voted), value(g.Turnout), s.meter, noMark})
	}
	s.rows(list, s.f.Overall)
}

func (s *sheet) ages()    { s.groups(s.f.Ages) }
func (s *sheet) genders() { s.groups(s.f.Genders) }

// groups is the turnout of groups of voters, beside that of all.
func (s *sheet) groups(groups []disclosure.Group) {
	if len(groups) == 0 {
		s.nothing(s.l.Say("who.nothing"))
		return
	}
	var list []row
	for _, g := range groups {
		r := row{name: page.GroupName(s.l, g), value: s.l.Say("who.withheld"), colour: s.meter, mark: noMark}
		if !g.Suppressed {
			r.value, r.beside, r.share = s.l.Turnout(g.Participation), s.l.Integer(*g.Voted), value(g.Participation)
		}
		list = append(list, r)
	}
	s.rows(list, s.f.Overall)
}

// value is a share that may not exist.
func value(share *float64) float64 {
	if share == nil {
		return 0
	}
	return *share
}
