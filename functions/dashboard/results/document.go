// Package results makes the document of the results: what the API answers and what the
// page shows. A snapshot, the state of the count and a filter go in, a Document comes
// out; Encode makes it bytes. The document is a pure function of these.
package results

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
)

// Document is the document of GET /api/v1/results: what is published
// through a filter. Equal publications have equal documents and equal versions.
type Document struct {
	// Version names the content: Encode sets it.
	Version string        `json:"version"`
	Filter  filter.Filter `json:"filter"`
	// Status is the name of the state: waiting, counting, delayed, complete or
	// certified. State says why.
	Status countstate.Name `json:"status"`
	State  Standing        `json:"state"`
	// Exact says that votes by candidate are exact, because the count is
	// complete; until then they move in steps.
	Exact bool `json:"exact"`
	// Stale says that the warehouse can't be read at the moment;
	// StaleSince is when the figures below were read.
	Stale      bool       `json:"stale"`
	StaleSince *time.Time `json:"stale_since"`

	Election Election `json:"election"`
	// AsOf is when a figure last changed: the start of the last pass that
	// changed one, or when the newest record beyond it was taken in.
	AsOf *time.Time `json:"as_of"`
	// Watermark is the event time up to which every partition of the votes
	// has been read.
	Watermark *time.Time `json:"watermark"`
	Freshness Freshness  `json:"freshness"`

	Totals       Totals                 `json:"totals"`
	Candidates   []Candidate            `json:"candidates"` // by votes, the leader first
	Referendum   *Referendum            `json:"referendum"` // null where no question is put
	Seats        *Seats                 `json:"seats"`      // null where votes become none, and through a filter by time
	Last         *Last                  `json:"last"`       // null where nothing is known of it, and through a filter by time
	Areas        []Area                 `json:"areas"`      // of the election file, in its order
	Regions      []Region               `json:"regions"`    // by name
	Hourly       []Hour                 `json:"hourly"`     // by time
	Minutes      []Minute               `json:"minutes"`    // by time
	Demographics []disclosure.Group     `json:"demographics"`
	Amendments   []disclosure.Amendment `json:"amendments"` // newest first
	Books        Books                  `json:"books"`
	Sources      map[string]Source      `json:"sources"` // by section
}

// Freshness says how far behind the figures are. Times are the tables', so that
// the document changes only with them.
type Freshness struct {
	LastPassAt     *time.Time `json:"last_pass_at"`     // start of the last pass that read something
	LastIngestedAt *time.Time `json:"last_ingested_at"` // when the last vote's record was taken in
	EventTime      *time.Time `json:"event_time"`       // the watermark
	LagSeconds     *float64   `json:"lag_seconds"`      // from EventTime to LastPassAt
	Unsettled      int64      `json:"unsettled"`        // records in the figures that no pass has settled
	RefreshSeconds float64    `json:"refresh_seconds"`  // how often the tables are looked at
	MaxAgeSeconds  float64    `json:"max_age_seconds"`  // beyond which figures count as stale
}

// Source says where the figures of a section come from, and where to have them
// alone: addresses relative to the page.
type Source struct {
	Table   string   `json:"table"`
	JSON    string   `json:"json"`
	CSV     string   `json:"csv"`
	Filters []string `json:"filters"` // that the section obeys
}

// Election describes what is counted.
type Election struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Date       string     `json:"date"` // 2006-01-02; empty before the first vote of an open ballot
	Opens      *time.Time `json:"opens"`
	Closes     *time.Time `json:"closes"`
	OpenBallot bool       `json:"open_ballot"` // a candidate exists once a vote names it
	// SmallCell is the number of registered voters below which a group of
	// voters isn't shown, and of ballots by which votes by candidate move.
	SmallCell int64 `json:"small_cell"`
	// SeatUnit is what is given out by votes: seats or electors; empty where nothing is.
	SeatUnit election.Unit `json:"seat_unit"`
}

// Totals sums up the election.
type Totals struct {
	Headline    string   `json:"headline"`
	Votes       int64    `json:"votes"` // counted
	Shown       int64    `json:"shown"` // by candidate: what shares are of
	Held        int64    `json:"held"`  // counted, and not yet shown by candidate
	Registered  int64    `json:"registered"`
	Turnout     *float64 `json:"turnout"` // votes / registered, 0 to 1
	Race        string   `json:"race"`
	Leader      *string  `json:"leader"` // id; null unless the race says "leads"
	Margin      int64    `json:"margin"` // votes shown between the first and the second
	MarginShare *float64 `json:"margin_share"`
	// Expected is an estimate of the votes still to be cast; null where there is none.
	Expected *Expected `json:"expected"`
}

// Candidate is one candidate's result.
type Candidate struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Party     string   `json:"party"`
	Votes     int64    `json:"votes"`
	Share     float64  `json:"share"`                // of the votes shown, 0 to 1
	LastShare *float64 `json:"last_share,omitempty"` // in the election before; none of who didn't stand
	Colour    string   `json:"colour"`
	Portrait  string   `json:"portrait,omitempty"` // from the election file
	Image     string   `json:"image,omitempty"`    // without one, from the votes, where the election permits it
	Biography string   `json:"biography,omitempty"`
}

// Region is one region's result.
type Region struct {
	State  string `json:"state"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"` // id of its area
	Place
	Column *int `json:"col,omitempty"` // position on the tile map
	Row    *int `json:"row,omitempty"`
}

// Area is the result of several regions together.
type Area struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Regions int64  `json:"regions"` // how many they are
	Place
}

// Place is the result of a region or an area.
type Place struct {
	Registered  int64            `json:"registered"`
	Voted       int64            `json:"voted"`
	Turnout     *float64         `json:"turnout"` // voted / registered, 0 to 1
	By          map[string]int64 `json:"candidates"`
	Held        int64            `json:"held"` // voted, and not shown by candidate
	Race        string           `json:"race"`
	Leader      *string          `json:"leader"`                // id of a candidate; null unless the race says "leads"
	LeaderVotes int64            `json:"leader_votes"`          // shown, of the first
	Margin      int64            `json:"margin"`                // votes shown between the first and the second
	MarginShare *float64         `json:"margin_share"`          // margin / votes shown, 0 to 1
	Seats       int64            `json:"seats,omitempty"`       // that its votes give out
	LastLeader  *string          `json:"last_leader,omitempty"` // id of who had the most votes in the election before
	Swing       *float64         `json:"swing,omitempty"`       // since then, as in Last
	SeatsLed    map[string]int64 `json:"seats_led,omitempty"`   // of them, by the candidate who leads for them; none through a filter by time
}

// Hour is one hour of voting, by the votes' own time.
type Hour struct {
	Hour     time.Time        `json:"hour"` // start of the hour, UTC
	Votes    int64            `json:"votes"`
	By       map[string]int64 `json:"candidates"` // null where they are withheld
	Held     int64            `json:"held"`       // votes that aren't shown by candidate
	Withheld bool             `json:"withheld,omitempty"`
	Complete bool             `json:"complete"` // the watermark has passed its end
	Final    bool             `json:"final"`    // the count is complete
	Revision int64            `json:"revision"` // how often a figure of it changed
}

// Minute is one minute of voting, by the votes' own time.
type Minute struct {
	Minute   time.Time        `json:"minute"` // start of the minute, UTC
	Votes    int64            `json:"votes"`
	By       map[string]int64 `json:"candidates"` // null where they are withheld
	Withheld bool             `json:"withheld,omitempty"`
	Complete bool             `json:"complete"` // the watermark has passed its end
	Final    bool             `json:"final"`    // the count is final
	Revision int64            `json:"revision"` // how often a figure of it changed
}
