// Package snapshot is what the analytics tables hold at one instant: a Snapshot has the rows of all
// of them, and the facts from which the state of the count follows. It judges nothing, and shows
// nothing. Package stores reads it.
package snapshot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Store reads the analytics tables.
//
// Snapshot returns all of them as of one instant: a reader never sees the
// tables of two different passes together. A Store whose tables don't exist
// yet returns an error that wraps ErrNoTables. Implementations are safe for
// concurrent use: a slow call may be overtaken by one that began later.
// Where nothing has changed, the last Snapshot may be returned again: nobody
// changes one.
type Store interface {
	Snapshot(ctx context.Context) (*Snapshot, error)
}

// A Waker is a Store that is told when tables have changed. Wake's channel receives soon
// after that; several changes may be one. Where it isn't told, because a connection was
// lost, nothing is received until the connection is made again. PassAt is when it was told
// last that a pass has settled records; zero before. Wake's channel receives after that.
type Waker interface {
	Store
	Wake() <-chan struct{}
	PassAt() time.Time
}

// ErrNoTables says that the warehouse answers, but the analytics tables aren't
// there: nothing has been counted yet.
var ErrNoTables = errors.New("the analytics tables don't exist yet")

// Topics names the Kafka topics by what they hold.
type Topics struct {
	Votes  string
	Voters string
}

// Snapshot is the content of the analytics tables at one instant. Columns that
// follow from others (shares, turnout) are left out: the page derives them, so
// that its figures always agree with each other. Absent texts are empty, absent
// times are zero.
//
// The figures are those that passes have settled, and what the records above the settled
// offsets change in them, all as of the same instant. Revisions, watermarks, Amendments,
// Rejections and Shown are as the last pass left them.
//
// Minutes are bounded, see MinutesFrom; Amendments are the last hundred rows.
// Minutes that lie back may be a little older than the rest, see recent.
type Snapshot struct {
	Candidates   []CandidateRow
	Regions      []RegionRow
	Hours        []HourRow
	Shown        []HourRow   // what of Hours is shown by candidate; without revisions and times
	Minutes      []MinuteRow // by minute
	Demographics []DemographicRow
	Amendments   []AmendmentRow // newest first
	Books        []BookRow
	Rejections   []RejectionRow    // by topic and reason
	Logs         []LogRow          // by partition
	Certified    *CertificationRow // nil where nobody has said anything of the result
	Unsettled    int64             // records in the figures that no pass has settled
}

// Anchor is where the minutes end: at the newest one, or, where votes bear times
// to come because a clock is wrong, at the time when the last record came in.
// It is zero without minutes.
func (s *Snapshot) Anchor() time.Time {
	if len(s.Minutes) == 0 {
		return time.Time{}
	}
	newest := s.Minutes[len(s.Minutes)-1].Minute
	if last := s.LastIngested(); !last.IsZero() && last.Before(newest) {
		return last
	}
	return newest
}

// LastIngested is when the newest record of any topic was taken in.
func (s *Snapshot) LastIngested() time.Time {
	var last time.Time
	for _, row := range s.Books {
		last = later(last, row.LastIngestedAt)
	}
	return last
}

// MinutesFrom is the start of the first hour of which a snapshot has the
// minutes, by its anchor: the hour of that and the two before.
func MinutesFrom(anchor time.Time) time.Time { return anchor.Truncate(time.Hour).Add(-2 * time.Hour) }

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

// RegionRow is a row of analytics.regional_turnout, without who leads: that follows from
// the votes that are shown.
type RegionRow struct {
	State      string
	Registered int64
	Voted      int64
	UpdatedAt  time.Time
}

// HourRow is a row of analytics.hourly_trends: one hour of one candidate in one
// region.
type HourRow struct {
	Hour      time.Time // start of the hour, UTC
	State     string
	Candidate string
	Votes     int64
	Revision  int64
	UpdatedAt time.Time // greatest of the region and candidate
}

// MinuteRow is a row of analytics.minute_trends: one minute of one candidate in
// one region.
type MinuteRow struct {
	Minute    time.Time // start of the minute, UTC
	State     string
	Candidate string
	Votes     int64
	Revision  int64
}

// AmendmentRow is a row of analytics.amendments: a change of a minute that had
// been published as complete.
type AmendmentRow struct {
	Minute    time.Time // start of the minute, UTC
	Candidate string
	Before    int64
	After     int64
	Revision  int64
	AmendedAt time.Time // start of the pass that changed it
}

// DemographicRow is a row of analytics.demographic_analysis.
type DemographicRow struct {
	State      string
	AgeGroup   string
	Gender     string
	Registered int64
	Voted      int64
	UpdatedAt  time.Time // greatest of the region and gender
}

// BookRow is a row of analytics.books: one partition of one topic.
type BookRow struct {
	kafka.TopicPartition
	Records        int64
	Accepted       int64
	Duplicate      int64
	Rejected       int64
	Pending        int64
	Gaps           int64
	Ahead          int64 // accepted, and dated later than they were sent
	FirstOffset    int64
	NextOffset     int64 // end of the settled prefix, exclusive
	ReadOffset     int64 // end of the prefix that the figures have, exclusive
	LastOffset     int64
	Watermark      time.Time // zero before the first valid record
	LastIngestedAt time.Time
	UpdatedAt      time.Time
}

// RejectionRow is the sum of the rows of analytics.rejections of a topic and a reason.
type RejectionRow struct {
	Topic   string
	Reason  string
	Records int64
}

// Balanced says whether every record of the partition is accounted for.
func (r BookRow) Balanced() bool {
	return r.Records == r.Accepted+r.Duplicate+r.Rejected+r.Pending
}

// LogRow is what is known of one partition's log on Kafka: see
// countstate.Partition.
type LogRow struct {
	kafka.TopicPartition
	countstate.Log
}

// CertificationRow is the last row of analytics.certifications.
type CertificationRow = countstate.Certification

// CompareMinutes is the order of rows by minute, region and candidate.
func CompareMinutes(a, b MinuteRow) int {
	return cmp.Or(a.Minute.Compare(b.Minute), cmp.Compare(a.State, b.State), cmp.Compare(a.Candidate, b.Candidate))
}

// CompareHours is the order of rows by hour, region and candidate.
func CompareHours(a, b HourRow) int {
	return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.State, b.State), cmp.Compare(a.Candidate, b.Candidate))
}

// CompareGroups is the order of rows by region, age group and gender.
func CompareGroups(a, b DemographicRow) int {
	return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.AgeGroup, b.AgeGroup), cmp.Compare(a.Gender, b.Gender))
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
