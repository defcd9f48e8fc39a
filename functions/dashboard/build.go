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
	images := picturesOf(ed.election)
	here, everywhere := ed.published().through(f), ed.published().through(Filter{})
	for _, row := range ed.snapshot.Candidates {
		c := byID[row.ID]
		if c == nil {
			if everywhere.of(row.ID) == 0 {
				continue
			}
			c = &Candidate{ID: row.ID, Name: row.Name, Party: row.Party}
			byID[row.ID] = c
		}
		if c.Portrait == "" {
			c.Image = images.fromVotes(row.Image)
		}
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
	shown := ed.published().inRegions(f)
	list := make([]Region, 0, len(byID))
	for _, g := range byID {
		g.choose(shown[g.State])
		g.Turnout = ratio(g.Voted, g.Registered)
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Region) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.State, b.State))
	})
	return list
}

// choose sets what follows from the votes by candidate.
func (g *Region) choose(f figure) {
	first := f.first()
	g.By, g.Held = f.byID(), max(0, g.Voted-f.votes())
	g.Race, g.Margin, g.LeaderVotes = first.race, first.margin, first.votes
	g.MarginShare = ratio(g.Margin, f.votes())
	if first.race == RaceLeads {
		g.Leader = &first.candidate
	}
}

// spell is an hour or a minute: how many have voted.
type spell struct {
	votes    int64
	revision int64
	by       tally
}

// spells are by their start, in seconds since 1970.
type spells map[int64]*spell

func (s spells) count(start, votes, revision int64) *spell {
	one := s[start]
	if one == nil {
		one = &spell{}
		s[start] = one
	}
	one.votes += votes
	one.revision = max(one.revision, revision)
	return one
}

// hours lists the hours with votes, by time.
func (ed *edition) hours(f Filter, watermark *time.Time) []Hour {
	all := spells{}
	for i := range ed.snapshot.Hours {
		if row := &ed.snapshot.Hours[i]; f.region(row.State) && f.time(row.Hour) {
			all.count(row.Hour.Unix(), row.Votes, row.Revision)
		}
	}
	list := make([]Hour, 0, len(all))
	for _, at := range slices.Sorted(maps.Keys(all)) {
		one, start := all[at], time.Unix(at, 0).UTC()
		h := Hour{
			Hour: start, Votes: one.votes, Revision: one.revision,
			Complete: watermark != nil && !start.Add(time.Hour).After(*watermark), Final: ed.final,
		}
		shown := ed.published().inHour(at, f.Region)
		h.Held = max(0, one.votes-shown.votes())
		if h.Withheld = ed.final && shown.lag > 0; !h.Withheld {
			h.By = shown.byID()
		}
		list = append(list, h)
	}
	return list
}

// minutes lists the last minutes with votes, by time. Votes by candidate are
// those of a complete count and of all regions, unless nothing is withheld.
func (ed *edition) minutes(f Filter, watermark *time.Time) []Minute {
	from, everything := minutesFrom(ed.snapshot.anchor()), ed.election.SmallestGroup() <= 1
	all := spells{}
	for i := range ed.snapshot.Minutes {
		row := &ed.snapshot.Minutes[i]
		if row.Minute.Before(from) || !f.region(row.State) || !f.time(row.Minute) {
			continue
		}
		one := all.count(row.Minute.Unix(), row.Votes, row.Revision)
		if everything {
			one.by = one.by.plus(tally{{row.Candidate, row.Votes}}, 1)
		}
	}
	list := make([]Minute, 0, len(all))
	for _, at := range slices.Sorted(maps.Keys(all)) {
		one, start := all[at], time.Unix(at, 0).UTC()
		m := Minute{
			Minute: start, Votes: one.votes, Revision: one.revision, Final: ed.final,
			Complete: watermark != nil && !start.Add(time.Minute).After(*watermark),
		}
		by, published := ed.published().minutes[at]
		switch {
		case everything:
			m.By = one.by.byID()
		case published && f.Region == nil:
			m.By = by.byID()
		default:
			m.Withheld = true
		}
		list = append(list, m)
	}
	return list
}

// totals sums the document up, of whose votes by candidate f is the sum.
func totals(r *Results, f figure) Totals {
	var t Totals
	for _, g := range r.Regions {
		if r.Filter.region(g.State) {
			t.Registered += g.Registered
			t.Votes += g.Voted
		}
	}
	t.Shown = f.votes()
	t.Held = max(0, t.Votes-t.Shown)
	t.Turnout = ratio(t.Votes, t.Registered)
	first := f.first()
	t.Race, t.Margin = first.race, first.margin
	t.MarginShare = ratio(t.Margin, t.Shown)
	if first.race == RaceLeads {
		t.Leader = &first.candidate
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
