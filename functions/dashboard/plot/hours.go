package plot

import (
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// Hours is the votes of each hour: columns, with the candidates' parts on top of one another, and what isn't shown by
// candidate above them.
type Hours struct {
	Frame
	Parts []ColumnPart
	Rest  string // a path: what isn't shown by candidate
}

// ColumnPart is what a candidate has of the columns, as paths: of complete hours, and of others.
type ColumnPart struct{ ID, Colour, Complete, Open string }

// The part of an hour that a column takes, and what is left at each side of it.
const (
	ColumnWidth  = 0.78
	ColumnMargin = 0.11
)

func drawHours(s Series, l *text.Language) *Hours {
	busiest := s.BusiestHour()
	sp := space{at(s.Hours[0].At), at(s.Hours[len(s.Hours)-1].At).Add(time.Hour), ScaleOf(float64(max(busiest.Votes, 1)), 5, true), time.Hour, 1}
	c := &Hours{Frame: sp.frame(l, room{10, 5}, time.Hour, func(f float64) string { return l.Integer(int64(f)) })}
	say := l.Time
	if days(sp.from, sp.to) {
		say = l.Hour
	}
	c.Summary = l.Say("when.hours.summary", "from", say(sp.from), "to", say(sp.to), "zone", "UTC", "busiest", say(at(busiest.At)), "most", l.Count(busiest.Votes, "votes"))
	complete, open := make([]strings.Builder, len(s.Candidates)+1), make([]strings.Builder, len(s.Candidates)+1)
	for _, h := range s.Hours {
		for i, part := range s.Column(h) {
			if part.To == part.From {
				continue
			}
			paths := open
			if h.Complete || i == len(s.Candidates) {
				paths = complete
			}
			paths[i].WriteString(sp.box(at(h.At), part))
		}
	}
	for i, one := range s.Candidates {
		if complete[i].Len()+open[i].Len() > 0 {
			c.Parts = append(c.Parts, ColumnPart{one.ID, one.Colour, complete[i].String(), open[i].String()})
		}
	}
	c.Rest = complete[len(s.Candidates)].String()
	return c
}

// box is a part of the column of an hour.
func (s space) box(hour time.Time, part Part) string {
	return "M" + number(s.x(hour)+ColumnMargin) + " " + number(s.y(float64(part.From))) +
		"v" + number(s.y(float64(part.To-part.From))) + "h" + number(ColumnWidth) + "V" + number(s.y(float64(part.From))) + "z"
}
