package results

import (
	"maps"
	"slices"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// window is what was counted of an hour or a minute.
type window struct {
	votes    int64
	revision int64
	by       disclosure.Tally
}

// windows are by their start, in seconds since 1970.
type windows map[int64]*window

// count adds a row to the window that begins then.
func (s windows) count(start, votes, revision int64) *window {
	one := s[start]
	if one == nil {
		one = &window{}
		s[start] = one
	}
	one.votes += votes
	one.revision = max(one.revision, revision)
	return one
}

// hours lists the hours with votes, by time.
func (p *Publication) hours(f filter.Filter, watermark *time.Time) []Hour {
	all := windows{}
	for i := range p.snapshot.Hours {
		if row := &p.snapshot.Hours[i]; f.InRegion(row.State) && f.Includes(row.Hour) {
			all.count(row.Hour.Unix(), row.Votes, row.Revision)
		}
	}
	return p.listHours(all, f, watermark)
}

// listHours lists the hours that were counted through a filter.
func (p *Publication) listHours(all windows, f filter.Filter, watermark *time.Time) []Hour {
	list := make([]Hour, 0, len(all))
	for _, at := range slices.Sorted(maps.Keys(all)) {
		one, start := all[at], time.Unix(at, 0).UTC()
		h := Hour{
			Hour: start, Votes: one.votes, Revision: one.revision,
			Complete: watermark != nil && !start.Add(time.Hour).After(*watermark), Final: p.exact(),
		}
		shown := p.votes().InHour(at, f)
		h.Held = max(0, one.votes-shown.Votes())
		if h.Withheld = p.exact() && shown.Lag > 0; !h.Withheld {
			h.By = shown.ByID()
		}
		list = append(list, h)
	}
	return list
}

// HoursOf lists the hours with votes of each region that a filter lets through, as those of Through
// a filter by this region alone.
func (p *Publication) HoursOf(f filter.Filter) map[string][]Hour {
	rows := map[string]windows{}
	for i := range p.snapshot.Hours {
		if row := &p.snapshot.Hours[i]; f.InRegion(row.State) && f.Includes(row.Hour) {
			if rows[row.State] == nil {
				rows[row.State] = windows{}
			}
			rows[row.State].count(row.Hour.Unix(), row.Votes, row.Revision)
		}
	}
	lists, mark := make(map[string][]Hour, len(rows)), watermark(p.snapshot.Books, p.Topics.Votes)
	for region, all := range rows {
		lists[region] = p.listHours(all, f.OfRegion(region), mark)
	}
	return lists
}

// minutes lists the last minutes with votes, by time. Votes by candidate are
// those of a complete count and of all regions, unless nothing is withheld.
func (p *Publication) minutes(f filter.Filter, watermark *time.Time) []Minute {
	from, everything := snapshot.MinutesFrom(p.snapshot.Anchor()), p.Election.SmallestGroup() <= 1
	all := windows{}
	for i := range p.snapshot.Minutes {
		row := &p.snapshot.Minutes[i]
		if row.Minute.Before(from) || !f.InRegion(row.State) || !f.Includes(row.Minute) {
			continue
		}
		minute := all.count(row.Minute.Unix(), row.Votes, row.Revision)
		if everything {
			minute.by = minute.by.Plus(disclosure.Single(row.Candidate, row.Votes), 1)
		}
	}
	list := make([]Minute, 0, len(all))
	for _, at := range slices.Sorted(maps.Keys(all)) {
		one, start := all[at], time.Unix(at, 0).UTC()
		m := Minute{
			Minute: start, Votes: one.votes, Revision: one.revision, Final: p.exact(),
			Complete: watermark != nil && !start.Add(time.Minute).After(*watermark),
		}
		by, published := p.votes().InMinute(at)
		switch {
		case everything:
			m.By = one.by.ByID()
		case published && f.Region == nil:
			m.By = by.ByID()
		default:
			m.Withheld = true
		}
		list = append(list, m)
	}
	return list
}
