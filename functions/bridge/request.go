package bridge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Request is the body of an invocation; all of it is optional.
type Request struct {
	// Shard takes every Shards-th partition, so that invocations with
	// different shards share the work. The default is all partitions.
	Shard  int `json:"shard"`
	Shards int `json:"shards"`

	// Until is "deadline" (the default) or "caught_up", which ends the drain
	// once it has read all that was there when it began.
	Until string `json:"until"`

	// Seconds is how long to read; the default is DRAIN_SECONDS.
	Seconds float64 `json:"seconds"`

	// Replay publishes what it names again, until all of it is, in place of what
	// isn't committed.
	Replay *Replay `json:"replay"`
}

const (
	untilDeadline = "deadline"
	untilCaughtUp = "caught_up"

	maxRequestBytes = 64 << 10 // a replay's next names every partition
	maxSeconds      = 3600     // an HTTP function's longest time-out
)

// parseRequest reads a request's body, which may be empty.
func parseRequest(body []byte) (Request, error) {
	r := Request{Shards: 1, Until: untilDeadline}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil && !errors.Is(err, io.EOF) {
		return r, fmt.Errorf(`the body isn't a request such as {"shard":0,"shards":1,"until":"deadline","seconds":55}: %w`, err)
	}
	if r.Replay != nil {
		r.Until = untilCaughtUp
	}
	return r, r.validate()
}

func (r Request) validate() error {
	var errs []error
	if r.Shards < 1 || r.Shard < 0 || r.Shard >= r.Shards {
		errs = append(errs, fmt.Errorf("shard %d of %d shards: shards count from 0", r.Shard, r.Shards))
	}
	if r.Until != untilDeadline && r.Until != untilCaughtUp {
		errs = append(errs, fmt.Errorf("until is %.40q: set it to %q or %q", r.Until, untilDeadline, untilCaughtUp))
	}
	if !(r.Seconds >= 0 && r.Seconds <= maxSeconds) {
		errs = append(errs, fmt.Errorf("seconds is %v: set it to a number up to %d", r.Seconds, maxSeconds))
	}
	if r.Replay != nil {
		errs = append(errs, r.Replay.validate())
	}
	return errors.Join(errs...)
}

// duration is how long to read.
func (r Request) duration(fallback time.Duration) time.Duration {
	if r.Seconds > 0 {
		return time.Duration(r.Seconds * float64(time.Second))
	}
	return fallback
}

// mine reports whether a partition belongs to the request's shard. Partitions
// of one topic go round the shards, and each topic begins at another one, so
// that a topic's first partition isn't always the same shard's. It depends on
// nothing that changes when a partition is added.
func (r Request) mine(topicIndex int, partition int32) bool {
	return (topicIndex+int(partition))%r.Shards == r.Shard
}
