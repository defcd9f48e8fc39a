package chart

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
	"github.com/tallystream/tallystream/functions/dashboard/plot"
)

// hours is the votes of each hour, with the candidates' parts on top of one another, and what
// isn't shown by candidate above them.
func (s *sheet) hours() {
	series := s.f.Series()
	if len(series.Hours) == 0 {
		s.nothing(s.l.Say("when.nothing"))
		return
	}
	s.legend()
	most, last := series.BusiestHour().Votes, series.Hours[len(series.Hours)-1]
	p := s.plane(time.UnixMilli(series.Hours[0].At), time.UnixMilli(last.At).Add(time.Hour), float64(max(1, most)), 0, s.integer)
	wide := p.x(p.from.Add(time.Hour)) - p.left
	for _, h := range series.Hours {
		x := p.x(time.UnixMilli(h.At)) + wide*plot.ColumnMargin
		for i, part := range series.Column(h) {
			colour := mix(s.paper, s.meter, 0.28) // of what isn't shown by candidate
			if i < len(series.Candidates) {
				colour = s.shown(series.Candidates[i].Colour)
				if !h.Complete {
					colour = mix(s.paper, colour, 0.55)
				}
			}
			s.p.Rect(x, p.y(float64(part.To)), wide*plot.ColumnWidth, p.y(float64(part.From))-p.y(float64(part.To)), colour)
		}
	}
	p.times(time.Hour)
}

func (s *sheet) integer(figure float64) string { return s.l.Integer(int64(figure)) }

// minutes is the votes of each minute: an area as far as minutes are complete, dashes beyond.
func (s *sheet) minutes() {
	series := s.f.Series()
	list := series.Minutes
	if len(list) < 2 {
		s.nothing(s.l.Say("when.nothing"))
		return
	}
	most, end := series.BusiestMinute().Votes, series.LastComplete()
	p := s.plane(time.UnixMilli(list[0].At), time.UnixMilli(list[len(list)-1].At), float64(max(1, most)), 0, s.integer)
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
	series := s.f.Series()
	list := series.Shares
	if len(list) < 2 {
		s.nothing(s.l.Say("when.nothing"))
		return
	}
	last := list[len(list)-1]
	percent := func(figure float64) string { return s.l.WholePercent(figure / 100) }
	p := s.plane(time.UnixMilli(list[0].At), time.UnixMilli(last.At), max(10, 100*series.MostShare()), 300, percent)
	ends := make([]float64, len(s.f.Cards))
	for i, c := range s.f.Cards {
		points := make([]float64, 0, 2*len(list))
		for _, m := range list {
			points = append(points, p.x(time.UnixMilli(m.At)), p.y(100*m.Shares[c.ID]))
		}
		s.p.Line(picture.Stroke{Colour: s.shown(c.Colour), Width: 3}, points...)
		ends[i] = p.y(100 * last.Shares[c.ID])
	}
	for i, y := range plot.Apart(ends, 26, p.top+p.high) {
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
