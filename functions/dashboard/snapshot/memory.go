package snapshot

import (
	"maps"
	"slices"
	"sort"
	"time"
)

const (
	// Minutes older than recent are read only where the hours, which are read
	// with them, say that there is more, and not more often than deepEvery: at
	// most a minute and a candidate in a region is that much behind.
	recent    = 3 * time.Minute
	deepEvery = 2 * time.Second
	// Everything is read at least so often, whatever the books say.
	wholeEvery = 30 * time.Second
)

// memory is what a Store keeps of its last read, so that the next one can be smaller. The
// zero memory is that of a Store that has read nothing.
type memory struct {
	last    *Snapshot // what was settled
	live    *Snapshot // the same with the changes: what was returned
	wholeAt time.Time // start of the last whole read
	deepAt  time.Time // start of the last one that went further back than recent
	late    time.Time // from where minutes of last don't add up to their hours; zero where all do
}

// whole reports whether a read that starts now reads everything.
func (m *memory) whole(now time.Time) bool {
	return m.last == nil || now.Sub(m.wholeAt) >= wholeEvery
}

// logs are what was known of the logs.
func (m *memory) logs() []LogRow {
	if m.live == nil {
		return nil
	}
	return m.live.Logs
}

// minutesFrom is the minute from which a read that starts now reads minutes. It is
// rounded down, so that the same query comes again. newest asks about where the minutes
// end, where that isn't known.
func (m *memory) minutesFrom(now time.Time, whole bool, newest func() (time.Time, error)) (time.Time, error) {
	if m.last == nil || len(m.last.Minutes) == 0 {
		end, err := newest()
		return MinutesFrom(end), err
	}
	end := m.last.Anchor().Truncate(time.Minute)
	if whole {
		return MinutesFrom(end), nil
	}
	from := end.Add(-recent)
	if m.lags(now) && m.late.Before(from) {
		from, m.deepAt = m.late, now
	}
	return from, nil
}

// lags reports whether minutes that lie back are to be read by a read that starts now.
func (m *memory) lags(now time.Time) bool {
	return !m.late.IsZero() && now.Sub(m.deepAt) >= deepEvery
}

// keep remembers what was settled, of which the minutes were read from a minute on, and
// returns it with the changes.
func (m *memory) keep(s *Snapshot, c *Changes, from, now time.Time, whole bool) *Snapshot {
	if whole {
		m.wholeAt = now
	} else {
		s.Minutes = joinMinutes(m.last.Minutes, from, s.Minutes)
		begin := MinutesFrom(s.Anchor())
		s.Minutes = slices.DeleteFunc(s.Minutes, func(row MinuteRow) bool { return row.Minute.Before(begin) })
	}
	m.last, m.live, m.late = s, s.with(c), behind(s)
	return m.live
}

// behind is the start of the first hour whose minutes don't add up to it; zero
// where all do.
func behind(s *Snapshot) time.Time {
	if len(s.Minutes) == 0 {
		return time.Time{}
	}
	from := MinutesFrom(s.Anchor())
	difference := map[int64]int64{}
	for i := range s.Hours {
		if row := &s.Hours[i]; !row.Hour.Before(from) {
			difference[row.Hour.Unix()] += row.Votes
		}
	}
	for i := range s.Minutes {
		difference[s.Minutes[i].Minute.Truncate(time.Hour).Unix()] -= s.Minutes[i].Votes
	}
	for _, at := range slices.Sorted(maps.Keys(difference)) {
		if at >= from.Unix() && difference[at] != 0 {
			return time.Unix(at, 0).UTC()
		}
	}
	return time.Time{}
}

// newestBook is the start of the last pass; the beginning of 1970 before one.
func newestBook(s *Snapshot) time.Time {
	newest := never
	for _, row := range s.Books {
		if row.UpdatedAt.After(newest) {
			newest = row.UpdatedAt
		}
	}
	return newest
}

// joinMinutes puts rows from some minute on behind those from before.
func joinMinutes(before []MinuteRow, from time.Time, rows []MinuteRow) []MinuteRow {
	end := sort.Search(len(before), func(i int) bool { return !before[i].Minute.Before(from) })
	return slices.Concat(before[:end], rows)
}
