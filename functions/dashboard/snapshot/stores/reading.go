package stores

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

const (
	// Minutes older than recent are read only if the hours say that they have changed, and
	// not more often than deepEvery. So older minutes are at most that much behind the hours.
	recent    = 3 * time.Minute
	deepEvery = 2 * time.Second
	// Everything is read at least so often, whatever the books say.
	wholeEvery = 30 * time.Second
)

// reading is what a call of Snapshot found. A later call reads less because of it. It
// doesn't change the reading, since calls may be under way at the same time.
type reading struct {
	began   time.Time          // zero before the first
	last    *snapshot.Snapshot // what was settled
	live    *snapshot.Snapshot // the same with the changes: what was returned
	wholeAt time.Time          // start of the last whole read
	deepAt  time.Time          // start of the last one that went further back than recent
	late    time.Time          // first hour of last whose minutes don't add up to it; zero where all do
}

// whole reports whether a read that begins now reads everything.
func (r *reading) whole(now time.Time) bool {
	return r.last == nil || now.Sub(r.wholeAt) >= wholeEvery
}

// logs are what was known of the logs.
func (r *reading) logs() []snapshot.LogRow {
	if r.live == nil {
		return nil
	}
	return r.live.Logs
}

// minutesFrom is the minute from which this read takes minutes; the read before it decides.
// It is rounded down, so that the text of the query repeats. newest asks for about the last
// minute: only the first read calls it. While there are no minutes, all that come are read.
func (r *reading) minutesFrom(whole bool, newest func() (time.Time, error)) (time.Time, error) {
	switch {
	case r.last == nil:
		end, err := newest()
		return snapshot.MinutesFrom(end), err
	case len(r.last.Minutes) == 0:
		return never, nil
	}
	end := r.last.Anchor().Truncate(time.Minute)
	if whole {
		return snapshot.MinutesFrom(end), nil
	}
	from := end.Add(-recent)
	if r.lags(r.began) && r.late.Before(from) {
		from, r.deepAt = r.late, r.began
	}
	return from, nil
}

// lags reports whether a read that begins now has to take minutes older than recent.
func (r *reading) lags(now time.Time) bool {
	return !r.late.IsZero() && now.Sub(r.deepAt) >= deepEvery
}

// keep remembers a snapshot of what is settled, whose minutes were read from a minute on, and
// the changes to it.
func (r *reading) keep(s *snapshot.Snapshot, c *snapshot.Changes, from time.Time, whole bool) {
	if whole {
		r.wholeAt = r.began
	} else {
		s.Minutes = joinMinutes(r.last.Minutes, from, s.Minutes)
		begin := snapshot.MinutesFrom(s.Anchor())
		s.Minutes = slices.DeleteFunc(s.Minutes, func(row snapshot.MinuteRow) bool { return row.Minute.Before(begin) })
	}
	r.last, r.live, r.late = s, s.With(c), behind(s)
}

// behind is the start of the first hour whose minutes don't add up to it; zero
// where all do.
func behind(s *snapshot.Snapshot) time.Time {
	if len(s.Minutes) == 0 {
		return time.Time{}
	}
	from := snapshot.MinutesFrom(s.Anchor())
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
func newestBook(s *snapshot.Snapshot) time.Time {
	newest := never
	for _, row := range s.Books {
		if row.UpdatedAt.After(newest) {
			newest = row.UpdatedAt
		}
	}
	return newest
}

// joinMinutes puts rows from some minute on behind those from before.
func joinMinutes(before []snapshot.MinuteRow, from time.Time, rows []snapshot.MinuteRow) []snapshot.MinuteRow {
	end := sort.Search(len(before), func(i int) bool { return !before[i].Minute.Before(from) })
	return slices.Concat(before[:end], rows)
}

// certify puts a certification into a snapshot, with its result as the table has it.
func certify(s *snapshot.Snapshot, word snapshot.CertificationRow, result string) error {
	if err := json.Unmarshal([]byte(result), &word.Result); err != nil {
		return fmt.Errorf("result that %s certified at %s: %w", word.By, word.At.Format(time.RFC3339), err)
	}
	s.Certified = &word
	return nil
}
