package dashboard

import (
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/shared/countstate"
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
	state     countstate.State
	final     bool // the state is decided: figures are exact
	// stale is when the figures were read, where they couldn't be read since.
	stale *time.Time
}

// Publish is the document without a filter that is published of a snapshot at a
// time.
func (c Config) Publish(s *Snapshot, now time.Time) *Results {
	return c.edition(s, c.State(s, now)).results(Filter{})
}

// edition is what is published of a snapshot while the count stands so.
func (c Config) edition(s *Snapshot, state countstate.State) *edition {
	ed := &edition{
		election: c.Election, topics: c.Topics, refresh: c.Refresh, maxAge: c.MaxAge,
		snapshot: s, state: state, final: state.Name.Decided(),
	}
	return ed.prepared()
}

// prepared has what is the same through every filter be worked out once.
func (ed *edition) prepared() *edition {
	smallCell := ed.election.SmallestGroup()
	ed.published = sync.OnceValue(func() *showing { return publish(ed.snapshot, smallCell, ed.final) })
	ed.groups = sync.OnceValue(func() []Group { return demographics(ed.snapshot.Demographics, smallCell) })
	return ed
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
		Status:     ed.state.Name,
		State:      stand(ed.state),
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
