package simulate

import (
	_ "embed"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/election"
)

// Polls are open from 7 to 20 o'clock of each state's own time: all of them
// between these hours UTC, the closing one on the next day.
const (
	pollsOpen    = 7  // local time
	pollsClose   = 20 // local time
	firstOpen    = pollsOpen + 5
	lastClose    = pollsClose + 10
	smallestCell = 5
)

// candidate is a candidate of the built-in ballot. The candidates of an election
// file take over these leanings in turn.
type candidate struct {
	id, name, party, colour, biography string
	alias                              string

	appeal float64        // in the country as a whole
	lean   [parts]float64 // times appeal, by part of the country
	young  float64        // times appeal, at 18
	old    float64        // times appeal, at 80
}

// The colours are of Okabe and Ito's palette.
var candidates = []candidate{
	{
		id: "rivera", name: "Maya Rivera", party: "Civic Union", colour: "#0072B2", alias: "M. Rivera",
		biography: "Former mayor who put the city's accounts on the web, line by line.",
		appeal:    1.00, lean: [parts]float64{1.22, 0.93, 0.82, 1.18}, young: 1.15, old: 0.92,
	},
	{
		id: "whitfield", name: "Thomas Whitfield", party: "Heartland Alliance", colour: "#D55E00", alias: "T. Whitfield",
		biography: "Farmer and three-term governor, known for long buses and short speeches.",
		appeal:    0.97, lean: [parts]float64{0.76, 1.10, 1.28, 0.80}, young: 0.72, old: 1.24,
	},
	{
		id: "anand", name: "Priya Anand", party: "Green Horizon", colour: "#009E73", alias: "P. Anand",
		biography: "Hydrologist who mapped every aquifer of the west before she turned to politics.",
		appeal:    0.30, lean: [parts]float64{1.05, 0.80, 0.62, 1.50}, young: 1.75, old: 0.55,
	},
	{
		id: "stroud", name: "Caleb Stroud", party: "Liberty Commons", colour: "#CC79A7", alias: "C. Stroud",
		biography: "Founder of a parcel company who wants the state to fit on one form.",
		appeal:    0.17, lean: [parts]float64{0.85, 0.95, 1.05, 1.20}, young: 1.30, old: 0.70,
	},
	{
		id: "okafor", name: "June Okafor", party: "Independent", colour: "#E69F00", alias: "J. Okafor",
		biography: "Trade unionist and nurse who walked from the lakes to the gulf to meet voters.",
		appeal:    0.13, lean: [parts]float64{0.95, 1.60, 0.75, 0.70}, young: 0.95, old: 1.05,
	},
}

// outlines are those of the states, with their codes as ids, flat by Albers' projection with
// Alaska and Hawaii below: the Census Bureau's cartographic boundaries of 2017, which are in the
// public domain, as states-albers-10m.json of the npm package us-atlas 3.0.1 (ISC), simplified.
//
//go:embed states.topojson
var outlines string

// BuiltIn is the election that is simulated unless another one is given: the
// United States on one voting day. All electors of a state are for whoever has the most votes
// there: Maine and Nebraska, which divide theirs, aren't divided.
func BuiltIn(day civil.Date) *election.Election {
	midnight := day.In(time.UTC)
	e := &election.Election{
		ID:        "simulated-" + day.String(),
		Name:      "Simulated election",
		Date:      election.Date{Date: day},
		Opens:     midnight.Add(firstOpen * time.Hour),
		Closes:    midnight.Add(lastClose * time.Hour),
		SmallCell: new(smallestCell),
		Seats:     &election.Seats{Method: election.Plurality, Unit: election.UnitElectors},
		Portraits: &election.Portraits{FromVotes: true, Hosts: []string{imageHost}},
		Map:       &election.Map{Outlines: &election.Outlines{Data: outlines, Projection: election.Planar}},
	}
	for _, c := range candidates {
		e.Candidates = append(e.Candidates, election.Candidate{
			ID: c.id, Name: c.name, Party: c.party, Colour: c.colour, Biography: c.biography,
			Portrait: portrait(c.id, c.colour), Aliases: []string{c.alias},
		})
	}
	for _, s := range states {
		e.Regions = append(e.Regions, election.Region{ID: s.code, Name: s.name, Column: &s.col, Row: &s.row, Seats: s.electors})
	}
	return e
}
