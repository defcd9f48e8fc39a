package bridge

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

// commit is what is kept of a partition between drains.
type commit struct {
	mark
	topicID string
	history history
	deleted int64 // offsets that the broker deleted before they were read
}

// offsetStore keeps commits.
type offsetStore interface {
	fetch(ctx context.Context) (map[kafka.TopicPartition]commit, error)
	save(ctx context.Context, commits map[kafka.TopicPartition]commit) error
}

// groupOffsets keeps commits as the committed offsets of a consumer group that
// has no members.
type groupOffsets struct {
	admin *kadm.Client
	group string
}

// commitNote is the metadata of a committed offset: what the offset alone
// doesn't tell. Offsets that others committed have none.
type commitNote struct {
	TopicID      string  `json:"topic_id"`
	Follows      *int64  `json:"follows"`
	Epoch        *int32  `json:"epoch,omitempty"`
	Incarnations history `json:"incarnations,omitempty"`
	Deleted      int64   `json:"deleted,omitempty"`
}

func (g groupOffsets) fetch(ctx context.Context) (map[kafka.TopicPartition]commit, error) {
	var responses kadm.OffsetResponses
	err := anyBroker(ctx, func() (err error) {
		responses, err = g.admin.FetchOffsets(ctx, g.group)
		return err
	})
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil, nil // nothing was ever committed
	}
	if err != nil {
		return nil, fmt.Errorf("read the offsets of group %q: %w", g.group, err)
	}
	commits := map[kafka.TopicPartition]commit{}
	for topic, partitions := range responses {
		for partition, r := range partitions {
			if r.Err != nil {
				return nil, fmt.Errorf("read the offset of %s[%d] of group %q: %w", topic, partition, g.group, r.Err)
			}
			if r.At < 0 {
				continue // nothing committed
			}
			c := commit{mark: mark{next: r.At, follows: r.At - 1, epoch: r.LeaderEpoch}}
			var n commitNote
			if json.Unmarshal([]byte(r.Metadata), &n) == nil {
				c.topicID, c.history, c.deleted = n.TopicID, n.Incarnations, max(n.Deleted, 0)
				if n.Epoch != nil {
					c.epoch = *n.Epoch
				}
				if n.Follows != nil && *n.Follows >= -1 && *n.Follows < r.At {
					c.follows = *n.Follows
				}
			}
			commits[kafka.TopicPartition{Topic: topic, Partition: partition}] = c
		}
	}
	return commits, nil
}

// save commits. Where the broker refuses some of the partitions the error is a
// *partialCommit, and the others are committed.
func (g groupOffsets) save(ctx context.Context, commits map[kafka.TopicPartition]commit) error {
	offsets := kadm.Offsets{}
	for p, c := range commits {
		note, err := json.Marshal(commitNote{TopicID: c.topicID, Follows: &c.follows, Epoch: &c.epoch, Incarnations: c.history, Deleted: c.deleted})
		if err != nil {
			return err
		}
		offsets.Add(kadm.Offset{Topic: p.Topic, Partition: p.Partition, At: c.next, LeaderEpoch: c.epoch, Metadata: string(note)})
	}
	var responses kadm.OffsetResponses
	err := anyBroker(ctx, func() (err error) {
		responses, err = g.admin.CommitOffsets(ctx, g.group, offsets)
		return err
	})
	if err == nil {
		err = refusedCommits(responses)
	}
	if errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration) || errors.Is(err, kerr.RebalanceInProgress) {
		return fmt.Errorf("commit to group %q: consumers have joined it; give the bridge a group of its own (KAFKA_GROUP): %w", g.group, err)
	}
	if err != nil {
		return fmt.Errorf("commit to group %q: %w", g.group, err)
	}
	return nil
}

// partialCommit is why some partitions weren't committed.
type partialCommit struct {
	refused map[kafka.TopicPartition]error
}

func (e *partialCommit) Error() string {
	var list []string
	for at, err := range e.refused {
		list = append(list, fmt.Sprintf("%s: %v", at, err))
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// refusedCommits is a *partialCommit where it is for their topic that partitions
// are refused, else the first error.
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
	return &partialCommit{refused}
}
