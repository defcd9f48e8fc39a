package dashboard

import (
	"slices"
	"time"
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
	Key, At, Window, Change string
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
func (p *page) times() {
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
	p.Recent = words.say("when.last", "minutes", words.count(newest, "minutes"))
}

func (p *page) columns(by map[string]int64) []columnFigure {
	list := make([]columnFigure, 0, len(p.ByID))
	for _, c := range p.ByID {
		figure := none // withheld
		if by != nil {
			figure = integer(by[c.ID])
		}
		list = append(list, columnFigure{c.ID, figure})
	}
	return list
}

// shares are the candidates' shares of what is shown.
func (p *page) shares(by map[string]int64, shown int64) []columnFigure {
	list := make([]columnFigure, 0, len(p.ByID))
	for _, c := range p.ByID {
		var share float64
		if shown > 0 {
			share = float64(by[c.ID]) / float64(shown)
		}
		list = append(list, columnFigure{c.ID, percent(share)})
	}
	return list
}

func (p *page) late(a Amendment) lateRow {
	who := words.say("late.group")
	if a.Candidate != nil {
		who = p.of(*a.Candidate).Name
	}
	return lateRow{
		Key:    amendmentKey(a),
		At:     clock(&a.AmendedAt),
		Window: words.say("late.window", "time", hour(a.WindowStart), "who", who),
		Change: signed(a.Change),
	}
}

// amendmentKey is the key that the API's patches give an amendment.
func amendmentKey(a Amendment) string {
	candidate := ""
	if a.Candidate != nil {
		candidate = *a.Candidate
	}
	return machine(a.WindowStart) + "|" + candidate + "|" + integer(a.Revision) + "|" + a.AmendedAt.UTC().Format(time.RFC3339Nano)
}
