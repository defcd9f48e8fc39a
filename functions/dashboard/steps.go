package dashboard

import (
	"maps"
	"slices"
)

// Votes by candidate are shown in steps, so that nobody learns for whom one
// voter voted by watching the figures while that voter is known to be counted:
// of every group that is published, the figures change by nothing or by at
// least small_cell ballots at once.
//
// The published figures are sums of cells: one hour of one region, or one
// minute of all regions. A cell takes on what was counted as soon as that
// differs by small_cell ballots or more; what is less is carried on to the next
// cell in time, and what the last one doesn't take is held back. Every total,
// every region, every hour and every filter is a sum of the hour cells, so that
// no two of them differ by less than a step either, at whatever moments they
// are read.
//
// Only the choice is protected this way. How many have voted is exact and live.

// tally is votes by candidate.
type tally map[string]int64

// cells are the tallies of one group by the start of their hour or minute, in
// seconds since 1970. They are immutable once they are published.
type cells map[int64]tally

// shown is what is shown of the votes by candidate.
type shown struct {
	hours   map[string]cells // by region
	minutes cells
}

// next is what is shown after what has been shown before, of what is counted
// now. Regions and minutes that are no longer counted are forgotten.
func (before shown) next(s *Snapshot, smallCell int64) shown {
	hours, minutes := counted(s)
	after := shown{hours: make(map[string]cells, len(hours))}
	for region, now := range hours {
		after.hours[region] = step(before.hours[region], now, smallCell)
	}
	known := maps.Clone(before.minutes)
	maps.DeleteFunc(known, func(at int64, _ tally) bool { return minutes[at] == nil })
	after.minutes = step(known, minutes, smallCell)
	return after
}

// counted puts the candidates of each hour and each minute together.
func counted(s *Snapshot) (hours map[string]cells, minutes cells) {
	hours, minutes = map[string]cells{}, cells{}
	put := func(c cells, at int64, candidate string, votes int64) {
		if c[at] == nil {
			c[at] = tally{}
		}
		c[at][candidate] += votes
	}
	for _, row := range s.Hours {
		if hours[row.State] == nil {
			hours[row.State] = cells{}
		}
		put(hours[row.State], row.Hour.Unix(), row.Candidate, row.Votes)
	}
	for _, row := range s.Minutes {
		put(minutes, row.Minute.Unix(), row.Candidate, row.Votes)
	}
	return hours, minutes
}

// step moves what is shown of one group as close to what is counted as steps of
// smallCell ballots can. With a smallCell of 0 or 1 that is all the way.
func step(shown, counted cells, smallCell int64) cells {
	after := maps.Clone(shown)
	if after == nil {
		after = cells{}
	}
	all := maps.Clone(after)
	maps.Copy(all, counted)
	carried := tally{}
	for _, at := range slices.Sorted(maps.Keys(all)) {
		carried.add(counted[at], 1)
		carried.add(after[at], -1)
		if size := carried.size(); size == 0 || size < smallCell {
			continue
		}
		cell := maps.Clone(after[at])
		if cell == nil {
			cell = tally{}
		}
		cell.add(carried, 1)
		if cell.negative() {
			continue // more was taken away here than is shown here
		}
		if after[at] = cell; len(cell) == 0 {
			delete(after, at)
		}
		carried = tally{}
	}
	return after
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
