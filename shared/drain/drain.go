// Package drain is the contract of the two stages that work when they are called,
// the bridge and the aggregate: what a call asks for, what it answers, and a
// client. A call and its answer are JSON, over HTTP POST.
//
// One call is a drain: the stage takes what is new, again and again, until its
// time is up or nothing is left.
package drain

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Until says when a drain ends; empty is Deadline.
type Until string

// A drain ends when its time is up, or as soon as it has taken what was there
// when it began.
const (
	Deadline Until = "deadline"
	CaughtUp Until = "caught_up"
)

// A Request is what both stages are asked; all of it is optional.
type Request struct {
	Until Until `json:"until,omitempty"`

	// Seconds is how long to work; 0 is what the stage is configured with
	// (DRAIN_SECONDS). What has begun by then is finished.
	Seconds float64 `json:"seconds,omitempty"`

	// Operation names what a call is part of, in 1 to 64 letters, digits, dashes and
	// underscores. The line of log of the call bears it, by which whoever gets no answer
	// (Cloud Scheduler keeps none) finds out what became of it. Calls of the aggregate
	// with the same operation are the same rebuild; see AggregateRequest.
	Operation string `json:"operation,omitempty"`
}

// maxSeconds is the longest time-out of an HTTP function on Cloud Run.
const maxSeconds = 3600

// Duration is how long to work; own is what the stage is configured with.
func (r Request) Duration(own time.Duration) time.Duration {
	if r.Seconds > 0 {
		return time.Duration(r.Seconds * float64(time.Second))
	}
	return own
}

func (r Request) validate() error {
	var errs []error
	if r.Until != "" && r.Until != Deadline && r.Until != CaughtUp {
		errs = append(errs, fmt.Errorf("until is %.40q: set it to %q or %q", string(r.Until), Deadline, CaughtUp))
	}
	if !(r.Seconds >= 0 && r.Seconds <= maxSeconds) { // NaN is neither
		errs = append(errs, fmt.Errorf("seconds is %v: set it to a number up to %d", r.Seconds, maxSeconds))
	}
	if r.Operation != "" && !operation.MatchString(r.Operation) {
		errs = append(errs, fmt.Errorf("operation is %.80q: name it with 1 to 64 letters, digits, dashes and underscores", r.Operation))
	}
	return errors.Join(errs...)
}

// operation is what the name of an operation looks like. It becomes a part of the id of
// a BigQuery job, which takes these characters.
var operation = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
