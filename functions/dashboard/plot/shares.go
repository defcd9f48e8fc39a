package plot

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// Shares is the candidates' shares as the count grew, each named at the end of its line.
type Shares struct {
	Frame
	Lines []Line // the last candidate's first: the others lie above it
	Ends  []End
	Names string // how much room the names need: short, long, or none where they have none
}

// Line is a path in a colour.
type Line struct{ Colour, Path string }

// End is what stands at the end of a line.
type End struct {
	Candidate
	Y     string // percents of the height
	Share string
}

// The height of the chart, and the room of a line's end in it, in pixels where the type has 16.
const (
	sharesHigh = 224
	endsApart  = 16
)

// How long names may be, in letters.
const (
	shortName = 12
	longName  = 22
)

func drawShares(s Series, l *text.Language) *Shares {
	last := s.Shares[len(s.Shares)-1]
	sp := space{at(s.Shares[0].At), at(last.At), ScaleOf(max(10, 100*s.MostShare()), 5, true), time.Minute, 10}
	c := &Shares{Frame: sp.frame(l, room{6, 3}, 0, func(f float64) string { return l.WholePercent(f / 100) }), Names: "short"}
	var list []string
	var ends []float64
	for _, one := range s.Candidates[:s.Lines] {
		path := sp.line(len(s.Shares), func(i int) (time.Time, float64) { return at(s.Shares[i].At), 100 * s.Shares[i].Shares[one.ID] })
		c.Lines = append([]Line{{one.Colour, path}}, c.Lines...)
		share := l.Percent(last.Shares[one.ID])
		list = append(list, one.Name+" "+share)
		ends = append(ends, sharesHigh*(1-100*last.Shares[one.ID]/sp.scale.Top))
		c.Ends = append(c.Ends, End{Candidate: one, Share: share})
		switch length := utf8.RuneCountInString(one.Short); {
		case length > longName:
			c.Names = ""
		case length > shortName && c.Names != "":
			c.Names = "long"
		}
	}
	for i, y := range Apart(ends, endsApart, sharesHigh) {
		c.Ends[i].Y = percents(y / sharesHigh)
	}
	c.Summary = l.Say("when.shares.summary", "list", strings.Join(list, ", "))
	return c
}
