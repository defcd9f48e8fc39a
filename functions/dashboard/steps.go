package dashboard

import (
	"math"
	"slices"
)

// Votes by candidate are shown in steps, so that nobody learns for whom one
// voter voted by watching the figures while that voter is known to be counted:
// of every group that is published, the figures change by nothing or by at
// least small_cell ballots at once.
//
// The published figures are sums of cells: of one region one hour, or one
// minute where minutes are kept. A cell takes on what was counted as soon as
// that differs by small_cell ballots or more; what is less is carried on to the
// region's next cell in time, and what the last one doesn't take is held back.
// Totals, regions, hours and minutes, through every filter and at every moment,
// are sums of the same steps, so that nothing that can be worked out from any
// number of them is less than a step.
//
// Only the choice is protected this way. How many have voted is exact and live.

// account is what has become of the votes of one region.
type account struct {
	shown cells
	// taken is what had been counted when a step last took it. It differs from
	// shown where votes are shown with a later cell. Because differences are
	// reckoned from here, no vote is ever moved back, which would be a step of
	// one.
	taken cells
}

// shown is what is shown of the votes by candidate.
type shown struct {
	regions map[string]account
	minutes int64 // cells from here on are minutes, those before are hours
}

// next is what is shown after what has been shown before, of what is counted
// now. Regions that are no longer counted are forgotten.
func (before shown) next(s *Snapshot, smallCell int64) shown {
	after := shown{regions: map[string]account{}, minutes: math.MaxInt64}
	if len(s.Minutes) > 0 {
		after.minutes = minutesFrom(s.anchor()).Unix()
	}
	for region, counted := range after.counted(s) {
		a := before.regions[region]
		a = account{shown: a.shown.folded(after.minutes), taken: a.taken.folded(after.minutes)}
		after.regions[region] = a.step(*counted, smallCell)
	}
	return after
}

// counted puts the votes into cells.
func (to shown) counted(s *Snapshot) map[string]*cells {
	regions := map[string]*cells{}
	region := func(id string) *cells {
		c := regions[id]
		if c == nil {
			c = &cells{}
			regions[id] = c
		}
		return c
	}
	for i := range s.Hours {
		if row := &s.Hours[i]; row.Hour.Unix() < to.minutes {
			region(row.State).count(row.Hour.Unix(), row.Candidate, row.Votes)
		}
	}
	for i := range s.Minutes {
		if row := &s.Minutes[i]; row.Minute.Unix() >= to.minutes {
			region(row.State).count(row.Minute.Unix(), row.Candidate, row.Votes)
		}
	}
	return regions
}

// step moves what is shown of a region as close to what is counted as steps of
// smallCell ballots can. With a smallCell of 0 or 1 that is all the way.
func (a account) step(counted cells, smallCell int64) account {
	after := account{shown: make(cells, 0, len(a.shown)+1), taken: make(cells, 0, len(counted))}
	var carried tally
	var carriedFrom []cell // what was counted where, as indexes of after.taken
	for shown, taken := a.shown, a.taken; len(shown)+len(taken)+len(counted) > 0; {
		at := min(shown.begin(), taken.begin(), counted.begin())
		here, was, is := shown.take(at), taken.take(at), counted.take(at)
		after.taken = append(after.taken, cell{at, was})
		if !slices.Equal(was, is) {
			carried = carried.plus(is, 1).plus(was, -1)
			carriedFrom = append(carriedFrom, cell{int64(len(after.taken) - 1), is})
			if moved := here.plus(carried, 1); enough(carried, moved, smallCell) {
				for _, c := range carriedFrom {
					after.taken[c.at].tally = c.tally
				}
				here, carried, carriedFrom = moved, nil, nil
			}
		}
		if len(here) > 0 {
			after.shown = append(after.shown, cell{at, here})
		}
	}
	after.taken = slices.DeleteFunc(after.taken, func(c cell) bool { return len(c.tally) == 0 })
	return after
}

// enough says whether a difference makes a step that takes a cell to what it
// would be then. More may have been taken away than the cell shows, or so much
// that what is left would be few.
func enough(difference, cell tally, smallCell int64) bool {
	size, left := difference.size(), cell.votes()
	return (size == 0 || size >= smallCell) && !cell.negative() && (left == 0 || left >= smallCell)
}

// begin is the time of the first cell.
func (c cells) begin() int64 {
	if len(c) == 0 {
		return math.MaxInt64
	}
	return c[0].at
}

// take takes the first cell away if it is of a time.
func (c *cells) take(at int64) tally {
	if c.begin() != at {
		return nil
	}
	t := (*c)[0].tally
	*c = (*c)[1:]
	return t
}
