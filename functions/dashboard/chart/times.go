package chart

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
)

// hours is the votes of each hour, with the candidates' parts on top of one another, and what
// isn't shown by candidate above them.
func (s *sheet) hours() {
	list := s.f.Series().Hours
	if len(list) == 0 {
		s.nothing(s.l.Say("when.nothing"))
		return
	}
	s.legend()
	most := int64(1)
	for _, h := range list {
		most = max(most, h.Votes)
	}
	p := s.plot(time.UnixMilli(list[0].At), time.UnixMilli(list[len(list)-1].At).Add(time.Hour), float64(most), 0, true, s.integer)
	wide := p.x(p.from.Add(time.Hour)) - p.left
	for _, h := range list {
		x, upto := p.x(time.UnixMilli(h.At))+wide*0.11, int64(0)
		column := func(votes int64, colour string) {
			s.p.Rect(x, p.y(float64(upto+votes)), wide*0.78, p.y(float64(upto))-p.y(float64(upto+votes)), colour)
			upto += votes
		}
		for _, c := range s.candidates() {
			colour := s.shown(c.Colour)
			if !h.Complete {
				colour = mix(s.paper, colour, 0.55)
			}
			column(h.By[c.ID], colour)
		}
		column(max(0, h.Votes-upto), mix(s.paper, s.meter, 0.28))
	}
	p.times(time.Hour / 2)
}

func (s *sheet) integer(figure float64) string { return s.l.Integer(int64(figure)) }

// minutes is the votes of each minute: an area as far as minutes are complete, dashes beyond.
func (s *sheet) minutes() {
	list := s.f.Series().Minutes
	if len(list) < 2 {
		s.nothing(s.l.Say("when.nothing"))
		return
	}
	most, end := int64(1), 0
	for i, m := range list {
		most = max(most, m.Votes)
		if m.Complete {
			end = i
		}
	}
	p := s.plot(time.UnixMilli(list[0].At), time.UnixMilli(list[len(list)-1].At), float64(most), 0, true, s.integer)
	points := make([]float64, 0, 2*len(list))
	for _, m := range list {
		points = append(points, p.x(time.UnixMilli(m.At)), p.y(float64(m.Votes)))
	}
	whole, open := points[:2*end+2], points[2*end:]
	s.p.Area(mix(s.paper, s.meter, 0.28), append(append([]float64{p.left, p.y(0)}, whole...), whole[len(whole)-2], p.y(0))...)
	s.p.Line(picture.Stroke{Colour: s.meter, Width: 2}, whole...)
	if len(open) > 2 {
		s.p.Line(picture.Stroke{Colour: s.meter, Width: 2, Dashes: 4}, open...)
	}
	p.times(0)
}

// shares is the candidates' shares as the count grew, each named at the end of its line.
func (s *sheet) shares() {
	list := s.f.Series().Shares
	if len(list) < 2 {
		s.nothing(s.l.Say("when.nothing"))
		return
	}
	most := 0.1
	for _, m := range list {
		for _, share := range m.Shares {
			most = max(most, share)
		}
	}
	last := list[len(list)-1]
	p := s.plot(time.UnixMilli(list[0].At), time.UnixMilli(last.At), most, 300, false, s.l.WholePercent)
	ends := make([]float64, len(s.f.Cards))
	for i, c := range s.f.Cards {
		points := make([]float64, 0, 2*len(list))
		for _, m := range list {
			points = append(points, p.x(time.UnixMilli(m.At)), p.y(m.Shares[c.ID]))
		}
		s.p.Line(picture.Stroke{Colour: s.shown(c.Colour), Width: 3}, points...)
		ends[i] = p.y(last.Shares[c.ID])
	}
	for i, y := range apart(ends, 26, p.top+p.high) {
		s.lineEnd(p.right+12, y, s.f.Cards[i], last.Shares[s.f.Cards[i].ID])
	}
	p.times(0)
}

// lineEnd names a line at its end.
func (s *sheet) lineEnd(x, y float64, c page.Card, share float64) {
	s.p.Path(x, y-7, 14/markUnits, page.Marks[c.Mark], s.shown(c.Colour))
	percent := s.l.Percent(share)
	s.p.Write(picture.Words{X: x + 22, Y: y + 6, Size: 18, Bold: true, Colour: s.ink, Anchor: picture.Start, Text: percent})
	at := x + 30 + picture.Width(percent, 18, true)
	s.p.Write(picture.Words{X: at, Y: y + 6, Size: 18, Colour: s.ink, Anchor: picture.Start, Text: picture.Cut(c.Name, 18, false, width-edge-at)})
}

// apart moves labels, which come by figures, the greatest first and so the highest, down and then
// up until there is room between them.
func apart(at []float64, room, lowest float64) []float64 {
	for i := 1; i < len(at); i++ {
		at[i] = max(at[i], at[i-1]+room)
	}
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = min(at[i], lowest)
		lowest = at[i] - room
	}
	return at
}
