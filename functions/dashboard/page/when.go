package page

import (
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
)

// newest is how many minutes the page's table holds. The CSV has all of them.
const newest = 60

// timeRow is an hour or a minute in a table.
type timeRow struct {
	Start time.Time
	Votes int64
	By    []columnFigure
	State string // key of a text
}

// columnFigure is a figure in the column of a candidate.
type columnFigure struct {
	ID     string
	Figure string
}

// lateRow is an amendment as the page shows it.
type lateRow struct {
	Key         string
	At          *time.Time
	Minute      time.Time
	Who, Change string
}

// stateOf is what is said of an hour or a minute.
func stateOf(complete, final bool) string {
	switch {
	case final:
		return "when.final"
	case complete:
		return "when.provisional"
	}
	return "when.open"
}

// times makes the tables of hours and minutes, and what a filter may begin and
// end with.
func (p *content) times() {
	sums := map[string]int64{}
	var votes, shown int64
	for _, h := range p.Hourly {
		state := stateOf(h.Complete, h.Final)
		p.Hours = append(p.Hours, timeRow{h.Hour, h.Votes, p.columns(h.By), state})
		votes += h.Votes
		for id, v := range h.By {
			sums[id] += v
			shown += v
		}
		p.Grown = append(p.Grown, timeRow{h.Hour, votes, p.shares(sums, shown), state})
		p.Starts, p.Ends = append(p.Starts, h.Hour), append(p.Ends, h.Hour.Add(time.Hour))
	}
	for _, m := range slices.Backward(p.Minutes[max(0, len(p.Minutes)-newest):]) {
		p.Newest = append(p.Newest, timeRow{m.Minute, m.Votes, p.columns(m.By), stateOf(m.Complete, m.Final)})
	}
	p.Recent = p.lang.Say("when.last", "minutes", p.lang.Count(newest, "minutes"))
}

func (p *content) columns(by map[string]int64) []columnFigure {
	list := make([]columnFigure, 0, len(p.ByID))
	for _, c := range p.ByID {
		figure := p.lang.None() // withheld
		if by != nil {
			figure = p.lang.Integer(by[c.ID])
		}
		list = append(list, columnFigure{c.ID, figure})
	}
	return list
}

// shares are the candidates' shares of what is shown.
func (p *content) shares(by map[string]int64, shown int64) []columnFigure {
	list := make([]columnFigure, 0, len(p.ByID))
	for _, c := range p.ByID {
		var share float64
		if shown > 0 {
			share = float64(by[c.ID]) / float64(shown)
		}
		list = append(list, columnFigure{c.ID, p.lang.Percent(share)})
	}
	return list
}

func (p *content) late(a disclosure.Amendment) lateRow {
	who := p.lang.Say("late.group")
	if a.Candidate != nil {
		who = p.of(*a.Candidate).Name
	}
	return lateRow{
		Key:    a.Key(),
		At:     &a.AmendedAt,
		Minute: a.WindowStart,
		Who:    who,
		Change: p.lang.Signed(a.Change),
	}
}
