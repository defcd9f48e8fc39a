package chart

import (
	"math"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/picture"
)

// plot is the part of a sheet between two axes: time from left to right, figures upwards. Like
// the page's it is the same in every language. The page's script scales its own, because those follow the
// reader's window, size of type and time zone, and answer to the pointer. Here all of these are fixed, and there is no
// script. What is drawn is the same: page.Series.
type plot struct {
	*sheet
	left, right, top, high float64
	from, to               time.Time
	most                   float64
}

// The room of a plot.
const (
	plotHigh  = 420.0
	axisLeft  = 84.0
	axisTicks = 5
)

// plot begins a plot of times up to a figure, and draws its axes. right is what stays free at
// its right, and write how a figure is written.
func (s *sheet) plot(from, to time.Time, most, right float64, whole bool, write func(float64) string) plot {
	step := niceStep(most/axisTicks, whole)
	p := plot{s, edge + axisLeft, width - edge - right, s.y, plotHigh, from, to, math.Max(math.Ceil(most/step-1e-9), 1) * step}
	for i := 0; float64(i)*step <= p.most*1.0001; i++ {
		figure := float64(i) * step
		colour := s.line
		if i == 0 {
			colour = s.strong
		}
		s.p.Line(picture.Stroke{Colour: colour, Width: 1}, p.left, p.y(figure), p.right, p.y(figure))
		s.p.Write(picture.Words{X: p.left - 12, Y: p.y(figure) + 6, Size: 18, Colour: s.quiet, Anchor: picture.End, Text: write(figure)})
	}
	s.y += plotHigh + 48
	return p
}

// niceStep is the least of 1, 2, 2.5 or 5 times a power of ten that isn't less.
func niceStep(least float64, whole bool) float64 {
	if least <= 0 || whole && least < 1 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, times := range []float64{1, 2, 2.5, 5} {
		if step := times * power; step >= least && !(whole && step != math.Trunc(step)) {
			return step
		}
	}
	return 10 * power
}

// x is where a time is.
func (p plot) x(at time.Time) float64 {
	return p.left + (p.right-p.left)*float64(at.Sub(p.from))/float64(max(p.to.Sub(p.from), 1))
}

// y is where a figure is.
func (p plot) y(figure float64) float64 { return p.top + p.high*(1-figure/p.most) }

// labelSteps are how far apart times may be named.
var labelSteps = []time.Duration{
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour,
	12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour,
}

// mostLabels is how many times are named below an axis.
const mostLabels = 12

// times names times below the axis, by the clock of the zone; at is where in a step a name
// stands.
func (p plot) times(at time.Duration) {
	step := labelSteps[len(labelSteps)-1]
	for _, one := range labelSteps {
		if p.to.Sub(p.from)/one < mostLabels {
			step = one
			break
		}
	}
	if at > 0 {
		step = max(step, time.Hour)
	}
	_, offset := p.from.In(p.zone).Zone()
	shift := time.Duration(offset) * time.Second
	first := p.from.Add(shift).Truncate(step).Add(-shift)
	days := p.from.In(p.zone).YearDay() != p.to.Add(-1).In(p.zone).YearDay()
	for t := first; !t.After(p.to); t = t.Add(step) {
		if t.Before(p.from) || at > 0 && !t.Before(p.to) {
			continue
		}
		label := t.In(p.zone).Format("15:04")
		if days && label == "00:00" {
			label = p.l.ShortDay(t.In(p.zone))
		}
		p.p.Write(picture.Words{X: p.x(t.Add(at)), Y: p.top + p.high + 28, Size: 18, Colour: p.quiet, Anchor: picture.Middle, Text: label})
	}
	p.place(width-edge, p.sheet.y+12, 16, false, p.quiet, picture.End, p.l.Say("page.zone", "zone", p.from.In(p.zone).Format("MST")))
	p.sheet.y += 8
}
