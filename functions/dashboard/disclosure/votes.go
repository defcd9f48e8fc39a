// Package disclosure decides what may be shown, so that no figure tells how one voter
// voted. The rows of a snapshot go in; what comes out are votes by candidate, groups of
// voters and amendments from which everything is left out that would tell.
package disclosure

import (
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
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

// Votes is the votes by candidate that are published of a snapshot. What is
// withheld isn't in them.
type Votes struct {
	regions map[string]Figure
	cells   map[cell]Figure
	hours   map[int64]Figure // of all regions
	minutes map[int64]Tally  // of all regions, by the minute's start; of a complete count from which anything is withheld
}

// Figure is the votes by candidate of something, and by how many ballots they
// may differ from what is counted.
type Figure struct {
	Tally
	Lag int64
}

// And is the sum of two figures.
func (f Figure) And(other Figure) Figure {
	return Figure{f.Tally.Plus(other.Tally, 1), f.Lag + other.Lag}
}

// Publish works out the figures of a snapshot: exact ones where the count is
// complete, and where nothing is to be withheld: with a smallCell of 0 or 1.
func Publish(s *snapshot.Snapshot, smallCell int64, complete bool) *Votes {
	complete = complete || smallCell <= 1
	counted, shown := cellsOf(s.Hours), cellsOf(s.Shown)
	f := &Votes{regions: map[string]Figure{}, cells: map[cell]Figure{}, hours: map[int64]Figure{}}
	for c, votes := range counted {
		if complete {
			f.cells[c] = Figure{votes, 0}
		} else {
			f.cells[c] = Figure{shown[c], votes.Plus(shown[c], -1).absolute()}
		}
	}
	for c, votes := range shown {
		if _, known := counted[c]; !known && !complete {
			f.cells[c] = Figure{votes, votes.absolute()}
		}
	}
	for c, one := range f.cells {
		f.regions[c.region] = f.regions[c.region].And(one)
		f.hours[c.hour] = f.hours[c.hour].And(one)
	}
	if complete && smallCell > 1 {
		f.withhold(withheld(counted, shown, smallCell))
		f.minutes = publishedMinutes(s.Minutes, f.hours, smallCell)
	}
	return f
}

// withhold takes cells and hours out of the figures. What they lag by stays.
func (f *Votes) withhold(cells map[cell]bool, hours map[int64]bool) {
	for c := range cells {
		f.cells[c] = Figure{nil, f.cells[c].Votes()}
	}
	for h := range hours {
		f.hours[h] = Figure{nil, f.hours[h].Votes()}
	}
}

// Through returns the votes that are shown through a filter.
func (f *Votes) Through(by filter.Filter) (sum Figure) {
	switch {
	case !by.Timed() && by.Region != nil && by.Area == nil:
		return f.regions[*by.Region]
	case !by.Timed():
		for region, one := range f.regions {
			if by.InRegion(region) {
				sum = sum.And(one)
			}
		}
	case by.Region != nil:
		for c, one := range f.cells {
			if by.InRegion(c.region) && by.IncludesSecond(c.hour) {
				sum = sum.And(one)
			}
		}
	default:
		for at, one := range f.hours {
			if by.IncludesSecond(at) {
				sum = sum.And(one)
			}
		}
	}
	return sum
}

// InRegions are the votes that are shown of each region within a filter's time.
func (f *Votes) InRegions(by filter.Filter) map[string]Figure {
	if !by.Timed() {
		return f.regions
	}
	regions := map[string]Figure{}
	for c, one := range f.cells {
		if by.IncludesSecond(c.hour) {
			regions[c.region] = regions[c.region].And(one)
		}
	}
	return regions
}

// InHour are the votes that are shown of an hour of all regions, or of those that a
// filter chooses.
func (f *Votes) InHour(at int64, by filter.Filter) (sum Figure) {
	switch {
	case by.Region == nil:
		return f.hours[at]
	case by.Area == nil:
		return f.cells[cell{*by.Region, at}]
	}
	for region := range by.Area.Regions {
		sum = sum.And(f.cells[cell{region, at}])
	}
	return sum
}

// InMinute are the votes that are published of a minute of all regions, where any are.
func (f *Votes) InMinute(at int64) (votes Tally, published bool) {
	votes, published = f.minutes[at]
	return votes, published
}

// cellsOf puts rows into cells.
func cellsOf(rows []snapshot.HourRow) map[cell]Tally {
	cells := map[cell]Tally{}
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
			cells[c] = t.Plus(Tally{{row.Candidate, row.Votes}}, 1)
		}
	}
	return cells
}

// publishedMinutes are the minutes whose votes by candidate can be published
// beside those of their hours: not those of fewer than smallCell ballots, and
// others as it takes for these to be smallCell together. An hour that is withheld,
// or whose minutes weren't read as of the same moment, has none.
func publishedMinutes(rows []snapshot.MinuteRow, hours map[int64]Figure, smallCell int64) map[int64]Tally {
	minutes := map[int64]Tally{}
	sums := map[int64]Tally{}
	for i := range rows {
		row := &rows[i]
		at, one := row.Minute.Unix(), Tally{{row.Candidate, row.Votes}}
		minutes[at] = minutes[at].Plus(one, 1)
		sums[hourStart(at)] = sums[hourStart(at)].Plus(one, 1)
	}
	small := map[int64]int64{} // ballots of the minutes that are withheld, by hour
	for _, at := range byVotes(minutes) {
		h, votes := hourStart(at), minutes[at].Votes()
		switch hidden := small[h]; {
		case hours[h].Lag > 0, len(sums[h].Plus(hours[h].Tally, -1)) > 0:
			delete(minutes, at)
		case votes < smallCell, hidden > 0 && hidden < smallCell:
			small[h] += votes
			delete(minutes, at)
		}
	}
	return minutes
}
