package sample

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

// Simulate makes the tables of an election of n voters, counted up to a share
// of its hours. Equal arguments make equal tables.
func Simulate(e *election.Election, n int, progress float64) *snapshot.Snapshot {
	rng := rand.New(rand.NewPCG(1, 2))
	now := e.Opens.Add(time.Duration(progress * float64(e.Closes.Sub(e.Opens)))).Truncate(time.Millisecond)
	s := &snapshot.Snapshot{}
	groups := map[snapshot.DemographicRow]*snapshot.DemographicRow{}
	hours := map[snapshot.HourRow]*snapshot.HourRow{}
	minutes := map[snapshot.MinuteRow]int64{}
	states := map[string]map[string]int64{}
	var counted, cast int64
	for range n {
		// Every region has half the voters of the one before.
		r := min(int(rng.ExpFloat64()*1.5), len(e.Regions)-1)
		state := e.Regions[r].ID
		age := election.AgeGroups()[1+rng.IntN(5)]
		gender := []string{"female", "male", "female", "male", "nonbinary"}[min(rng.IntN(100)/24, 4)]
		key := snapshot.DemographicRow{State: state, AgeGroup: age, Gender: gender}
		if groups[key] == nil {
			g := key
			g.UpdatedAt = now
			groups[key] = &g
		}
		groups[key].Registered++
		at := e.Opens.Add(time.Duration(rng.Float64() * float64(e.Closes.Sub(e.Opens))))
		choice := e.Candidates[min(int(rng.ExpFloat64()*1.4+float64(r%2)*0.4), len(e.Candidates)-1)].ID
		if rng.Float64() > 0.7 || at.After(now) {
			continue
		}
		counted++
		groups[key].Voted++
		minutes[snapshot.MinuteRow{Minute: at.Truncate(time.Minute), State: state, Candidate: choice}]++
		hour := snapshot.HourRow{Hour: at.Truncate(time.Hour), State: state, Candidate: choice}
		if hours[hour] == nil {
			h := hour
			h.UpdatedAt = now
			hours[hour] = &h
		}
		hours[hour].Votes++
		if states[state] == nil {
			states[state] = map[string]int64{}
		}
		states[state][choice]++
	}
	for _, g := range groups {
		s.Demographics = append(s.Demographics, *g)
	}
	for _, h := range hours {
		s.Hours = append(s.Hours, *h)
	}
	slices.SortFunc(s.Demographics, func(a, b snapshot.DemographicRow) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.AgeGroup, b.AgeGroup), cmp.Compare(a.Gender, b.Gender))
	})
	slices.SortFunc(s.Hours, snapshot.CompareHours)
	s.Shown = Stepped(nil, s.Hours, e.SmallestGroup())
	for m, votes := range minutes {
		m.Votes = votes
		s.Minutes = append(s.Minutes, m)
	}
	slices.SortFunc(s.Minutes, func(a, b snapshot.MinuteRow) int {
		return cmp.Or(a.Minute.Compare(b.Minute), cmp.Compare(a.State, b.State), cmp.Compare(a.Candidate, b.Candidate))
	})
	if last := len(s.Minutes) - 1; last >= 0 {
		from := snapshot.MinutesFrom(s.Minutes[last].Minute)
		s.Minutes = slices.DeleteFunc(s.Minutes, func(m snapshot.MinuteRow) bool { return m.Minute.Before(from) })
	}
	total := map[string]int64{}
	for _, r := range e.Regions {
		row := snapshot.RegionRow{State: r.ID, UpdatedAt: now}
		for _, g := range s.Demographics {
			if g.State == r.ID {
				row.Registered += g.Registered
				row.Voted += g.Voted
			}
		}
		for _, c := range e.Candidates {
			total[c.ID] += states[r.ID][c.ID]
		}
		s.Regions = append(s.Regions, row)
	}
	for _, c := range e.Candidates {
		s.Candidates = append(s.Candidates, snapshot.CandidateRow{
			ElectionDate: e.Date.String(), ID: c.ID, Name: c.Name, Party: c.Party, Votes: total[c.ID], UpdatedAt: now,
		})
	}
	cast = counted + counted/25 + counted/40 + counted/100
	s.Books = []snapshot.BookRow{
		bookRow("voters", 0, int64(n), int64(n), 0, 0, 0, now),
		bookRow("votes", 0, cast, counted, counted/25, counted/40, counted/100, now),
	}
	return Report(s, now)
}
