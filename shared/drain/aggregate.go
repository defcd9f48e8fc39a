package drain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// An AggregateRequest is a call of the aggregate.
type AggregateRequest struct {
	Request

	// Rebuild has the tables of a range of event time derived from raw again, in
	// place of passes. With an Operation the rebuild outlives the call: a call that
	// runs out of time says Running, and another one with the same operation goes on
	// waiting for it, or says how it ended. Without one a call takes as long as it takes.
	Rebuild *Range `json:"rebuild,omitempty"`
}

// An AggregateSummary is the aggregate's answer.
type AggregateSummary struct {
	Error string `json:"error,omitempty"` // what a failure means to the caller; the log says why

	Passes     int     `json:"passes"`
	Steps      int     `json:"steps"`             // times that shown votes were moved between passes
	Looks      int     `json:"looks"`             // queries for something new
	Records    int64   `json:"records"`           // records settled, or seen above a missing one
	Conflicts  int     `json:"conflicts"`         // passes that gave way to another
	CaughtUp   bool    `json:"caught_up"`         // the last query found nothing new
	Waiting    int64   `json:"waiting"`           // records above a missing one
	Unbalanced int     `json:"unbalanced"`        // partitions whose books don't balance
	Running    bool    `json:"running,omitempty"` // the rebuild goes on in the warehouse: call again with the same operation
	Idle       bool    `json:"idle,omitempty"`    // ended before its time, because nothing had come for IDLE_SECONDS
	Seconds    float64 `json:"seconds"`
}

// A Range is a span of event time, from From to before To. The zero Range is
// everything. Its JSON is "all", or {"from": …, "to": …} with times of RFC 3339.
type Range struct {
	From, To time.Time
}

// All reports whether a range is everything.
func (r Range) All() bool { return r.From.IsZero() && r.To.IsZero() }

// String names a range.
func (r Range) String() string {
	if r.All() {
		return "all"
	}
	return r.From.Format(time.RFC3339) + " to " + r.To.Format(time.RFC3339)
}

// bounds is the JSON of a Range that isn't everything.
type bounds struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// MarshalJSON implements json.Marshaler.
func (r Range) MarshalJSON() ([]byte, error) {
	if r.All() {
		return json.Marshal("all")
	}
	return json.Marshal(bounds(r))
}

// UnmarshalJSON implements json.Unmarshaler. It takes two times of the years 1900
// to 9998, the earlier one first, or "all".
func (r *Range) UnmarshalJSON(text []byte) error {
	if string(text) == `"all"` {
		*r = Range{}
		return nil
	}
	var b bounds
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		return fmt.Errorf(`rebuild is "all", or {"from": "2026-11-03T12:00:00Z", "to": "2026-11-03T15:00:00Z"}: %w`, err)
	}
	if err := Range(b).Check(); err != nil {
		return err
	}
	*r = Range(b)
	return nil
}

// Check returns an error unless a range that isn't everything has two times of the years 1900 to
// 9998, the earlier one first.
func (r Range) Check() error {
	if r.From.Year() >= 1900 && r.To.Year() <= 9998 && r.From.Before(r.To) {
		return nil
	}
	return fmt.Errorf(`rebuild from %s to %s: name two times after 1900, the earlier one first, or "all"`,
		r.From.Format(time.RFC3339), r.To.Format(time.RFC3339))
}
