package dashboard

import (
	"cmp"
	"slices"
)

// Nobody shall learn for whom one voter voted by watching the figures while that
// voter is known to be counted, nor from what is published in the end. api.md
// says how that is done; here is what follows from the tables.
//
// The votes of one region in one hour are a cell, and every figure by candidate
// is a sum of cells: of a region, of an hour, of all of them, through every
// filter. While votes are counted a cell shows what analytics.shown_hours has of
// it. When the count is complete it shows all of its votes, unless that would say
// too much, see withhold.

// cell names a cell: a region, and the start of an hour in seconds since 1970.
type cell struct {
	region string
	hour   int64
}

// showing is the votes by candidate that are published of a snapshot. What is
// withheld isn't in them.
type showing struct {
	regions map[string]figure
	cells   map[cell]figure
	hours   map[int64]figure // of all regions
	minutes map[int64]tally  // of all regions, by the minute's start; of a complete count from which anything is withheld
}

// figure is the votes by candidate of something, and by how many ballots they
// may differ from what is counted.
type figure struct {
	tally
	lag int64
}

func (f figure) plus(other figure) figure {
	return figure{f.tally.plus(other.tally, 1), f.lag + other.lag}
}

// rank is who is first, as far as the figures say.
type rank struct {
	candidate string
	votes     int64
	margin    int64 // to the second
	race      string
}

// first says who is first, and whether what the figures lag by can change that:
// all of it may be for the second, or have gone from the first.
func (f figure) first() rank {
	if len(f.tally) == 0 {
		return rank{race: RaceNone}
	}
	order := slices.SortedStableFunc(slices.Values(f.tally), func(a, b portion) int { return cmp.Compare(b.votes, a.votes) })
	p := rank{candidate: order[0].candidate, votes: order[0].votes, margin: order[0].votes, race: RaceClose}
	if len(order) > 1 {
		p.margin -= order[1].votes
	}
	switch {
	case p.margin > f.lag:
		p.race = RaceLeads
	case p.margin == 0 && f.lag == 0:
		p.race = RaceLevel
	}
	return p
}

// publish works out the figures of a snapshot: exact ones where the count is
// complete. A smallCell of 0 or 1 withholds nothing.
func publish(s *Snapshot, smallCell int64, complete bool) *showing {
	counted, shown := cellsOf(s.Hours), cellsOf(s.Shown)
	f := &showing{regions: map[string]figure{}, cells: map[cell]figure{}, hours: map[int64]figure{}}
	for c, votes := range counted {
		if complete {
			f.cells[c] = figure{votes, 0}
		} else {
			f.cells[c] = figure{shown[c], votes.plus(shown[c], -1).absolute()}
		}
	}
	for c, votes := range shown {
		if _, known := counted[c]; !known && !complete {
			f.cells[c] = figure{votes, votes.absolute()}
		}
	}
	for c, one := range f.cells {
		f.regions[c.region] = f.regions[c.region].plus(one)
		f.hours[c.hour] = f.hours[c.hour].plus(one)
	}
	if complete && smallCell > 1 {
		f.withhold(withheld(counted, shown, smallCell))
		f.minutes = publishedMinutes(s.Minutes, f.hours, smallCell)
	}
	return f
}

// withhold takes cells and hours out of the figures. What they lag by stays.
func (f *showing) withhold(cells map[cell]bool, hours map[int64]bool) {
	for c := range cells {
		f.cells[c] = figure{nil, f.cells[c].votes()}
	}
	for h := range hours {
		f.hours[h] = figure{nil, f.hours[h].votes()}
	}
}

// through returns the votes that are shown through a filter.
func (f *showing) through(by Filter) (sum figure) {
	switch {
	case !by.timed() && by.Region != nil:
		return f.regions[*by.Region]
	case !by.timed():
		for _, one := range f.regions {
			sum = sum.plus(one)
		}
	case by.Region != nil:
		for c, one := range f.cells {
			if c.region == *by.Region && by.second(c.hour) {
				sum = sum.plus(one)
			}
		}
	default:
		for at, one := range f.hours {
			if by.second(at) {
				sum = sum.plus(one)
			}
		}
	}
	return sum
}

// inRegions are the votes that are shown of each region within a filter's time.
func (f *showing) inRegions(by Filter) map[string]figure {
	if !by.timed() {
		return f.regions
	}
	regions := map[string]figure{}
	for c, one := range f.cells {
		if by.second(c.hour) {
			regions[c.region] = regions[c.region].plus(one)
		}
	}
	return regions
}

// inHour are the votes that are shown of an hour of all regions, or of one.
func (f *showing) inHour(at int64, region *string) figure {
	if region == nil {
		return f.hours[at]
	}
	return f.cells[cell{*region, at}]
}

// cellsOf puts rows into cells.
func cellsOf(rows []HourRow) map[cell]tally {
	cells := map[cell]tally{}
	for i := range rows {
		row := &rows[i]
		if row.Votes == 0 {
			continue
		}
		c := cell{row.State, row.Hour.Unix()}
		t := cells[c]
		if n := len(t); n == 0 || t[n-1].candidate < row.Candidate { // as rows come
			cells[c] = append(t, portion{row.Candidate, row.Votes})
		} else {
			cells[c] = t.plus(tally{{row.Candidate, row.Votes}}, 1)
		}
	}
	return cells
}

// publishedMinutes are the minutes whose votes by candidate can be published
// beside those of their hours: not those of fewer than smallCell ballots, and
// others as it takes for these to be smallCell together. An hour that is withheld,
// or whose minutes weren't read as of the same moment, has none.
func publishedMinutes(rows []MinuteRow, hours map[int64]figure, smallCell int64) map[int64]tally {
	minutes := map[int64]tally{}
	sums := map[int64]tally{}
	for i := range rows {
		row := &rows[i]
		at, one := row.Minute.Unix(), tally{{row.Candidate, row.Votes}}
		minutes[at] = minutes[at].plus(one, 1)
		sums[hourStart(at)] = sums[hourStart(at)].plus(one, 1)
	}
	small := map[int64]int64{} // ballots of the minutes that are withheld, by hour
	for _, at := range byVotes(minutes) {
		h, votes := hourStart(at), minutes[at].votes()
		switch hidden := small[h]; {
		case hours[h].lag > 0, len(sums[h].plus(hours[h].tally, -1)) > 0:
			delete(minutes, at)
		case votes < smallCell, hidden > 0 && hidden < smallCell:
			small[h] += votes
			delete(minutes, at)
		}
	}
	return minutes
}
