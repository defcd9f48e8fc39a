package dashboard

import (
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

	snapshot *Snapshot
	shown    shown
	state    countstate.State
	final    bool // the state is decided: figures are exact
	// stale is when the figures were read, where they couldn't be read since.
	stale *time.Time
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
	r.Freshness = ed.freshness(r.Watermark)
	r.Candidates = ed.candidates(f)
	r.Regions = ed.regions(f)
	r.Hourly = ed.hours(f, r.Watermark)
	r.Minutes = ed.minutes(f, r.Watermark)
	r.Amendments = ed.amendments(f)
	r.Demographics = demographics(s.Demographics, r.Election.SmallCell, f)
	r.Totals = totals(r)
	r.Totals.Headline = headline(r)
	return r
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
