package dashboard

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

// describe tells what is counted. The day of an open ballot comes from its
// results.
func describe(e *election.Election, s *Snapshot) Election {
	d := Election{
		ID:         e.ID,
		Name:       e.Name,
		Date:       e.Date.String(),
		Opens:      instant(e.Opens),
		Closes:     instant(e.Closes),
		OpenBallot: e.Open(),
		SmallCell:  e.SmallestGroup(),
	}
	if d.Date == "" && len(s.Candidates) > 0 {
		d.Date = s.Candidates[0].ElectionDate
	}
	return d
}

// candidates lists every candidate of the ballot, and those of the results that
// have votes to show: in an open ballot, that somebody was named at all says
// how a voter voted.
func (ed *edition) candidates(f Filter) []Candidate {
	byID := map[string]*Candidate{}
	for _, c := range ed.election.Candidates {
		byID[c.ID] = &Candidate{
			ID: c.ID, Name: c.Name, Party: c.Party, Colour: c.Colour, Portrait: c.Portrait, Biography: c.Biography,
		}
	}
	here := ed.totals(f)
	everywhere := here
	if f.Region != nil || f.timed() {
		everywhere = ed.totals(Filter{})
	}
	for _, row := range ed.snapshot.Candidates {
		c := byID[row.ID]
		if c == nil {
			if everywhere.of(row.ID) == 0 {
				continue
			}
			c = &Candidate{ID: row.ID, Name: row.Name, Party: row.Party}
			byID[row.ID] = c
		}
		c.Image = row.Image
	}
	all := here.votes()
	list := make([]Candidate, 0, len(byID))
	for _, c := range byID {
		if c.Votes = here.of(c.ID); all > 0 {
			c.Share = float64(c.Votes) / float64(all)
		}
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
	paint(list)
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.Votes, a.Votes) })
	return list
}

// totals are the votes that are shown by candidate. Those of a final count are
// all votes: what no step has taken is in no region and no hour then.
func (ed *edition) totals(f Filter) tally {
	var sum tally
	if ed.final && f.Region == nil && !f.timed() {
		for _, row := range ed.snapshot.Candidates {
			sum.add(tally{{row.ID, row.Votes}})
		}
		return sum
	}
	for region := range ed.shown.regions {
		if f.region(region) {
			sum.add(ed.inRegion(region, f))
		}
	}
	return sum
}

// inRegion are the votes of a region that are shown by candidate, within the
// filter's time.
func (ed *edition) inRegion(region string, f Filter) tally {
	var sum tally
	for _, c := range ed.shown.regions[region].shown {
		if f.second(c.at) {
			sum.add(c.tally)
		}
	}
	return sum
}

// regions lists every region of the election and of the results, by name,
// whichever of them the filter chooses.
func (ed *edition) regions(f Filter) []Region {
	byID := map[string]*Region{}
	for _, g := range ed.election.Regions {
		byID[g.ID] = &Region{State: g.ID, Name: g.Name, Column: g.Column, Row: g.Row}
	}
	for _, row := range ed.snapshot.Regions {
		g := byID[row.State]
		if g == nil {
			g = &Region{State: row.State, Name: row.State}
			byID[row.State] = g
		}
		g.Registered, g.Voted = row.Registered, row.Voted
	}
	if f.timed() {
		voted := map[string]int64{}
		for _, row := range ed.snapshot.Hours {
			if f.time(row.Hour) {
				voted[row.State] += row.Votes
			}
		}
		for id, g := range byID {
			g.Voted = voted[id]
		}
	}
	list := make([]Region, 0, len(byID))
	for _, g := range byID {
		g.choose(ed.inRegion(g.State, f))
		g.Turnout = ratio(g.Voted, g.Registered)
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Region) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.State, b.State))
	})
	return list
}

// choose sets what follows from the votes by candidate.
func (g *Region) choose(t tally) {
	g.By, g.Held = t.byID(), max(0, g.Voted-t.votes())
	slices.SortStableFunc(t, func(a, b portion) int { return cmp.Compare(b.votes, a.votes) })
	if len(t) > 0 {
		g.Leader, g.LeaderVotes, g.Margin = &t[0].candidate, t[0].votes, t[0].votes
	}
	if len(t) > 1 {
		g.Margin -= t[1].votes
	}
	g.MarginShare = ratio(g.Margin, t.votes())
}

// spell is an hour or a minute: how many have voted, and what is shown of whom.
type spell struct {
	votes    int64
	revision int64
	by       tally
}

// spells are by their start, in seconds since 1970.
type spells map[int64]*spell

func (s spells) at(start int64) *spell {
	one := s[start]
	if one == nil {
		one = &spell{}
		s[start] = one
	}
	return one
}

func (s *spell) count(votes, revision int64) {
	s.votes += votes
	s.revision = max(s.revision, revision)
}

// hours lists the hours with votes, by time.
func (ed *edition) hours(f Filter, watermark *time.Time) []Hour {
	all := spells{}
	for i := range ed.snapshot.Hours {
		if row := &ed.snapshot.Hours[i]; f.region(row.State) && f.time(row.Hour) {
			all.at(row.Hour.Unix()).count(row.Votes, row.Revision)
		}
	}
	for region, account := range ed.shown.regions {
		for _, c := range account.shown {
			if f.region(region) && f.second(c.at) {
				all.at(hourOfCell(c.at)).by.add(c.tally)
			}
		}
	}
	list := make([]Hour, 0, len(all))
	for _, at := range slices.Sorted(maps.Keys(all)) {
		one, start := all[at], time.Unix(at, 0).UTC()
		list = append(list, Hour{
			Hour: start, Votes: one.votes, By: one.by.byID(), Revision: one.revision,
			Final: watermark != nil && !start.Add(time.Hour).After(*watermark),
		})
	}
	return list
}

// minutes lists the last minutes with votes, by time.
func (ed *edition) minutes(f Filter, watermark *time.Time) []Minute {
	all := spells{}
	for i := range ed.snapshot.Minutes {
		if row := &ed.snapshot.Minutes[i]; row.Minute.Unix() >= ed.shown.minutes && f.region(row.State) && f.time(row.Minute) {
			all.at(row.Minute.Unix()).count(row.Votes, row.Revision)
		}
	}
	for region, account := range ed.shown.regions {
		for _, c := range account.shown {
			if c.at >= ed.shown.minutes && f.region(region) && f.second(c.at) {
				all.at(c.at).by.add(c.tally)
			}
		}
	}
	list := make([]Minute, 0, len(all))
	for _, at := range slices.Sorted(maps.Keys(all)) {
		one, start := all[at], time.Unix(at, 0).UTC()
		list = append(list, Minute{
			Minute: start, Votes: one.votes, By: one.by.byID(), Revision: one.revision, Final: ed.final,
			Complete: watermark != nil && !start.Add(time.Minute).After(*watermark),
		})
	}
	return list
}

// totals sums the document up. The margin is that of the first two candidates.
func totals(r *Results) Totals {
	var t Totals
	for _, g := range r.Regions {
		if r.Filter.region(g.State) {
			t.Registered += g.Registered
			t.Votes += g.Voted
		}
	}
	for _, c := range r.Candidates {
		t.Shown += c.Votes
	}
	t.Held = max(0, t.Votes-t.Shown)
	t.Turnout = ratio(t.Votes, t.Registered)
	if t.Shown == 0 {
		return t
	}
	first, second := r.Candidates[0], int64(0)
	if len(r.Candidates) > 1 {
		second = r.Candidates[1].Votes
	}
	t.Margin = first.Votes - second
	t.MarginShare = ratio(t.Margin, t.Shown)
	if t.Margin > 0 {
		t.Leader = &first.ID
	}
	return t
}

// asOf is the greatest updated_at of all tables, or nil where they are empty.
func asOf(s *Snapshot) *time.Time {
	var last time.Time
	see := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for _, row := range s.Candidates {
		see(row.UpdatedAt)
	}
	for _, row := range s.Regions {
		see(row.UpdatedAt)
	}
	for _, row := range s.Hours {
		see(row.UpdatedAt)
	}
	for _, row := range s.Demographics {
		see(row.UpdatedAt)
	}
	for _, row := range s.Amendments {
		see(row.AmendedAt)
	}
	for _, row := range s.Books {
		see(row.UpdatedAt)
	}
	return instant(last)
}

// ratio is part / whole, or nil where the whole is nothing.
func ratio(part, whole int64) *float64 {
	if whole <= 0 {
		return nil
	}
	q := float64(part) / float64(whole)
	return &q
}

// instant is t in UTC, or nil for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
