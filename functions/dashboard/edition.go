package dashboard

import (
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/shared/election"
)

// edition is what is published of one snapshot: every document, through
// whatever filter, is a pure function of it. It is immutable.
type edition struct {
	election *election.Election
	topics   Topics
	refresh  time.Duration
	maxAge   time.Duration

	snapshot  *Snapshot
	published func() *showing // by candidate
	groups    func() []Group  // of voters
	final     bool
	// stale is when the figures were read, where they couldn't be read since.
	stale *time.Time
}

// newResults makes the document of a snapshot, without a filter.
func newResults(e *election.Election, s *Snapshot, topics Topics) *Results {
	ed := &edition{election: e, topics: topics, snapshot: s}
	ed.final = final(e, s, topics, time.Time{}, 0)
	return ed.prepared().results(Filter{})
}

// prepared has what is the same through every filter be worked out once.
func (ed *edition) prepared() *edition {
	smallCell := ed.election.SmallestGroup()
	ed.published = sync.OnceValue(func() *showing { return publish(ed.snapshot, smallCell, ed.final) })
	ed.groups = sync.OnceValue(func() []Group { return demographics(ed.snapshot.Demographics, smallCell) })
	return ed
}

// final says whether a count is: voting has closed by the reader's clock, and
// the tables, when they were read, knew of no record of the last while; or
// every partition holds a vote of the closing time itself.
func final(e *election.Election, s *Snapshot, topics Topics, read time.Time, quiet time.Duration) bool {
	if !e.HasHours() {
		return false
	}
	if w := watermark(s.Books, topics.Votes); w != nil && !w.Before(e.Closes) {
		return true
	}
	last := lastIngested(s.Books)
	return !last.IsZero() && read.After(e.Closes) && read.Sub(last) >= quiet
}

// lastIngested is when the newest record of any topic was taken in.
func lastIngested(rows []BookRow) time.Time {
	var last time.Time
	for _, row := range rows {
		if row.LastIngestedAt.After(last) {
			last = row.LastIngestedAt
		}
	}
	return last
}

// results is the document through a filter.
func (ed *edition) results(f Filter) *Results {
	s := ed.snapshot
	r := &Results{
		Filter:     f,
		Status:     StatusProvisional,
		Stale:      ed.stale != nil,
		StaleSince: ed.stale,
		Election:   describe(ed.election, s),
		AsOf:       asOf(s),
		Watermark:  watermark(s.Books, ed.topics.Votes),
		Books:      books(s, ed.topics),
		Sources:    sources(f),
	}
	r.Exact = ed.final
	r.Freshness = ed.freshness(r.Watermark)
	r.Candidates = ed.candidates(f)
	r.Regions = ed.regions(f)
	r.Hourly = ed.hours(f, r.Watermark)
	r.Minutes = ed.minutes(f, r.Watermark)
	r.Amendments = ed.amendments(f)
	r.Demographics = f.groups(ed.groups(), ed.region(f))
	switch {
	case !ed.counted():
		r.Status = StatusWaiting
	case ed.final:
		r.Status = StatusFinal
	}
	r.Totals = totals(r, ed.published().through(f))
	r.Totals.Headline = headline(r)
	return r
}

// region is the row of the region that a filter chooses, if it chooses one.
func (ed *edition) region(f Filter) (row RegionRow) {
	if f.Region != nil {
		i := slices.IndexFunc(ed.snapshot.Regions, func(row RegionRow) bool { return row.State == *f.Region })
		if i >= 0 {
			row = ed.snapshot.Regions[i]
		}
	}
	return row
}

// counted says whether any vote was.
func (ed *edition) counted() bool {
	for _, row := range ed.snapshot.Candidates {
		if row.Votes > 0 {
			return true
		}
	}
	return false
}

func (ed *edition) freshness(watermark *time.Time) Freshness {
	var pass, ingested time.Time
	for _, row := range ed.snapshot.Books {
		if row.UpdatedAt.After(pass) {
			pass = row.UpdatedAt
		}
		if row.Topic == ed.topics.Votes && row.LastIngestedAt.After(ingested) {
			ingested = row.LastIngestedAt
		}
	}
	f := Freshness{
		LastPassAt:     instant(pass),
		LastIngestedAt: instant(ingested),
		EventTime:      watermark,
		RefreshSeconds: ed.refresh.Seconds(),
		MaxAgeSeconds:  ed.maxAge.Seconds(),
	}
	if watermark != nil && !pass.IsZero() {
		lag := pass.Sub(*watermark).Seconds()
		f.LagSeconds = &lag
	}
	return f
}
