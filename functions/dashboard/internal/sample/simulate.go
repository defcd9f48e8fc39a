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
	now := e.Opens.Add(time.Duration(progress * float64(e.Closes.Sub(e.Opens)))).Truncate(time.Millisecond)
	sums := poll(e, n, now)
	s := &snapshot.Snapshot{Demographics: sums.demographics(), Hours: sums.hourRows(), Minutes: sums.minuteRows()}
	s.Shown = Stepped(nil, s.Hours, e.SmallestGroup())
	s.Regions, s.Candidates = totals(e, s, now)
	c := sums.counted
	s.Books = []snapshot.BookRow{
		bookRow("voters", 0, int64(n), int64(n), 0, 0, 0, now),
		bookRow("votes", 0, c+c/25+c/40+c/100, c, c/25, c/40, c/100, now),
	}
	return Report(s, now)
}

// sums are what is counted of a simulated election.
type sums struct {
	at      time.Time // of the count
	counted int64     // votes
	groups  map[snapshot.DemographicRow]*snapshot.DemographicRow
	hours   map[snapshot.HourRow]*snapshot.HourRow
	minutes map[snapshot.MinuteRow]int64
}

// poll has n voters registered, of whom seven in ten vote at some time of the voting hours.
// Counted are the votes before a time.
func poll(e *election.Election, n int, now time.Time) *sums {
	rng := rand.New(rand.NewPCG(1, 2))
	s := &sums{
		at:      now,
		groups:  map[snapshot.DemographicRow]*snapshot.DemographicRow{},
		hours:   map[snapshot.HourRow]*snapshot.HourRow{},
		minutes: map[snapshot.MinuteRow]int64{},
	}
	for range n {
		// Every region has half the voters of the one before.
		r := min(int(rng.ExpFloat64()*1.5), len(e.Regions)-1)
		state := e.Regions[r].ID
		age := election.AgeGroups()[1+rng.IntN(5)]
		gender := []string{"female", "male", "female", "male", "nonbinary"}[min(rng.IntN(100)/24, 4)]
		group := s.group(snapshot.DemographicRow{State: state, AgeGroup: age, Gender: gender})
		group.Registered++
		at := e.Opens.Add(time.Duration(rng.Float64() * float64(e.Closes.Sub(e.Opens))))
		choice := e.Candidates[min(int(rng.ExpFloat64()*1.4+float64(r%2)*0.4), len(e.Candidates)-1)].ID
		if rng.Float64() > 0.7 || at.After(now) {
			continue
		}
		s.counted++
		group.Voted++
		s.minutes[snapshot.MinuteRow{Minute: at.Truncate(time.Minute), State: state, Candidate: choice}]++
		s.hour(snapshot.HourRow{Hour: at.Truncate(time.Hour), State: state, Candidate: choice}).Votes++
	}
	return s
}

// group is the row of a group of voters.
func (s *sums) group(key snapshot.DemographicRow) *snapshot.DemographicRow {
	if s.groups[key] == nil {
		row := key
		row.UpdatedAt = s.at
		s.groups[key] = &row
	}
	return s.groups[key]
}

// hour is the row of an hour, region and candidate.
func (s *sums) hour(key snapshot.HourRow) *snapshot.HourRow {
	if s.hours[key] == nil {
		row := key
		row.UpdatedAt = s.at
		s.hours[key] = &row
	}
	return s.hours[key]
}

func (s *sums) demographics() []snapshot.DemographicRow {
	var rows []snapshot.DemographicRow
	for _, g := range s.groups {
		rows = append(rows, *g)
	}
	slices.SortFunc(rows, func(a, b snapshot.DemographicRow) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.AgeGroup, b.AgeGroup), cmp.Compare(a.Gender, b.Gender))
	})
	return rows
}

func (s *sums) hourRows() []snapshot.HourRow {
	var rows []snapshot.HourRow
	for _, h := range s.hours {
		rows = append(rows, *h)
	}
	slices.SortFunc(rows, snapshot.CompareHours)
	return rows
}

// minuteRows are as many of the last minutes as a snapshot has.
func (s *sums) minuteRows() []snapshot.MinuteRow {
	var rows []snapshot.MinuteRow
	for m, votes := range s.minutes {
		m.Votes = votes
		rows = append(rows, m)
	}
	slices.SortFunc(rows, func(a, b snapshot.MinuteRow) int {
		return cmp.Or(a.Minute.Compare(b.Minute), cmp.Compare(a.State, b.State), cmp.Compare(a.Candidate, b.Candidate))
	})
	if last := len(rows) - 1; last >= 0 {
		from := snapshot.MinutesFrom(rows[last].Minute)
		rows = slices.DeleteFunc(rows, func(m snapshot.MinuteRow) bool { return m.Minute.Before(from) })
	}
	return rows
}

// totals are the sums of a snapshot's groups by region, and of its hours by candidate.
func totals(e *election.Election, s *snapshot.Snapshot, now time.Time) (regions []snapshot.RegionRow, candidates []snapshot.CandidateRow) {
	for _, r := range e.Regions {
		row := snapshot.RegionRow{State: r.ID, UpdatedAt: now}
		for _, g := range s.Demographics {
			if g.State == r.ID {
				row.Registered += g.Registered
				row.Voted += g.Voted
			}
		}
		regions = append(regions, row)
	}
	votes := map[string]int64{}
	for _, h := range s.Hours {
		votes[h.Candidate] += h.Votes
	}
	for _, c := range e.Candidates {
		candidates = append(candidates, snapshot.CandidateRow{
			ElectionDate: e.Date.String(), ID: c.ID, Name: c.Name, Party: c.Party, Votes: votes[c.ID], UpdatedAt: now,
		})
	}
	return regions, candidates
}
