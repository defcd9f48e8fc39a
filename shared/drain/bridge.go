package drain

import (
	"errors"
	"fmt"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A BridgeRequest is a call of the bridge.
type BridgeRequest struct {
	Request

	// Shard takes every Shards-th partition, so that calls with different shards
	// share the work. Shards is 1 where a call names none: all partitions.
	Shard  int `json:"shard,omitempty"`
	Shards int `json:"shards,omitempty"`

	// Replay has the bridge publish what it names again, instead of what isn't
	// committed. The drain ends when all of it is published.
	Replay *Replay `json:"replay,omitempty"`
}

// A Replay has records published again, whatever is committed, and commits
// nothing: the drains beside it go on as if it weren't there. What raw has
// already counts once.
type Replay struct {
	Topic     string `json:"topic,omitempty"`     // empty is all topics
	Partition *int32 `json:"partition,omitempty"` // nil is all partitions

	// Bounds by offset; without them everything that Kafka holds. To is exclusive.
	From *int64 `json:"from,omitempty"`
	To   *int64 `json:"to,omitempty"`

	// Bounds by the broker's timestamps. Each stands for the offset of the first
	// record that isn't older. The one of ToTime is exclusive. They exclude bounds by offset.
	FromTime *time.Time `json:"from_time,omitempty"`
	ToTime   *time.Time `json:"to_time,omitempty"`

	// Next comes from the summary of a replay that ran out of time. The replay
	// goes on there, and leaves out the partitions that are done.
	Next map[string]int64 `json:"next,omitempty"`
}

// A BridgeSummary is the bridge's answer.
type BridgeSummary struct {
	Records    int64   `json:"records"`    // published
	Bytes      int64   `json:"bytes"`      // of their keys and values
	Messages   int64   `json:"messages"`   // published
	Partitions int     `json:"partitions"` // read
	Lag        int64   `json:"lag"`        // offsets that were not yet committed at the end, up to the logs' ends
	CaughtUp   bool    `json:"caught_up"`  // whether everything that was there at the start is committed, including what an open transaction held back
	Seconds    float64 `json:"seconds"`
	Held       float64 `json:"held_seconds"` // of these, while no more was read because Pub/Sub had yet to acknowledge

	Idle bool `json:"idle,omitempty"` // ended before its time, because nothing had come for IDLE_SECONDS

	// Next is where a replay that ran out of time goes on: the offset of each
	// partition, by topic/number.
	Next map[string]int64 `json:"next,omitempty"`

	// Warnings are things that a person should look at and a retry won't change.
	// Errors are what kept records from being carried. What couldn't be carried
	// isn't committed: the next drain begins with it.
	Warnings []string `json:"warnings,omitempty"`
	Errors   []string `json:"errors,omitempty"`
}

// Mine reports whether a partition belongs to the request's shard. Partitions of
// one topic go round the shards, and each topic begins at another one, so that a
// topic's first partition isn't always the same shard's. It depends on nothing
// that changes when a partition is added.
func (r BridgeRequest) Mine(topicIndex int, partition int32) bool {
	return (topicIndex+int(partition))%r.Shards == r.Shard
}

// Selects reports whether a partition is replayed.
func (r *Replay) Selects(p kafka.TopicPartition) bool {
	if r.Topic != "" && r.Topic != p.Topic || r.Partition != nil && *r.Partition != p.Partition {
		return false
	}
	_, unfinished := r.Next[p.Key()]
	return r.Next == nil || unfinished
}

func (r BridgeRequest) validate() error {
	errs := []error{r.Request.validate()}
	if r.Shards < 1 || r.Shard < 0 || r.Shard >= r.Shards {
		errs = append(errs, fmt.Errorf("shard %d of %d shards: shards count from 0", r.Shard, r.Shards))
	}
	if r.Replay != nil {
		errs = append(errs, r.Replay.validate())
	}
	return errors.Join(errs...)
}

func (r *Replay) validate() error {
	var errs []error
	if r.Partition != nil && (*r.Partition < 0 || r.Topic == "") {
		errs = append(errs, fmt.Errorf("replay of partition %d of topic %.80q: name the topic, and a partition from 0 on", *r.Partition, r.Topic))
	}
	byOffset, byTime := r.From != nil || r.To != nil, r.FromTime != nil || r.ToTime != nil
	if byOffset && byTime {
		errs = append(errs, errors.New("a replay goes by offsets or by times, not by both"))
	}
	if r.From != nil && *r.From < 0 || r.To != nil && *r.To < 0 {
		errs = append(errs, errors.New("a replay's offsets begin at 0"))
	}
	if r.From != nil && r.To != nil && *r.From >= *r.To {
		errs = append(errs, fmt.Errorf("a replay from offset %d to before %d holds nothing", *r.From, *r.To))
	}
	if r.FromTime != nil && r.ToTime != nil && !r.FromTime.Before(*r.ToTime) {
		errs = append(errs, fmt.Errorf("a replay from %v to before %v holds nothing", *r.FromTime, *r.ToTime))
	}
	return errors.Join(errs...)
}
