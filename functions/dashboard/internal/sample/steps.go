package sample

import (
	"maps"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Stepped is what the aggregation's shown.sql makes of what was shown and what is
// counted now, in steps of k ballots, written down anew.
func Stepped(before, hours []snapshot.HourRow, k int64) (after []snapshot.HourRow) {
	counted, shown := byCell(hours), byCell(before)
	for c := range shown {
		if _, ok := counted[c]; !ok {
			counted[c] = nil
		}
	}
	for c, votes := range counted {
		for candidate, n := range step(shown[c], votes, k) {
			c.Candidate, c.Votes = candidate, n
			after = append(after, c)
		}
	}
	slices.SortFunc(after, snapshot.CompareHours)
	return after
}

// byCell are votes by candidate, by region and hour.
func byCell(rows []snapshot.HourRow) map[snapshot.HourRow]map[string]int64 {
	all := map[snapshot.HourRow]map[string]int64{}
	for _, row := range rows {
		key := snapshot.HourRow{Hour: row.Hour.UTC(), State: row.State}
		if all[key] == nil {
			all[key] = map[string]int64{}
		}
		all[key][row.Candidate] += row.Votes
	}
	return all
}

// step is the step of the votes by candidate of one region and hour.
func step(shown, counted map[string]int64, k int64) map[string]int64 {
	if k <= 1 {
		return counted
	}
	after, candidates := maps.Clone(shown), map[string]bool{}
	var come, gone int64
	for _, votes := range []map[string]int64{shown, counted} {
		for id := range votes {
			candidates[id] = true
		}
	}
	order := slices.Sorted(maps.Keys(candidates))
	for _, id := range order {
		come += max(counted[id]-shown[id], 0)
		gone += max(shown[id]-counted[id], 0)
	}
	if after == nil {
		after = map[string]int64{}
	}
	var upto int64
	for _, id := range order {
		switch change := counted[id] - shown[id]; {
		case change < 0 && gone >= k:
			after[id] += change
		case change > 0 && come >= 2*k:
			kept := k*(upto+change)/come - k*upto/come
			upto += change
			after[id] += change - kept
		}
	}
	maps.DeleteFunc(after, func(_ string, votes int64) bool { return votes == 0 })
	var left int64
	for _, votes := range after {
		left += votes
	}
	if gone >= k && left < k {
		return nil
	}
	return after
}
