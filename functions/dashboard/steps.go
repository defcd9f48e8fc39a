package dashboard

import (
	"maps"
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

// tally is votes by candidate.
type tally map[string]int64

// cells are the tallies of one region by the start of their hour or minute, in
// seconds since 1970. They are immutable once they are published.
type cells map[int64]tally

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

// hourOfCell is the start of the hour that a time lies in.
func hourOfCell(at int64) int64 { return at - at%3600 }

// next is what is shown after what has been shown before, of what is counted
// now. Regions that are no longer counted are forgotten.
func (before shown) next(s *Snapshot, smallCell int64) shown {
	after := shown{regions: map[string]account{}, minutes: math.MaxInt64}
	if len(s.Minutes) > 0 {
		after.minutes = minutesFrom(s.Minutes[len(s.Minutes)-1].Minute).Unix()
	}
	for region, counted := range after.counted(s) {
		a := before.regions[region]
		a = account{shown: a.shown.folded(after.minutes), taken: a.taken.folded(after.minutes)}
		after.regions[region] = a.step(counted, smallCell)
	}
	return after
}

// counted puts the candidates of each cell together.
func (to shown) counted(s *Snapshot) map[string]cells {
	regions := map[string]cells{}
	put := func(region string, at int64, candidate string, votes int64) {
		c := regions[region]
		if c == nil {
			c = cells{}
			regions[region] = c
		}
		if c[at] == nil {
			c[at] = tally{}
		}
		c[at][candidate] += votes
	}
	for _, row := range s.Hours {
		if at := row.Hour.Unix(); at < to.minutes {
			put(row.State, at, row.Candidate, row.Votes)
		}
	}
	for _, row := range s.Minutes {
		if at := row.Minute.Unix(); at >= to.minutes {
			put(row.State, at, row.Candidate, row.Votes)
		}
	}
	return regions
}

// folded adds up the minutes before a time, which are kept as hours from now on.
func (c cells) folded(minutes int64) cells {
	all := make(cells, len(c))
	for at, t := range c {
		if hour := hourOfCell(at); at < minutes && hour != at {
			sum := maps.Clone(all[hour])
			if sum == nil {
				sum = tally{}
			}
			sum.add(t, 1)
			all[hour] = sum
			continue
		}
		if all[at] != nil { // minutes of the hour came before
			t = maps.Clone(t)
			t.add(all[at], 1)
		}
		all[at] = t
	}
	return all
}

// step moves what is shown of a region as close to what is counted as steps of
// smallCell ballots can. With a smallCell of 0 or 1 that is all the way.
func (a account) step(counted cells, smallCell int64) account {
	after := account{shown: maps.Clone(a.shown), taken: maps.Clone(a.taken)}
	times := maps.Clone(counted)
	maps.Copy(times, a.taken)
	carried, from := tally{}, []int64(nil) // what, and since which cells
	for _, at := range slices.Sorted(maps.Keys(times)) {
		if maps.Equal(counted[at], a.taken[at]) {
			continue
		}
		carried.add(counted[at], 1)
		carried.add(a.taken[at], -1)
		from = append(from, at)
		if size := carried.size(); size > 0 && size < smallCell {
			continue
		}
		cell := tally{}
		cell.add(after.shown[at], 1)
		cell.add(carried, 1)
		// More may have been taken away here than is shown here, or so much
		// that what is left would be few.
		if left := cell.votes(); cell.negative() || left > 0 && left < smallCell {
			continue
		}
		after.shown.set(at, cell)
		for _, t := range from {
			after.taken.set(t, counted[t])
		}
		carried, from = tally{}, nil
	}
	return after
}

// set puts a tally in place; an empty one isn't kept.
func (c cells) set(at int64, t tally) {
	if c[at] = t; len(t) == 0 {
		delete(c, at)
	}
}

// add adds another tally so many times, and forgets what comes to nothing.
func (t tally) add(other tally, times int64) {
	for candidate, votes := range other {
		if t[candidate] += times * votes; t[candidate] == 0 {
			delete(t, candidate)
		}
	}
}

// size is the number of ballots that a difference stands for at least: a ballot
// may have come, gone, or changed from one candidate to another.
func (t tally) size() int64 {
	var come, gone int64
	for _, votes := range t {
		if votes > 0 {
			come += votes
		} else {
			gone -= votes
		}
	}
	return max(come, gone)
}

func (t tally) negative() bool {
	for _, votes := range t {
		if votes < 0 {
			return true
		}
	}
	return false
}

// votes is the sum.
func (t tally) votes() int64 {
	var sum int64
	for _, votes := range t {
		sum += votes
	}
	return sum
}
