// Package plot lays charts over time out: axes, lines and columns, for the page's templates and for pictures.
//
// The shapes of the page's are in the units of what they show: minutes or hours from left to right, votes or thousandths
// of all upwards. A view box stretches them to the room that there is. So a minute that comes adds a point to a path and
// changes no other. Words stand at percents of the width and the height, and keep their size.
package plot

import (
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// Charts are the charts over time of a page; nil where there is nothing to draw.
type Charts struct {
	Minutes *Minutes
	Shares  *Shares
	Hours   *Hours
}

// Draw lays out the charts of some series, in a language.
func Draw(s Series, l *text.Language) Charts {
	var c Charts
	if len(s.Minutes) > 1 {
		c.Minutes = drawMinutes(s, l)
	}
	if len(s.Shares) > 1 {
		c.Shares = drawShares(s, l)
	}
	if len(s.Hours) > 0 {
		c.Hours = drawHours(s, l)
	}
	return c
}

// Frame is what the charts have in common: axes, and where the shapes lie.
type Frame struct {
	Summary string // what the chart shows, in words
	View    string // view box of the shapes
	Figures []Figure
	Times   []Time
}

// Figure is a line across at a figure, which stands at its left.
type Figure struct {
	Y    string // percents of the height
	Text string
	Zero bool
}

// Time is a time below the axis.
type Time struct {
	X      string // percents of the width
	At     time.Time
	Text   string // in UTC
	Form   string // key of the text of a time, by which the script writes it for the reader's zone
	Sparse bool   // stays where there is little room
}

// room is how many times are named: where there is room, and where there is little.
type room struct{ wide, narrow int }

// days says that times are of more than one day, however the reader's clock goes: they are named with it, and need
// the room of two.
func days(from, to time.Time) bool { return to.Sub(from) > 24*time.Hour }

// space is where things lie: time from left to right, figures upwards.
type space struct {
	from, to time.Time
	scale    Scale
	unit     time.Duration // of x; y is in scale's units times per
	per      float64
}

// frame draws the axes of a space. Columns of an hour are named at their middle.
func (s space) frame(l *text.Language, has room, least time.Duration, write func(float64) string) Frame {
	f := Frame{View: strings.Join([]string{number(s.x(s.from)), number(s.y(s.scale.Top)), number(float64(s.to.Sub(s.from)) / float64(s.unit)), number(-s.y(s.scale.Top))}, " ")}
	for _, figure := range s.scale.Figures() {
		f.Figures = append(f.Figures, Figure{s.down(figure), write(figure), figure == 0})
	}
	form, say := "date.time", l.Time
	if days(s.from, s.to) {
		form, say, has = "date.hour", l.Hour, room{has.wide / 2, has.narrow / 2}
	}
	times := Times(s.from, s.to.Add(-least), time.UTC, has.wide, least) // the last column begins before the end
	sparse := sparse(times, has.narrow)
	for i, t := range times {
		f.Times = append(f.Times, Time{s.along(t.Add(least / 2)), t, say(t), form, sparse[i]})
	}
	return f
}

// sparse chooses so many of times at most, as far apart as one another.
func sparse(times []time.Time, most int) []bool {
	chosen := make([]bool, len(times))
	for n := 1; n <= len(times); n++ {
		count := 0
		for i, t := range times {
			chosen[i] = len(times) == 1 || t.Equal(t.Truncate(time.Duration(n)*times[1].Sub(times[0])))
			if chosen[i] {
				count++
			}
		}
		if count <= most {
			break
		}
	}
	return chosen
}

// x is a time in units since midnight of the first day: the figures of a path stay when its first point goes.
func (s space) x(t time.Time) float64 {
	return float64(t.Sub(s.from.Truncate(24*time.Hour))) / float64(s.unit)
}

// y is a figure, upwards: less than nothing.
func (s space) y(figure float64) float64 { return -figure * s.per }

func (s space) along(t time.Time) string {
	return percents(float64(t.Sub(s.from)) / float64(s.to.Sub(s.from)))
}

func (s space) down(figure float64) string { return percents(1 - figure/s.scale.Top) }

func (s space) point(t time.Time, figure float64) string {
	return number(s.x(t)) + " " + number(s.y(figure))
}

// line goes through points, which have a time and a figure. Commas are between them: there the stream of a page cuts what has changed
// from what hasn't.
func (s space) line(points int, point func(i int) (time.Time, float64)) string {
	list := make([]string, points)
	for i := range list {
		list[i] = s.point(point(i))
	}
	return "M" + strings.Join(list, ",")
}

// number writes a number with two decimals at most.
func number(x float64) string {
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
	if text == "-0" {
		return "0"
	}
	return text
}

func percents(share float64) string { return number(share*100) + "%" }
