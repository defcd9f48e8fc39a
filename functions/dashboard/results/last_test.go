package results

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/shared/election"
)

var about = cmpopts.EquateApprox(0, 1e-12)

// compared has two areas: the south is Texas, New Mexico and the like, with results of last time in
// Texas and Vermont. Now rivera has 45 of 80 and 5 of 20, chen 20 and 10.
func compared(t *testing.T) Rules {
	t.Helper()
	c := testRules(t)
	e := c.Election
	e.Areas = []election.Area{{ID: "south", Name: "The South"}, {ID: "rest", Name: "The rest"}}
	e.Last = &election.Last{Name: "2022", Past: election.Past{Votes: map[string]int64{"rivera": 60, "chen": 40}, Others: 100, Registered: 400}}
	past := map[string]*election.Past{
		"TX": {Votes: map[string]int64{"rivera": 30, "chen": 50}, Others: 20, Registered: 200},
		"NM": {Votes: map[string]int64{"rivera": 10}, Others: 90, Registered: 100},
		"VT": {Votes: map[string]int64{"okafor": 5}},
	}
	for i, g := range e.Regions {
		e.Regions[i].Parent, e.Regions[i].Last = "rest", past[g.ID]
		if g.ID == "TX" || g.ID == "NM" {
			e.Regions[i].Parent = "south"
		}
	}
	if err := e.Validate(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLastTime(t *testing.T) {
	c := compared(t)
	s := sample.Small()
	p := c.Publication(s, c.State(s, sample.At("2026-11-03T14:05:30Z")))
	from := sample.At("2026-11-03T14:00:00Z")
	through := func(region string) *Document {
		f := filter.Filter{Region: &region}
		for _, a := range p.Known().Areas {
			if a.ID == region {
				f.Area = a
			}
		}
		return p.Through(f)
	}
	for name, tc := range map[string]struct {
		r      *Document
		want   *Last
		rivera *float64 // share of last time
	}{
		// 50 and 30 of 100, after 60 and 40 of 200: both have won 20 and 10 points.
		"all": {p.Through(filter.Filter{}), &Last{Name: "2022", Turnout: new(0.5), Swing: new(0.05), From: new("chen"), To: new("rivera")}, new(0.3)},
		// 45 and 20 of 80, after 30 and 50 of 100: won 26.25, lost 25.
		"a region": {through("TX"), &Last{Name: "2022", Turnout: new(0.5), Leader: new("chen"), Swing: new(0.25625), From: new("chen"), To: new("rivera")}, new(0.3)},
		// Nobody votes in New Mexico yet: 45 and 20 of 80, after 40 and 50 of 200.
		"an area":               {through("south"), &Last{Name: "2022", Turnout: new(2.0 / 3), Swing: new((0.3625 - 0) / 2), From: new("chen"), To: new("rivera")}, new(0.2)},
		"nobody of now":         {through("NM"), &Last{Name: "2022", Turnout: new(1.0)}, new(0.1)},
		"a newcomer":            {through("VT"), &Last{Name: "2022", Leader: new("okafor")}, nil},
		"not of all its region": {through("rest"), nil, nil},
		"of a region without":   {through("CA"), nil, nil},
		"by time":               {p.Through(filter.Filter{From: &from}), nil, nil},
	} {
		if diff := cmp.Diff(tc.want, tc.r.Last, about); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, one := range tc.r.Candidates {
			if one.ID == "rivera" && !cmp.Equal(tc.rivera, one.LastShare, about) {
				t.Errorf("%s: rivera's share was %v, want %v", name, one.LastShare, tc.rivera)
			}
		}
	}
}

func TestPlacesAreComparedWithLastTime(t *testing.T) {
	c := compared(t)
	r := newResults(c.Election, sample.Small(), c.Topics)
	for _, g := range r.Regions {
		switch g.State {
		case "TX":
			if g.LastLeader == nil || *g.LastLeader != "chen" || g.Swing == nil || math.Abs(*g.Swing-0.25625) > 1e-12 {
				t.Errorf("Texas had %v, swing %v", g.LastLeader, g.Swing)
			}
		case "CA":
			if g.LastLeader != nil || g.Swing != nil {
				t.Errorf("California, of which nothing is known, had %v, swing %v", g.LastLeader, g.Swing)
			}
		}
	}
	if south := r.Areas[0]; south.ID != "south" || south.Regions != 2 || south.Registered != 150 || south.Voted != 80 ||
		south.Race != "leads" || *south.Leader != "rivera" || south.Margin != 25 || south.LastLeader != nil {
		t.Errorf("the south: %+v", south)
	}
	// The votes of regions that add up to the areas.
	for id, want := range map[string]int64{"rivera": 50, "chen": 30, "okafor": 20} {
		if got := r.Areas[0].By[id] + r.Areas[1].By[id]; got != want {
			t.Errorf("%s has %d votes in the areas, want %d", id, got, want)
		}
	}
}
