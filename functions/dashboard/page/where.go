package page

import (
	"cmp"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/shared/election"
)

// keyEntry explains a strength of colour.
type keyEntry struct {
	Strength int
	Label    string
}

// tile is a region on the map and in its lists.
type tile struct {
	results.Region
	Code       string
	X, Y       int  // of its box on a grid, of its middle among outlines
	HasCode    bool // among outlines: there is room for its code
	HasLead    bool // and for the lead
	Href       string
	Chosen     bool
	Colour     string // of the leader; none where there is none
	Mark       int
	LeaderName string
	Lead       string
	Strength   int
	Meter      string  // the turnout's length on the tile
	Summary    string  // a sentence
	Label      string  // what stands on the tile, and the sentence
	Before     *before // of the election before; nil where nothing is known of it
	SeatsLine  string  // how many there are; none where votes become none
}

// tallyRow is the number of regions that a candidate leads in.
type tallyRow struct {
	card
	Regions int64
}

// closest is how many of the closest regions are listed.
const closest = 6

// mostMeters is how many regions have their turnout beside the map's; where there are more,
// firstMeters of them have.
const (
	mostMeters  = 100
	firstMeters = 24
)

// regions lays out the map and sorts the regions for the lists beside it.
func (p *content) regions() {
	list := p.Regions // those of the area, where one is chosen
	if area := p.area(); area != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(g results.Region) bool { return g.Parent != area })
	}
	p.Map = p.drawMap(list)
	leads := map[string]int64{}
	short := codes(list)
	for i, g := range list {
		t := p.tile(g, short[i])
		drawn := p.Map.Tiles[i]
		t.X, t.Y, t.HasCode, t.HasLead = drawn.X, drawn.Y, drawn.HasCode, drawn.HasLead
		p.Map.Tiles[i] = t
		if t.Chosen {
			p.Map.Readout = t.Summary
		}
		if g.Race != disclosure.RaceNone {
			p.Closest = append(p.Closest, t)
		}
		if t.Strength > 0 {
			leads[*g.Leader]++
		}
	}
	slices.SortStableFunc(p.Closest, func(a, b tile) int {
		return cmp.Or(cmp.Compare(a.distance(), b.distance()), cmp.Compare(known(a.MarginShare), known(b.MarginShare)))
	})
	p.Closest = p.Closest[:min(len(p.Closest), closest)]
	p.ByTurnout = slices.Clone(p.Map.Tiles)
	slices.SortStableFunc(p.ByTurnout, func(a, b tile) int { return cmp.Compare(known(b.Turnout), known(a.Turnout)) })
	p.TurnoutNote = p.lang.Say("where.turnout.note")
	if len(p.ByTurnout) > mostMeters {
		p.ByTurnout = p.ByTurnout[:firstMeters]
		p.TurnoutNote = p.lang.Say("where.turnout.first", "n", p.lang.Integer(firstMeters))
	}
	for _, c := range append(slices.Clone(p.Cards), p.Others...) {
		p.Leads = append(p.Leads, tallyRow{c, leads[c.ID]})
	}
	slices.SortStableFunc(p.Leads, func(a, b tallyRow) int { return cmp.Compare(b.Regions, a.Regions) })
	p.Leads = p.Leads[:min(len(p.Leads), mostFirst)]
}

// distance is the lead's share, 0 where nobody can be said to lead.
func (t tile) distance() float64 {
	if t.Race != disclosure.RaceLeads {
		return 0
	}
	return known(t.MarginShare)
}

// known puts what doesn't exist last.
func known(share *float64) float64 {
	if share == nil {
		return -1
	}
	return *share
}

func (p *content) tile(g results.Region, code string) tile {
	t := tile{
		Region:     g,
		Code:       code,
		Href:       p.Chosen.link(g.State),
		Colour:     "none",
		Mark:       len(Marks), // there is none of that number
		LeaderName: p.lang.None(),
		Lead:       p.lang.None(),
		Strength:   strength(g),
		SeatsLine:  p.seatsLine(g),
		Before:     p.beforeOf(g.Place),
		Chosen:     p.Chosen.Region == g.State,
	}
	if t.Chosen {
		t.Href = p.Chosen.link("")
	}
	if g.Turnout != nil {
		t.Meter = thousandths(min(*g.Turnout, 1) * meterLength(p.Map.Kind) / 1000)
	} else {
		t.Meter = "0"
	}
	pairs := []any{"region", g.Name, "turnout", p.lang.Turnout(g.Turnout)}
	say := func(key string, more ...any) {
		t.Summary = p.lang.Say(p.lang.Exactly(key, p.Exact), append(pairs, more...)...)
	}
	switch {
	case t.Strength > 0:
		c := p.of(*g.Leader)
		t.Colour, t.Mark, t.LeaderName, t.Lead = c.Colour, c.Mark, c.Name, p.lang.Lead(g.MarginShare)
		say("where.tile", "leader", c.Name, "lead", p.lang.Points(*g.MarginShare))
	case g.Race == disclosure.RaceLevel:
		t.LeaderName = p.lang.Say("where.level")
		say("where.tile.level")
	case g.Race == disclosure.RaceClose:
		t.LeaderName = p.lang.Say("where.close")
		say("where.tile.close")
	case g.Voted > 0:
		say("where.tile.few", "votes", p.lang.Count(g.Voted, "votes"))
	default:
		say("where.tile.none")
	}
	if t.Before != nil && t.Before.Other {
		t.Summary = p.lang.Say("where.before", "summary", t.Summary, "election", p.Last.Name, "name", t.Before.Name)
	}
	t.Label = p.lang.Say("where.tile.label", "code", t.Code, "lead", t.Lead, "summary", t.Summary)
	return t
}

// meterLength is that of a turnout of 100%, on a tile or a hexagon.
func meterLength(kind election.MapKind) float64 {
	if kind == election.MapHexagons {
		return 44
	}
	return 78
}

// keyEntries explains the strengths: under the least lead, then from each.
func keyEntries(l *text.Language) []keyEntry {
	key := []keyEntry{{1, l.Say("number.under", "n", l.Integer(int64(leastLeads[0])))}}
	for i, least := range leastLeads {
		key = append(key, keyEntry{i + 2, l.Say("number.least", "n", l.Integer(int64(least)))})
	}
	return key
}
