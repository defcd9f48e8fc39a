package simulate

import (
	"math"
	"testing"
	"time"
)

func TestRegionsHaveTheirSize(t *testing.T) {
	o := Defaults(day)
	o.Voters, o.Votes = 200_000, 0
	e := newElectorate(&o)
	var all float64
	for _, s := range states {
		all += float64(s.adults)
	}
	counts := make([]float64, len(states))
	for i := range o.Voters {
		counts[e.person(i).region]++
	}
	for i, s := range states {
		want := float64(o.Voters) * float64(s.adults) / all
		// Five standard deviations, and the wheel's coarseness.
		if off := math.Abs(counts[i] - want); off > 5*math.Sqrt(want)+float64(o.Voters)/(1<<16) {
			t.Errorf("%s has %v voters, want about %.0f", s.name, counts[i], want)
		}
	}
}

func TestCandidatesDiffer(t *testing.T) {
	o := Defaults(day)
	o.Voters, o.Votes = 60_000, 40_000
	s := newSimulation(t, o)
	votes := map[string]map[string]int{} // by group, then candidate
	total := map[string]int{}
	for _, e := range s.timetable {
		b, p := s.ballot(int(e.who)), s.electorate.person(int(e.who))
		group := []string{"south", "west", "northeast", "midwest"}[map[part]int{south: 0, west: 1, northeast: 2, midwest: 3}[s.electorate.regions[p.region].part]]
		groups := []string{group}
		if p.age >= 18 && p.age < 30 {
			groups = append(groups, "young")
		} else if p.age >= 65 {
			groups = append(groups, "old")
		}
		for _, g := range groups {
			if votes[g] == nil {
				votes[g] = map[string]int{}
			}
			votes[g][s.electorate.candidates[b.candidate].id]++
			total[g]++
		}
	}
	share := func(group, candidate string) float64 { return float64(votes[group][candidate]) / float64(total[group]) }
	for _, tt := range []struct{ candidate, more, less string }{
		{"Thomas Whitfield", "south", "northeast"},
		{"Thomas Whitfield", "old", "young"},
		{"Priya Anand", "young", "old"},
		{"Maya Rivera", "west", "south"},
		{"June Okafor", "midwest", "west"},
	} {
		if more, less := share(tt.more, tt.candidate), share(tt.less, tt.candidate); more < less*1.15 {
			t.Errorf("%s has %.3f of the votes in group %s and %.3f in %s: want clearly more", tt.candidate, more, tt.more, less, tt.less)
		}
	}
}

func TestVotingComesInWaves(t *testing.T) {
	o := Defaults(day)
	o.Voters, o.Votes = 60_000, 40_000
	s := newSimulation(t, o)
	var byHour [24]int // local time
	for _, e := range s.timetable {
		b := s.ballot(int(e.who))
		r := &s.electorate.regions[b.region]
		byHour[pollsOpen+int(b.at.Sub(r.opens)/time.Hour)]++
	}
	for _, tt := range []struct{ peak, trough int }{{8, 10}, {12, 14}, {17, 14}} {
		if byHour[tt.peak] < byHour[tt.trough]*3/2 {
			t.Errorf("%d votes at %d o'clock, %d at %d: want a wave", byHour[tt.peak], tt.peak, byHour[tt.trough], tt.trough)
		}
	}
	for _, hour := range []int{6, 20} {
		if byHour[hour] != 0 {
			t.Errorf("%d votes at %d o'clock, when the polls are closed", byHour[hour], hour)
		}
	}
}
