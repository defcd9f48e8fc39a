package chart

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/picture"
	"github.com/tallystream/tallystream/functions/dashboard/plot"
)

// plane is the part of a sheet between two axes: time from left to right, figures upwards. Like
// the page's charts it is the same in every language.
type plane struct {
	*sheet
	left, right, top, high float64
	from, to               time.Time
	most                   float64
}

// The room of a plane.
const (
	planeHigh = 420.0
	axisLeft  = 84.0
	axisTicks = 5
)

// plane begins a plane of times up to a figure, and draws its axes. right is what stays free at
// its right, and write how a figure is written.
func (s *sheet) plane(from, to time.Time, most, right float64, write func(float64) string) plane {
	scale := plot.ScaleOf(most, axisTicks, true)
	p := plane{s, edge + axisLeft, width - edge - right, s.y, planeHigh, from, to, scale.Top}
	for i, figure := range scale.Figures() {
		colour := s.line
		if i == 0 {
			colour = s.strong
		}
		s.p.Line(picture.Stroke{Colour: colour, Width: 1}, p.left, p.y(figure), p.right, p.y(figure))
		s.p.Write(picture.Words{X: p.left - 12, Y: p.y(figure) + 6, Size: 18, Colour: s.quiet, Anchor: picture.End, Text: write(figure)})
	}
	s.y += planeHigh + 48
	return p
}

// x is where a time is.
func (p plane) x(at time.Time) float64 {
	return p.left + (p.right-p.left)*float64(at.Sub(p.from))/float64(max(p.to.Sub(p.from), 1))
}

// y is where a figure is.
func (p plane) y(figure float64) float64 { return p.top + p.high*(1-figure/p.most) }

// mostLabels is how many times are named below an axis.
const mostLabels = 12

// times names times below the axis, by the clock of the zone: beginnings of columns, which are so long, at their middle.
func (p plane) times(column time.Duration) {
	days := p.from.In(p.zone).YearDay() != p.to.Add(-1).In(p.zone).YearDay()
	for _, t := range plot.Times(p.from, p.to.Add(-column), p.zone, mostLabels, column) {
		label := t.In(p.zone).Format("15:04")
		if days && label == "00:00" {
			label = p.l.ShortDay(t.In(p.zone))
		}
		p.p.Write(picture.Words{X: p.x(t.Add(column / 2)), Y: p.top + p.high + 28, Size: 18, Colour: p.quiet, Anchor: picture.Middle, Text: label})
	}
	p.place(width-edge, p.sheet.y+12, 16, false, p.quiet, picture.End, p.l.Say("page.zone", "zone", p.from.In(p.zone).Format("MST")))
	p.sheet.y += 8
}
