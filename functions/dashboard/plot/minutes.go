package plot

import (
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// Minutes is the votes of each minute: an area as far as minutes are complete, dashes beyond, and marks at those that
// were amended.
type Minutes struct {
	Frame
	Area, Edge, Open string // paths
	Peak             Peak
	Late             []string // where amended minutes are: percents of the width
}

// Peak is the busiest minute, with a sentence that has its time.
type Peak struct {
	X, Y          string // percents of the width and the height
	Anchor        string // the part of the sentence that is there, as SVG calls it
	Before, After string // of the time
	At            time.Time
	Time          string // in UTC
}

func drawMinutes(s Series, l *text.Language) *Minutes {
	last, end := len(s.Minutes)-1, s.LastComplete()
	busiest := s.BusiestMinute()
	sp := space{at(s.Minutes[0].At), at(s.Minutes[last].At), ScaleOf(float64(max(busiest.Votes, 1)), 4, true), time.Minute, 1}
	m := &Minutes{Frame: sp.frame(l, room{13, 4}, 0, func(f float64) string { return l.Integer(int64(f)) })}
	votes := l.Count(busiest.Votes, "votes")
	m.Summary = l.Say("when.minutes.summary", "from", l.Time(sp.from), "to", l.Time(sp.to), "zone", "UTC",
		"busiest", l.Time(at(busiest.At)), "most", votes, "last", l.Count(s.complete(end), "votes"))
	part := func(from, to int) string {
		return sp.line(to-from+1, func(i int) (time.Time, float64) {
			return at(s.Minutes[from+i].At), float64(s.Minutes[from+i].Votes)
		})
	}
	m.Edge, m.Open = part(0, end), part(end, last)
	m.Area = m.Edge + "," + sp.point(at(s.Minutes[end].At), 0) + "," + sp.point(sp.from, 0) + "z"
	for _, one := range s.Minutes {
		if one.Amended != nil {
			m.Late = append(m.Late, sp.along(at(one.At)))
		}
	}
	m.Peak = sp.peak(l, busiest, votes)
	return m
}

// complete is the votes of the last complete minute; 0 where there is none.
func (s Series) complete(end int) int64 {
	if !s.Minutes[end].Complete {
		return 0
	}
	return s.Minutes[end].Votes
}

// place stands for the time in the sentence of the peak.
const place = "\x00"

func (s space) peak(l *text.Language, m MinutePoint, votes string) Peak {
	p := Peak{X: s.along(at(m.At)), Y: s.down(float64(m.Votes)), Anchor: "middle", At: at(m.At), Time: l.Time(at(m.At))}
	switch along := float64(p.At.Sub(s.from)) / float64(s.to.Sub(s.from)); {
	case along < 1./3:
		p.Anchor = "start"
	case along > 2./3:
		p.Anchor = "end"
	}
	p.Before, p.After, _ = strings.Cut(l.Say("when.peak", "time", place, "votes", votes), place)
	return p
}
