package kafkalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A Mark is an offset of a partition and what was read below it. Next and Follows
// are apart where offsets hold no records: control records, aborted transactions,
// compacted keys.
type Mark struct {
	Next    int64 // offset to read next
	Follows int64 // offset of the last record below Next; -1 for none of this incarnation
	Epoch   int32 // leader epoch of what stood below Next, records or not; -1 where unknown
}

// A Commit is what is kept of a partition between drains.
type Commit struct {
	Mark
	TopicID string
	History History
	Deleted int64 // offsets that the broker deleted before they were read
}

// Of reports whether a commit is of the topic with an id, not of one of the same
// name that was deleted.
func (c *Commit) Of(topicID string) bool {
	return c.TopicID == "" || topicID == "" || c.TopicID == topicID
}

// Commits keeps the commits of a bridge.
type Commits interface {
	// Fetch returns all commits.
	Fetch(ctx context.Context) (map[kafka.TopicPartition]Commit, error)
	// Save keeps commits. Where only some of them are refused, the error is a
	// *PartialError, and the others are kept.
	Save(ctx context.Context, commits map[kafka.TopicPartition]Commit) error
}

// A Group keeps commits as the committed offsets of a consumer group that has no
// members.
type Group struct {
	Admin *kadm.Client
	Name  string
}

// commitNote is the metadata of a committed offset, as JSON: what a Commit has
// beside its offset. Offsets that other programs committed have none.
type commitNote struct {
	TopicID      string  `json:"topic_id"`
	Follows      *int64  `json:"follows"`
	Epoch        *int32  `json:"epoch,omitempty"`
	Incarnations History `json:"incarnations,omitempty"`
	Deleted      int64   `json:"deleted,omitempty"`
}

// Fetch implements Commits.
func (g Group) Fetch(ctx context.Context) (map[kafka.TopicPartition]Commit, error) {
	var responses kadm.OffsetResponses
	err := AnyBroker(ctx, func() (err error) {
		responses, err = g.Admin.FetchOffsets(ctx, g.Name)
		return err
	})
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil, nil // nothing was ever committed
	}
	if err != nil {
		return nil, fmt.Errorf("read the offsets of group %q: %w", g.Name, err)
	}
	commits := map[kafka.TopicPartition]Commit{}
	for topic, partitions := range responses {
		for partition, r := range partitions {
			if r.Err != nil {
				return nil, fmt.Errorf("read the offset of %s[%d] of group %q: %w", topic, partition, g.Name, r.Err)
			}
			if r.At < 0 {
				continue // nothing committed
			}
			c := Commit{Mark: Mark{Next: r.At, Follows: r.At - 1, Epoch: r.LeaderEpoch}}
			var n commitNote
			if json.Unmarshal([]byte(r.Metadata), &n) == nil {
				c.TopicID, c.History, c.Deleted = n.TopicID, n.Incarnations, max(n.Deleted, 0)
				if n.Epoch != nil {
					c.Epoch = *n.Epoch
				}
				if n.Follows != nil && *n.Follows >= -1 && *n.Follows < r.At {
					c.Follows = *n.Follows
				}
			}
			commits[kafka.TopicPartition{Topic: topic, Partition: partition}] = c
		}
	}
	return commits, nil
}

// Save implements Commits.
func (g Group) Save(ctx context.Context, commits map[kafka.TopicPartition]Commit) error {
	offsets := kadm.Offsets{}
	for p, c := range commits {
		note, err := json.Marshal(commitNote{TopicID: c.TopicID, Follows: &c.Follows, Epoch: &c.Epoch, Incarnations: c.History, Deleted: c.Deleted})
		if err != nil {
			return err
		}
		offsets.Add(kadm.Offset{Topic: p.Topic, Partition: p.Partition, At: c.Next, LeaderEpoch: c.Epoch, Metadata: string(note)})
	}
	var responses kadm.OffsetResponses
	err := AnyBroker(ctx, func() (err error) {
		responses, err = g.Admin.CommitOffsets(ctx, g.Name, offsets)
		return err
	})
	if err == nil {
		err = refusedCommits(responses)
	}
	if errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration) || errors.Is(err, kerr.RebalanceInProgress) {
		return fmt.Errorf("commit to group %q: consumers have joined it; give the bridge a group of its own (KAFKA_GROUP): %w", g.Name, err)
	}
	if err != nil {
		return fmt.Errorf("commit to group %q: %w", g.Name, err)
	}
	return nil
}

// A PartialError says why some partitions weren't committed.
type PartialError struct {
	Refused map[kafka.TopicPartition]error
}

func (e *PartialError) Error() string {
	var list []string
	for at, err := range e.Refused {
		list = append(list, fmt.Sprintf("%s: %v", at, err))
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// refusedCommits is a *PartialError where partitions are refused because of their
// topics, else the first error.
func refusedCommits(responses kadm.OffsetResponses) error {
	refused := map[kafka.TopicPartition]error{}
	for _, r := range responses.Sorted() {
		if r.Err == nil {
			continue
		}
		if !errors.Is(r.Err, kerr.TopicAuthorizationFailed) && !errors.Is(r.Err, kerr.UnknownTopicOrPartition) {
			return r.Err
		}
		refused[kafka.TopicPartition{Topic: r.Topic, Partition: r.Partition}] = r.Err
	}
	if len(refused) == 0 {
		return nil
	}
	return &PartialError{refused}
}
