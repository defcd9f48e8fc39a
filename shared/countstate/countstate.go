// Package countstate works out the state of a count: waiting, counting, delayed,
// complete or certified. It is a function of facts and the time. The facts are how far
// the logs reach on Kafka, how far they were read, how far the passes have settled
// them, and when each of these was last known. The package queries nothing and keeps
// nothing.
//
// A count is complete only if everything that Kafka holds is known to be counted. What
// isn't known delays it, so an outage is never taken for the end.
package countstate

import (
	"maps"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// Name names a state.
type Name string

// The states of a count.
const (
	// Waiting: nothing has been counted yet, and nothing is overdue.
	Waiting Name = "waiting"
	// Counting: votes may still come, or are on their way. A reason says so where they are
	// many, and it takes longer than Rules.Patience.
	Counting Name = "counting"
	// Delayed: something makes no progress, or isn't known. The reasons say what.
	Delayed Name = "delayed"
	// Complete: voting has closed, everything on Kafka is counted, and no record has
	// arrived for Rules.Quiet.
	Complete Name = "complete"
	// Certified: a person has certified the result, and it hasn't changed since.
	Certified Name = "certified"
)

// Decided reports whether no more figures are expected to change.
func (n Name) Decided() bool { return n == Complete || n == Certified }

// Facts are what is known of a count.
type Facts struct {
	Opens, Closes time.Time // voting hours; zero if the election has none
	Topics        []string  // all of them must be read

	Result     map[string]int64 // votes counted, by candidate
	Pending    int64            // votes whose voter isn't registered
	Partitions []Partition      // in the order in which reasons name them

	// WatchedSince is when whoever asks first read the tables; zero for one who looks once.
	WatchedSince time.Time
	// UnreadableSince is when the tables began to be unreadable; zero if they can be
	// read.
	UnreadableSince time.Time
	// Certification is the newest one; nil if there is none.
	Certification *Certification
}

// Partition is what is known of one partition under one topic id. A partition may have
// several topic ids, if its topic was deleted and created again or its log lost its
// end. The one that was reported last is current.
type Partition struct {
	kafka.TopicPartition
	Log     *Log     // nil if the bridge has never reported it
	Settled *Settled // nil if no record of it was ever counted
}

// Log is how far a partition reaches on Kafka and how far it is read, by the bridge's
// newest report. The numbers are offsets, except Partitions and Deleted.
type Log struct {
	Partitions int64  // how many the topic has
	LastStable int64  // the first record of an open transaction; LogEnd if none is open
	LogEnd     int64  // end of the log, exclusive
	Next       int64  // everything below was read and is in Pub/Sub
	LastRecord int64  // last record below Next, -1 for none
	Deleted    int64  // how many offsets the broker deleted before they were read
	Open       string // describes the open transactions; empty for none
	ObservedAt time.Time

	// ReadAt is when Next was first reported. It stands still where nothing is read.
	ReadAt time.Time
	// UnreadSince is when an offset at or above Next was first reported, UnsettledSince
	// when a record that isn't settled was first reported as read. They are zero if
	// there is no such offset or record.
	UnreadSince, UnsettledSince time.Time
	// UnsettledFrom is when the first report of a record that isn't settled was ingested, which is
	// about when that record was: both go the same way, one after the other. It is zero if there
	// is none.
	UnsettledFrom time.Time
}

// Settled is how far the passes have counted a partition.
type Settled struct {
	Next           int64 // every record below is counted
	Last           int64 // the last record that has arrived, even if one below it is missing
	LastIngestedAt time.Time
	SettledAt      time.Time // when the last pass began, of whatever partition
	Balanced       bool      // records = accepted + duplicate + rejected + pending
}

// Certification is a person's statement on a result.
type Certification struct {
	Certified bool             `json:"certified"` // false withdraws the one before
	By        string           `json:"by"`
	At        time.Time        `json:"at"`
	Note      string           `json:"note,omitempty"`
	Result    map[string]int64 `json:"-"` // votes by candidate that were certified
}

// Rules are the durations that a state depends on.
type Rules struct {
	// Quiet is how long no record may have arrived, after voting has closed, before a
	// count is complete (FINAL_AFTER).
	Quiet time.Duration
	// Patience is how long something may make no progress, or not be known, before a
	// count is delayed (DELAYED_AFTER).
	Patience time.Duration
}

// State is the state of a count.
type State struct {
	Name Name `json:"name"`
	// Reasons say why a count is delayed, or why it isn't complete though voting
	// has closed.
	Reasons []Reason `json:"reasons"`

	Unread    int64 `json:"unread"`    // offsets that Kafka holds and that aren't read
	Unsettled int64 `json:"unsettled"` // offsets that were read and aren't counted
	Pending   int64 `json:"pending"`   // votes whose voter isn't registered; a count may be complete with them

	// CheckedAt is the oldest of the partitions' newest reports, in whole minutes; nil
	// if a partition was never reported.
	CheckedAt *time.Time `json:"checked_at"`
	// Certification is the newest one; nil if there is none.
	Certification *Certification `json:"certification"`
}

// Is reports whether a state has this name.
func (s State) Is(n Name) bool { return s.Name == n }

// At returns the state at a time.
func (f *Facts) At(now time.Time, r Rules) State {
	v := view{facts: f, now: now, rules: r, current: current(f.Partitions)}
	s := State{Reasons: []Reason{}, Pending: f.Pending, CheckedAt: v.checkedAt(), Certification: f.Certification}
	s.Unread, s.Unsettled = v.onTheWay()
	if c := f.Certification; c != nil && c.Certified {
		if sameResult(c.Result, f.Result) {
			s.Name = Certified
			return s
		}
		s.Reasons = append(s.Reasons, Reason{Code: ReasonCertificationOutdated, Since: &c.At})
	}
	overdue, moving := v.overdue()
	switch {
	case v.votes() == 0 && !v.opened() && s.Unread+s.Unsettled == 0:
		s.Name = Waiting
		return s
	case len(overdue) > 0:
		s.Name, s.Reasons = Delayed, append(append(s.Reasons, overdue...), moving...)
		return s
	case v.votes() == 0 && s.Unread+s.Unsettled == 0:
		s.Name = Waiting // also after voting has closed: all votes may be late
		return s
	}
	remaining := moving
	if v.closed() {
		remaining = append(remaining, v.remaining()...)
	}
	remaining = append(remaining, v.deleted()...)
	if len(remaining) > 0 || !v.closed() {
		s.Name, s.Reasons = Counting, append(s.Reasons, remaining...)
		return s
	}
	s.Name = Complete
	return s
}

// sameResult compares votes by candidate. A candidate without votes may be missing.
func sameResult(a, b map[string]int64) bool {
	none := func(_ string, votes int64) bool { return votes == 0 }
	a, b = maps.Clone(a), maps.Clone(b)
	maps.DeleteFunc(a, none)
	maps.DeleteFunc(b, none)
	return maps.Equal(a, b)
}
