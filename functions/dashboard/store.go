package dashboard

import (
	"context"
	"errors"
	"time"
)

// Store reads the analytics tables.
//
// Snapshot returns all of them as of one instant: a reader never sees the
// tables of two different passes together. A Store whose tables don't exist
// yet returns an error that wraps ErrNoTables. Implementations are safe for
// concurrent use, though the dashboard never has more than one call in flight.
type Store interface {
	Snapshot(ctx context.Context) (*Snapshot, error)
}

// ErrNoTables says that the warehouse answers, but the analytics tables aren't
// there: nothing has been counted yet.
var ErrNoTables = errors.New("the analytics tables don't exist yet")

// Snapshot is the content of the analytics tables at one instant. Columns that
// follow from others (shares, turnout) are left out: the page derives them, so
// that its figures always agree with each other. Absent texts are empty, absent
// times are zero.
type Snapshot struct {
	Candidates   []CandidateRow
	Regions      []RegionRow
	Hours        []HourRow
	Demographics []DemographicRow
	Books        []BookRow
}

// CandidateRow is a row of analytics.candidate_totals.
type CandidateRow struct {
	ElectionDate string // 2006-01-02
	ID           string
	Name         string
	Party        string
	Image        string // URL, as the votes or the election file gave it
	Votes        int64
	UpdatedAt    time.Time
}

// RegionRow is a row of analytics.regional_turnout.
type RegionRow struct {
	State       string
	Registered  int64
	Voted       int64
	Leader      string // id of a candidate, empty where nobody has voted
	LeaderVotes int64
	Margin      int64 // votes between the leader and the next
	UpdatedAt   time.Time
}

// HourRow is one hour of one candidate, summed over the regions of
// analytics.hourly_trends.
type HourRow struct {
	Hour      time.Time // start of the hour, UTC
	Candidate string
	Votes     int64
	Revision  int64 // greatest of the regions
	UpdatedAt time.Time
}

// DemographicRow is a row of analytics.demographic_analysis.
type DemographicRow struct {
	State      string
	AgeGroup   string
	Gender     string
	Registered int64
	Voted      int64
	UpdatedAt  time.Time
}

// BookRow is a row of analytics.books: one partition of one topic.
type BookRow struct {
	Topic          string
	TopicID        string
	Partition      int64
	Records        int64
	Accepted       int64
	Duplicate      int64
	Rejected       int64
	Pending        int64
	Gaps           int64
	FirstOffset    int64
	NextOffset     int64 // end of the settled prefix, exclusive
	LastOffset     int64
	Watermark      time.Time // zero before the first valid record
	LastIngestedAt time.Time
	UpdatedAt      time.Time
}
