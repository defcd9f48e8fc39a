// Package countstate works out how a count stands, in one place and from facts
// alone: how far the logs reach on Kafka, how far they were read, how far the
// passes have settled them, and when each was last known. It reads nothing
// itself and keeps nothing: the same facts at the same time are the same state.
//
// An outage is never an end. A count is complete only where everything that
// Kafka holds is known to be counted; what isn't known delays it.
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
	// Waiting: nothing has been counted yet, and nothing is late.
	Waiting Name = "waiting"
	// Counting: votes may still come, or are on their way.
	Counting Name = "counting"
	// Delayed: something doesn't move, or isn't known. The reasons say what.
	Delayed Name = "delayed"
	// Complete: voting has closed, everything on Kafka is counted, and nothing has
	// come for a while.
	Complete Name = "complete"
	// Certified: a person said that the result is right, and it hasn't changed
	// since.
	Certified Name = "certified"
)

// Decided reports whether no more figures are expected to change.
func (n Name) Decided() bool { return n == Complete || n == Certified }

// Facts are what is known of a count.
type Facts struct {
	Opens, Closes time.Time // zero where voting has no hours
	Topics        []string  // every one has to be read

	Result     map[string]int64 // votes counted, by candidate
	Pending    int64            // votes whose voter isn't registered
	Partitions []Partition      // in the order in which reasons name them

	// UnreadableSince is since when the tables can't be read; zero where they can.
	UnreadableSince time.Time
	// Certification is the last word of a person, nil where nobody has spoken.
	Certification *Certification
}

// Partition is what is known of one partition under one topic id. Of several
// topic ids the one that was reported last is current: the others are of topics
// that were made anew, or of logs that lost their end.
type Partition struct {
	kafka.TopicPartition
	Log     *Log     // nil where the bridge never reported it
	Settled *Settled // nil where no record of it was ever counted
}

// Log is how far a partition reaches on Kafka and how far it is read, as the
// bridge reported it last.
type Log struct {
	Partitions int64 // how many the topic has
	LastStable int64 // before the first record of an open transaction; else LogEnd
	LogEnd     int64 // end of the log, exclusive
	Next       int64 // everything below was read and handed on
	LastRecord int64 // last record below Next, -1 for none
	Deleted    int64 // offsets that the broker deleted before anyone read them
	Open       string
	ObservedAt time.Time

	// UnreadSince is when an offset from Next on was first seen on Kafka, and
	// UnsettledSince when a record that isn't settled was first seen as read;
	// zero where there is none.
	UnreadSince, UnsettledSince time.Time
}

// Settled is how far the passes have counted a partition.
type Settled struct {
	Next           int64 // every record below is counted
	Last           int64 // the last record that has come, counted or above a hole
	LastIngestedAt time.Time
	Balanced       bool // records = accepted + duplicate + rejected + pending
}

// Certification is what a person said of a result.
type Certification struct {
	Certified bool             `json:"certified"` // false takes it back
	By        string           `json:"by"`
	At        time.Time        `json:"at"`
	Note      string           `json:"note,omitempty"`
	Result    map[string]int64 `json:"-"` // votes by candidate that were certified
}

// Rules are the times that a state goes by.
type Rules struct {
	// Quiet is how long nothing may have come, after voting has closed, for a
	// count to be complete.
	Quiet time.Duration
	// Patience is how long something may not move, or not be known, before a
	// count is delayed.
	Patience time.Duration
}

// State is how a count stands.
type State struct {
	Name Name `json:"name"`
	// Reasons say why a count is delayed, or why it isn't complete though voting
	// has closed.
	Reasons []Reason `json:"reasons"`

	Unread    int64 `json:"unread"`    // offsets that Kafka holds and nobody has read
	Unsettled int64 `json:"unsettled"` // offsets that were read and aren't counted
	Pending   int64 `json:"pending"`   // votes that wait for their voter's registration: they keep no count from being complete

	// CheckedAt is up to when all of Kafka is known, to the minute; nil where a
	// part of it never was.
	CheckedAt *time.Time `json:"checked_at"`
	// Certification is the last word of a person; nil where there is none.
	Certification *Certification `json:"certification"`
}

// Is reports whether a state has this name.
func (s State) Is(n Name) bool { return s.Name == n }

// At works out the state at a time.
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
	late := v.late()
	switch {
	case v.votes() == 0 && !v.opened() && s.Unread+s.Unsettled == 0:
		s.Name = Waiting
		return s
	case len(late) > 0:
		s.Name, s.Reasons = Delayed, append(s.Reasons, late...)
		return s
	case v.votes() == 0 && s.Unread+s.Unsettled == 0:
		s.Name = Waiting // also after the closing time: they may all come late
		return s
	}
	left := v.deleted()
	if v.closed() {
		left = append(v.left(), left...)
	}
	if len(left) > 0 || !v.closed() {
		s.Name, s.Reasons = Counting, append(s.Reasons, left...)
		return s
	}
	s.Name = Complete
	return s
}

func sameResult(a, b map[string]int64) bool {
	none := func(_ string, votes int64) bool { return votes == 0 }
	a, b = maps.Clone(a), maps.Clone(b)
	maps.DeleteFunc(a, none)
	maps.DeleteFunc(b, none)
	return maps.Equal(a, b)
}
