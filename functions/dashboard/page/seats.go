package page

import (
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/shared/election"
)

// house is the section of the seats. Nil where the votes of the election become none.
type house struct {
	Hidden   bool // through a filter that leaves none
	Heading  string
	Unit     string // head of a column
	Sentence string
	Rest     string // for how many nobody leads
	Rule     string
	Total    string
	Majority string // none where the filter leaves a part of the seats
	Arc      arc
	Rows     []seatRow
	Last     string // name of the election before, where it is known how many they had
}

// seatRow is how many seats a candidate leads for.
type seatRow struct {
	card
	Seats int64
	Of    *float64 // share of the seats
	Last  string   // in the election before
}

// house makes the section of the seats.
func (p *content) house() {
	s := p.Seats
	h := &house{Hidden: s == nil}
	switch p.Election.SeatUnit {
	case election.UnitSeats:
		h.Heading, h.Unit = p.lang.Say("seats.heading"), p.lang.Say("column.seats")
	case election.UnitElectors:
		h.Heading, h.Unit = p.lang.Say("electors.heading"), p.lang.Say("column.electors")
	default:
		return
	}
	if p.House = h; h.Hidden {
		return
	}
	for _, c := range s.Candidates {
		row := seatRow{card: p.of(c.ID), Seats: c.Seats}
		if s.Total > 0 {
			row.Of = new(float64(c.Seats) / float64(s.Total))
		}
		if c.Last != nil && p.Last != nil {
			h.Last, row.Last = p.Last.Name, p.lang.Integer(*c.Last)
		}
		h.Rows = append(h.Rows, row)
	}
	h.Total = p.lang.Integer(s.Total)
	if s.Majority != nil {
		h.Majority = p.lang.Say("seats.majority", "n", p.lang.Integer(*s.Majority))
	}
	h.Sentence, h.Rest, h.Rule = p.seatsSentence(), p.seatsRest(), p.seatsRule()
	h.Arc = drawArc(s.Total, h.Rows)
}

// seats writes a number of seats, or electors.
func (p *content) seats(n int64) string {
	if p.Election.SeatUnit == election.UnitElectors {
		return p.lang.Count(n, "electors")
	}
	return p.lang.Count(n, "seats")
}

// seatsSentence says who leads for most seats, and how far that is from a majority.
func (p *content) seatsSentence() string {
	s := p.Seats
	pairs := []any{"total", p.lang.Integer(s.Total)}
	say := func(key string, more ...any) string {
		return p.lang.Say(p.lang.Exactly(key, p.Exact), append(pairs, more...)...)
	}
	if s.Majority != nil {
		pairs = append(pairs, "majority", p.lang.Integer(*s.Majority))
	}
	var level []results.Candidate // those with most seats
	for _, c := range s.Candidates {
		if c.Seats == s.Candidates[0].Seats {
			level = append(level, p.of(c.ID).Candidate)
		}
	}
	switch {
	case len(level) == 0 && s.Majority == nil:
		return say("seats.here.none")
	case len(level) == 0:
		return say("seats.none")
	}
	pairs = append(pairs, "seats", p.seats(s.Candidates[0].Seats), "name", level[0].Name)
	switch {
	case len(level) > 1:
		return say("seats.level", "names", results.Names(p.lang, level))
	case s.Majority == nil:
		return say("seats.here")
	case s.Candidates[0].Seats >= *s.Majority:
		return say("seats.enough")
	}
	return say("seats.short", "short", p.lang.Integer(*s.Majority-s.Candidates[0].Seats))
}

// seatsRest says for how many seats nobody leads.
func (p *content) seatsRest() string {
	text := ""
	add := func(key string, n int64) {
		if n > 0 {
			text += p.lang.Say(p.lang.Exactly(key, p.Exact), "seats", p.seats(n)) + " "
		}
	}
	add("seats.open", p.Seats.Open)
	add("seats.waiting", p.Seats.Waiting)
	return text
}

// seatsRule says by which rule votes become seats.
func (p *content) seatsRule() string {
	s := p.Seats
	rule := p.lang.Say(map[election.Method]string{
		election.Plurality: "seats.plurality", election.DHondt: "seats.dhondt", election.SainteLague: "seats.saintelague",
	}[s.Method])
	if s.Threshold > 0 {
		key := "seats.threshold"
		if s.ThresholdOf == election.ScopeRegion {
			key = "seats.threshold.region"
		}
		rule += " " + p.lang.Say(key, "share", p.rule(s.Threshold))
	}
	return rule
}

// seatsLine says how many seats a region has, and who leads for them where it isn't who
// leads there.
func (p *content) seatsLine(g results.Region) string {
	switch {
	case p.Election.SeatUnit == "":
		return ""
	case g.Seats == 0:
		return p.lang.None()
	case p.Seats == nil || p.Seats.Method == election.Plurality:
		return p.lang.Integer(g.Seats)
	}
	var led []string
	for _, c := range p.Candidates {
		if n := g.SeatsLed[c.ID]; n > 0 {
			led = append(led, p.lang.Say("seats.led", "name", c.Name, "n", p.lang.Integer(n)))
		}
	}
	if led == nil {
		return p.lang.Integer(g.Seats)
	}
	return p.lang.Say("seats.line", "n", p.lang.Integer(g.Seats), "list", strings.Join(led, p.lang.Say("list.comma")))
}
