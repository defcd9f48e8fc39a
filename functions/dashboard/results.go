package dashboard

import "time"

// The states of a count.
const (
	// StatusWaiting: nothing has been counted yet.
	StatusWaiting = "waiting"
	// StatusProvisional: votes may still come in, or change windows.
	StatusProvisional = "provisional"
	// StatusFinal: the watermark has passed the end of the voting hours.
	StatusFinal = "final"
)

// Results is the document of GET /api/v1/results. It is a pure function of a
// Snapshot and the election's description, so that equal data has an equal
// encoding and an equal ETag.
type Results struct {
	Status string `json:"status"`
	// Stale says that the warehouse can't be read at the moment;
	// StaleSince is when the figures below were read.
	Stale      bool       `json:"stale"`
	StaleSince *time.Time `json:"stale_since"`

	Election Election `json:"election"`
	// AsOf is when a figure last changed: the start of the last pass that
	// changed one.
	AsOf *time.Time `json:"as_of"`
	// Watermark is the event time up to which every partition of the votes
	// has been read.
	Watermark *time.Time `json:"watermark"`

	Totals       Totals      `json:"totals"`
	Candidates   []Candidate `json:"candidates"` // by votes, the leader first
	Regions      []Region    `json:"regions"`    // by name
	Hourly       []Hour      `json:"hourly"`     // by time
	Demographics []Group     `json:"demographics"`
	Books        Books       `json:"books"`
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
	// voters isn't shown.
	SmallCell int64 `json:"small_cell"`
}

// Totals sums up the election.
type Totals struct {
	Headline    string   `json:"headline"`
	Votes       int64    `json:"votes"`
	Registered  int64    `json:"registered"`
	Turnout     *float64 `json:"turnout"` // votes / registered, 0 to 1
	Leader      *string  `json:"leader"`  // id; null before the first vote and in a tie
	Margin      int64    `json:"margin"`  // votes between the first and the second
	MarginShare *float64 `json:"margin_share"`
}

// Candidate is one candidate's result.
type Candidate struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Party     string  `json:"party"`
	Votes     int64   `json:"votes"`
	Share     float64 `json:"share"` // of all counted votes, 0 to 1
	Colour    string  `json:"colour"`
	Portrait  string  `json:"portrait,omitempty"` // from the election file
	Image     string  `json:"image,omitempty"`    // from the results, which may have it from the votes
	Biography string  `json:"biography,omitempty"`
}

// Region is one region's result.
type Region struct {
	State       string   `json:"state"`
	Name        string   `json:"name"`
	Registered  int64    `json:"registered"`
	Voted       int64    `json:"voted"`
	Turnout     *float64 `json:"turnout"` // voted / registered, 0 to 1
	Leader      *string  `json:"leader"`  // id of a candidate
	LeaderVotes int64    `json:"leader_votes"`
	Margin      int64    `json:"margin"`       // votes between the leader and the next
	MarginShare *float64 `json:"margin_share"` // margin / voted, 0 to 1
}

// Hour is one hour of voting, by the votes' own time.
type Hour struct {
	Hour     time.Time        `json:"hour"` // start of the hour, UTC
	Votes    int64            `json:"votes"`
	By       map[string]int64 `json:"candidates"`
	Final    bool             `json:"final"`    // the watermark has passed its end
	Revision int64            `json:"revision"` // how often a figure of it changed
}
