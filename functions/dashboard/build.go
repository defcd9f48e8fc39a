package dashboard

import (
	"cmp"
	"slices"
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

// newResults makes the document for one snapshot of an election.
func newResults(e *election.Election, s *Snapshot, topics Topics) *Results {
	r := &Results{
		Status:     StatusProvisional,
		Election:   describe(e, s),
		AsOf:       asOf(s),
		Watermark:  watermark(s.Books, topics.Votes),
		Candidates: candidates(e, s.Candidates),
		Regions:    regions(e, s.Regions),
		Books:      books(s, topics),
	}
	r.Hourly = hours(s.Hours, r.Watermark)
	r.Demographics = demographics(s.Demographics, r.Election.SmallCell)
	r.Totals = totals(r)
	switch {
	case r.Totals.Votes == 0:
		r.Status = StatusWaiting
	case r.Watermark != nil && r.Election.Closes != nil && !r.Watermark.Before(*r.Election.Closes):
		r.Status = StatusFinal
	}
	r.Totals.Headline = headline(r)
	return r
}

// defaultSmallCell is the threshold of an election that names none. Statistical
// offices suppress below 5 to 11 persons; 10 is the usual choice for open data.
// An election that wants every group shown says 1.
const defaultSmallCell = 10

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
		SmallCell:  int64(e.SmallCell),
	}
	if d.SmallCell == 0 {
		d.SmallCell = defaultSmallCell
	}
	if d.Date == "" && len(s.Candidates) > 0 {
		d.Date = s.Candidates[0].ElectionDate
	}
	return d
}

// candidates lists every candidate of the ballot and of the results.
func candidates(e *election.Election, rows []CandidateRow) []Candidate {
	byID := map[string]*Candidate{}
	for _, c := range e.Candidates {
		byID[c.ID] = &Candidate{
			ID: c.ID, Name: c.Name, Party: c.Party, Colour: c.Colour, Portrait: c.Portrait, Biography: c.Biography,
		}
	}
	var all int64
	for _, row := range rows {
		c := byID[row.ID]
		if c == nil {
			c = &Candidate{ID: row.ID, Name: row.Name, Party: row.Party}
			byID[row.ID] = c
		}
		c.Votes, c.Image = row.Votes, row.Image
		all += row.Votes
	}
	list := make([]Candidate, 0, len(byID))
	for _, c := range byID {
		if all > 0 {
			c.Share = float64(c.Votes) / float64(all)
		}
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
	paint(list)
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.Votes, a.Votes) })
	return list
}

// regions lists every region of the election and of the results, by name.
func regions(e *election.Election, rows []RegionRow) []Region {
	byID := map[string]*Region{}
	for _, g := range e.Regions {
		byID[g.ID] = &Region{State: g.ID, Name: g.Name}
	}
	for _, row := range rows {
		g := byID[row.State]
		if g == nil {
			g = &Region{State: row.State, Name: row.State}
			byID[row.State] = g
		}
		g.Registered, g.Voted = row.Registered, row.Voted
		g.LeaderVotes, g.Margin = row.LeaderVotes, row.Margin
		if row.Leader != "" {
			g.Leader = &row.Leader
		}
	}
	list := make([]Region, 0, len(byID))
	for _, g := range byID {
		g.Turnout = ratio(g.Voted, g.Registered)
		g.MarginShare = ratio(g.Margin, g.Voted)
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Region) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.State, b.State))
	})
	return list
}

// hours puts the candidates of each hour together.
func hours(rows []HourRow, watermark *time.Time) []Hour {
	byHour := map[time.Time]*Hour{}
	for _, row := range rows {
		start := row.Hour.UTC()
		h := byHour[start]
		if h == nil {
			h = &Hour{Hour: start, By: map[string]int64{}}
			byHour[start] = h
		}
		h.Votes += row.Votes
		h.By[row.Candidate] += row.Votes
		h.Revision = max(h.Revision, row.Revision)
	}
	list := make([]Hour, 0, len(byHour))
	for _, h := range byHour {
		h.Final = watermark != nil && !h.Hour.Add(time.Hour).After(*watermark)
		list = append(list, *h)
	}
	slices.SortFunc(list, func(a, b Hour) int { return a.Hour.Compare(b.Hour) })
	return list
}

// totals sums the tables up. The margin is that of the first two candidates.
func totals(r *Results) Totals {
	var t Totals
	for _, c := range r.Candidates {
		t.Votes += c.Votes
	}
	for _, g := range r.Regions {
		t.Registered += g.Registered
	}
	t.Turnout = ratio(t.Votes, t.Registered)
	if t.Votes == 0 {
		return t
	}
	first, second := r.Candidates[0], int64(0)
	if len(r.Candidates) > 1 {
		second = r.Candidates[1].Votes
	}
	t.Margin = first.Votes - second
	t.MarginShare = ratio(t.Margin, t.Votes)
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
