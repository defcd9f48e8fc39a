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
	everywhere, here := ed.totals(Filter{}), ed.totals(f)
	for _, row := range ed.snapshot.Candidates {
		c := byID[row.ID]
		if c == nil {
			if everywhere[row.ID] == 0 {
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
		if c.Votes = here[c.ID]; all > 0 {
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
	sum := tally{}
	if ed.final && f.Region == nil && !f.timed() {
		for _, row := range ed.snapshot.Candidates {
			sum[row.ID] += row.Votes
		}
		return sum
	}
	for region := range ed.shown.regions {
		if f.region(region) {
			sum.add(ed.inRegion(region, f), 1)
		}
	}
	return sum
}

// inRegion are the votes of a region that are shown by candidate, within the
// filter's time.
func (ed *edition) inRegion(region string, f Filter) tally {
	sum := tally{}
	for at, t := range ed.shown.regions[region].shown {
		if f.second(at) {
			sum.add(t, 1)
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
	ids := slices.SortedFunc(maps.Keys(t), func(a, b string) int {
		return cmp.Or(cmp.Compare(t[b], t[a]), cmp.Compare(a, b))
	})
	g.By, g.Held = t, max(0, g.Voted-t.votes())
	if len(ids) > 0 {
		g.Leader, g.LeaderVotes, g.Margin = &ids[0], t[ids[0]], t[ids[0]]
	}
	if len(ids) > 1 {
		g.Margin -= t[ids[1]]
	}
	g.MarginShare = ratio(g.Margin, t.votes())
}

// hours lists the hours with votes, by time.
func (ed *edition) hours(f Filter, watermark *time.Time) []Hour {
	byHour := map[int64]*Hour{}
	hour := func(at int64) *Hour {
		if byHour[at] == nil {
			byHour[at] = &Hour{Hour: time.Unix(at, 0).UTC(), By: tally{}}
		}
		return byHour[at]
	}
	for _, row := range ed.snapshot.Hours {
		if f.region(row.State) && f.time(row.Hour) {
			h := hour(row.Hour.Unix())
			h.Votes += row.Votes
			h.Revision = max(h.Revision, row.Revision)
		}
	}
	for region, account := range ed.shown.regions {
		for at, t := range account.shown {
			if f.region(region) && f.second(at) {
				tally(hour(hourOfCell(at)).By).add(t, 1)
			}
		}
	}
	list := make([]Hour, 0, len(byHour))
	for _, h := range byHour {
		h.Final = watermark != nil && !h.Hour.Add(time.Hour).After(*watermark)
		list = append(list, *h)
	}
	slices.SortFunc(list, func(a, b Hour) int { return a.Hour.Compare(b.Hour) })
	return list
}

// minutes lists the last minutes with votes, by time.
func (ed *edition) minutes(f Filter, watermark *time.Time) []Minute {
	byMinute := map[int64]*Minute{}
	minute := func(at int64) *Minute {
		if byMinute[at] == nil {
			byMinute[at] = &Minute{Minute: time.Unix(at, 0).UTC(), By: tally{}, Final: ed.final}
		}
		return byMinute[at]
	}
	for _, row := range ed.snapshot.Minutes {
		if at := row.Minute.Unix(); at >= ed.shown.minutes && f.region(row.State) && f.time(row.Minute) {
			m := minute(at)
			m.Votes += row.Votes
			m.Revision = max(m.Revision, row.Revision)
		}
	}
	for region, account := range ed.shown.regions {
		for at, t := range account.shown {
			if at >= ed.shown.minutes && f.region(region) && f.second(at) {
				tally(minute(at).By).add(t, 1)
			}
		}
	}
	list := make([]Minute, 0, len(byMinute))
	for _, m := range byMinute {
		m.Complete = watermark != nil && !m.Minute.Add(time.Minute).After(*watermark)
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b Minute) int { return a.Minute.Compare(b.Minute) })
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
