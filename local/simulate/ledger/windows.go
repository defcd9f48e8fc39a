package ledger

import (
	"fmt"
	"time"
)

// group is a group of voters by which votes are counted.
type group struct {
	state, ageGroup, gender string
}

func (r *Registration) group() group { return group{r.State, r.AgeGroup, r.Gender} }

// bucket is one group's votes for one candidate in a minute or an hour.
type bucket struct {
	start     time.Time
	candidate string
	group     group
}

type tally struct {
	votes int64
	image string // portrait of the earliest counted vote that has one; empty for none
}

// windows are the counts from which the tables are summed.
type windows struct {
	minutes    map[bucket]tally
	hours      map[bucket]tally
	registered map[time.Time]map[group]int64
	firstVote  time.Time // earliest counted vote
}

func (l *Ledger) windows(r *result) *windows {
	w := &windows{
		minutes:    map[bucket]tally{},
		hours:      map[bucket]tally{},
		registered: map[time.Time]map[group]int64{},
	}
	r.counted(func(v *Vote, reg *Registration) {
		count(w.minutes, bucket{v.time().Truncate(time.Minute), v.Candidate, reg.group()}, v.portrait())
		count(w.hours, bucket{v.time().Truncate(time.Hour), v.Candidate, reg.group()}, v.portrait())
		if w.firstVote.IsZero() || v.time().Before(w.firstVote) {
			w.firstVote = v.time()
		}
	})
	for _, reg := range r.voters {
		minute := reg.Position.time().Truncate(time.Minute)
		if w.registered[minute] == nil {
			w.registered[minute] = map[group]int64{}
		}
		w.registered[minute][reg.group()]++
	}
	return w
}

func count(tallies map[bucket]tally, b bucket, image string) {
	t := tallies[b]
	t.votes++
	t.image = earliest(t.image, image)
	tallies[b] = t
}

// portrait is a vote's image behind the vote's position, as text that sorts in the
// order in which ballots count. It is empty if the vote has no image.
func (v *Vote) portrait() string {
	if v.Image == "" {
		return ""
	}
	return fmt.Sprintf("%017d/%010d/%019d/%s", v.Timestamp*1000, v.Partition, v.Offset, v.Image)
}

// orderLength is the length of the position before the image, in bytes.
const orderLength = 49

func earliest(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

func (w *windows) voteWindows() *Table {
	return bucketTable("core.vote_windows", "window_start", w.minutes)
}

func (w *windows) voteHours() *Table {
	return bucketTable("core.vote_hours", "hour", w.hours)
}

func bucketTable(name, start string, tallies map[bucket]tally) *Table {
	t := newTable(name, start+" candidate state age_group gender", "votes candidate_image")
	for b, n := range tallies {
		t.add(b.start, b.candidate, b.group.state, b.group.ageGroup, b.group.gender, n.votes, optional(n.image))
	}
	return t
}

func (w *windows) electorateWindows() *Table {
	t := newTable("core.electorate_windows", "window_start state age_group gender", "registered")
	for minute, groups := range w.registered {
		for g, n := range groups {
			t.add(minute, g.state, g.ageGroup, g.gender, n)
		}
	}
	return t
}

func (w *windows) hourlyTrends() *Table {
	type row struct {
		hour             time.Time
		state, candidate string
	}
	votes := map[row]int64{}
	for b, n := range w.hours {
		votes[row{b.start, b.group.state, b.candidate}] += n.votes
	}
	t := newTable("analytics.hourly_trends", "hour state candidate", "votes")
	for r, n := range votes {
		t.add(r.hour, r.state, r.candidate, n)
	}
	return t
}
