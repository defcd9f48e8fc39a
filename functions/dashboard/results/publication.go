package results

import (
	"reflect"
	"sync"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
)

// Rules are what a document follows from, beside the tables and the time.
type Rules struct {
	// Election is what is counted (ELECTION_FILE or ELECTION).
	Election *election.Election
	// Topics are the Kafka topics (VOTES_TOPIC, VOTERS_TOPIC).
	Topics snapshot.Topics
	// Refresh (REFRESH) is the age from which a snapshot is read anew, as long
	// as somebody asks. Each refresh is one query over small tables; on demand
	// BigQuery bills 10 MB a table for one that finds something new.
	Refresh time.Duration
	// MaxAge (MAX_AGE) is the age beyond which a viewer waits for the query
	// rather than get the snapshot, and beyond which it counts as stale.
	MaxAge time.Duration
	// FinalAfter (FINAL_AFTER) is how long no record may have come in, after
	// voting has closed, for the count to be complete.
	FinalAfter time.Duration
	// DelayedAfter (DELAYED_AFTER) is how long records may not move, or Kafka not
	// be reported on, before the count is called delayed: longer than passes are
	// apart.
	DelayedAfter time.Duration
}

// Publication is what is published of one snapshot. Every document, through whatever
// filter, is a pure function of it. It is immutable.
type Publication struct {
	Rules
	snapshot *snapshot.Snapshot
	votes    func() *disclosure.Votes  // by candidate, as they are shown
	groups   func() []disclosure.Group // of voters
	given    func() map[string]given   // seats, by region
	pair     func() pair               // that the swing is between
	areas    []*filter.Area            // in the order of the election file
	state    countstate.State
	// stale is when the figures were read, where they couldn't be read since.
	stale *time.Time
}

// Publish is the document, without a filter, that is published of a snapshot at a
// time.
func (r Rules) Publish(s *snapshot.Snapshot, now time.Time) *Document {
	return r.Publication(s, r.State(s, now)).Through(filter.Filter{})
}

// Publication is what is published of a snapshot in a state of the count. What is the
// same through every filter is worked out once, when it is first asked for.
func (r Rules) Publication(s *snapshot.Snapshot, state countstate.State) *Publication {
	smallCell := r.Election.SmallestGroup()
	votes := sync.OnceValue(func() *disclosure.Votes { return disclosure.Publish(s, smallCell, state.Name.Decided()) })
	return &Publication{
		Rules: r, snapshot: s, state: state, votes: votes, areas: areasOf(r.Election),
		groups: sync.OnceValue(func() []disclosure.Group { return disclosure.Groups(s.Demographics, smallCell) }),
		pair:   sync.OnceValue(func() pair { return pairOf(votes()) }),
		given:  sync.OnceValue(func() map[string]given { return giveOut(r.Election, votes()) }),
	}
}

// Of says whether the publication is of this very snapshot and state.
func (p *Publication) Of(s *snapshot.Snapshot, state countstate.State) bool {
	return p.snapshot == s && reflect.DeepEqual(p.state, state)
}

// Stale is the publication of the same figures at a later time, when they haven't been
// read since.
func (p *Publication) Stale(since, now time.Time) *Publication {
	facts := p.facts(p.snapshot)
	facts.UnreadableSince = since
	old := p.Publication(p.snapshot, facts.At(now, p.patience()))
	since = since.UTC().Truncate(time.Millisecond)
	old.stale = &since
	return old
}

// exact says that the state is decided, and votes by candidate are exact.
func (p *Publication) exact() bool { return p.state.Name.Decided() }

// Through is the document through a filter.
func (p *Publication) Through(f filter.Filter) *Document {
	s := p.snapshot
	r := &Document{
		Filter:     f,
		Status:     p.state.Name,
		State:      stand(p.state),
		Stale:      p.stale != nil,
		StaleSince: p.stale,
		Election:   describe(p.Election, s),
		AsOf:       asOf(s),
		Watermark:  watermark(s.Books, p.Topics.Votes),
		Books:      books(s, p.Topics),
		Sources:    sources(f),
	}
	r.Exact = p.exact()
	r.Freshness = p.freshness(r.Watermark)
	r.Candidates = p.candidates(f)
	r.Regions = p.regions(f)
	r.Areas = p.sumAreas(f, r.Regions)
	r.Hourly = p.hours(f, r.Watermark)
	r.Minutes = p.minutes(f, r.Watermark)
	r.Amendments = disclosure.Amendments(s.Amendments, f, p.Election.SmallestGroup())
	r.Demographics = disclosure.GroupsThrough(f, p.groups(), p.voters(f))
	r.Seats = p.seats(f)
	r.Last = p.last(f)
	r.Totals = totals(r, p.votes().Through(f))
	r.Totals.Expected = p.expected(f, r.Totals, r.Watermark)
	r.Referendum = p.referendum(f, r.Totals)
	r.Totals.Headline = Headline(text.English, r)
	return r
}

// voters is the sum of the regions that a filter chooses.
func (p *Publication) voters(f filter.Filter) (sum snapshot.RegionRow) {
	for _, row := range p.snapshot.Regions {
		if f.InRegion(row.State) {
			sum.Registered += row.Registered
			sum.Voted += row.Voted
		}
	}
	return sum
}

func (p *Publication) freshness(watermark *time.Time) Freshness {
	var pass, ingested time.Time
	for _, row := range p.snapshot.Books {
		if row.UpdatedAt.After(pass) {
			pass = row.UpdatedAt
		}
		if row.Topic == p.Topics.Votes && row.LastIngestedAt.After(ingested) {
			ingested = row.LastIngestedAt
		}
	}
	f := Freshness{
		LastPassAt:     instant(pass),
		LastIngestedAt: instant(ingested),
		EventTime:      watermark,
		Unsettled:      p.snapshot.Unsettled,
		RefreshSeconds: p.Refresh.Seconds(),
		MaxAgeSeconds:  p.MaxAge.Seconds(),
	}
	if watermark != nil && !pass.IsZero() {
		lag := pass.Sub(*watermark).Seconds()
		f.LagSeconds = &lag
	}
	return f
}

// describe tells what is counted. The day of an open ballot comes from its
// results.
func describe(e *election.Election, s *snapshot.Snapshot) Election {
	d := Election{
		ID:         e.ID,
		Name:       e.Name,
		Date:       e.Date.String(),
		Opens:      instant(e.Opens),
		Closes:     instant(e.Closes),
		OpenBallot: e.Open(),
		SmallCell:  e.SmallestGroup(),
	}
	if e.Seats != nil {
		d.SeatUnit = e.Seats.Called()
	}
	if d.Date == "" && len(s.Candidates) > 0 {
		d.Date = s.Candidates[0].ElectionDate
	}
	return d
}
