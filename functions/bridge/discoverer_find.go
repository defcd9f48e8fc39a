package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/kafka"
)

// find finds the partitions of the drain's shard that aren't known yet, and where
// to begin.
func (d *discoverer) find(ctx context.Context) *found {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	topics, err := d.listTopics(ctx)
	if err != nil {
		return &found{err: fmt.Errorf("list the topics: %w", err)}
	}
	f := &found{complete: true, partitions: map[string]int32{}, parts: map[kafka.TopicPartition]*partition{}}
	wanted := map[string][]*partition{}
	for i, name := range d.config.Topics {
		detail := topics[name]
		if !topics.Has(name) {
			detail.Err = cmp.Or[error](detail.Err, kerr.UnknownTopicOrPartition)
		}
		if detail.Err != nil {
			d.noteTopic(f, name, detail.Err)
			continue
		}
		f.partitions[name] = int32(len(detail.Partitions))
		for id, p := range detail.Partitions {
			at := kafka.TopicPartition{Topic: name, Partition: id}
			if d.request.Mine(i, id) && !d.known[at] && (d.request.Replay == nil || d.request.Replay.Selects(at)) {
				wanted[name] = append(wanted[name], newPartition(at, kafka.TopicID(detail.ID), p.LeaderEpoch))
			}
		}
	}
	if len(wanted) > 0 {
		if err := d.locate(ctx, f, wanted); err != nil {
			return &found{err: err}
		}
		f.recent = d.anythingSince(ctx, f)
	}
	return f
}

// listTopics describes the topics, each with an error of its own.
func (d *discoverer) listTopics(ctx context.Context) (topics kadm.TopicDetails, err error) {
	list := func(names ...string) (found kadm.TopicDetails, err error) {
		err = kafkalog.AnyBroker(ctx, func() (err error) {
			found, err = d.admin.ListTopics(ctx, names...)
			return err
		})
		return found, err
	}
	var forbidden *kadm.AuthError
	if topics, err = list(d.config.Topics...); !errors.As(err, &forbidden) {
		return topics, err
	}
	// A forbidden topic fails the request for all topics. So each is asked for alone.
	topics = kadm.TopicDetails{}
	for _, name := range d.config.Topics {
		one, err := list(name)
		switch {
		case errors.As(err, &forbidden):
			topics[name] = kadm.TopicDetail{Topic: name, Err: err}
		case err != nil:
			return nil, err
		default:
			maps.Copy(topics, one)
		}
	}
	return topics, nil
}

// noteTopic notes a topic that can't be read. A topic that doesn't exist is a
// warning at the end of the drain, not an error: no other drain will find it.
func (d *discoverer) noteTopic(f *found, name string, err error) {
	if errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InvalidTopicException) {
		f.missing = append(f.missing, name)
		f.complete = false
		return
	}
	f.fail("%s", topicFails(d.config, name, err))
}

// locate finds where to begin reading partitions. A topic or a partition that the
// brokers don't answer for is noted, and left out.
func (d *discoverer) locate(ctx context.Context, f *found, wanted map[string][]*partition) error {
	commits, err := d.commits.Fetch(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		logs, err := kafkalog.Extents(ctx, d.admin, name)
		if err != nil {
			d.noteTopic(f, name, err)
			continue
		}
		ends, err := d.committedEnds(ctx, name, wanted[name], commits)
		if err != nil {
			d.noteTopic(f, name, err)
			continue
		}
		for _, p := range wanted[name] {
			l, err := logs(p.Partition)
			if err != nil {
				f.transient = f.transient || kerr.IsRetriable(err)
				f.fail("%s can't be read: %v", p.TopicPartition, d.config.Kafka.Explain(err))
				continue
			}
			c, committed := commits[p.TopicPartition]
			if committed && c.Of(p.topicID) {
				p.log.history, p.log.deleted = c.History, c.Deleted
			}
			if d.request.Replay != nil {
				if err := d.locateReplay(ctx, f, p, l); err != nil {
					return err
				}
				continue
			}
			begin, warning, err := beginning(c, committed, p, l, ends[p.Partition])
			if err != nil {
				f.transient = true
				f.fail("%s can't be read: %v", p.TopicPartition, err)
				continue
			}
			if warning != "" {
				f.warnings = note(f.warnings, "%s: %s", p.TopicPartition, warning)
			}
			p.begin(begin)
			p.decided, p.target, p.log.extent = l.Stable, l.End, l
			if p.log.lost < 0 {
				p.committed.mark = c.Mark
			}
			f.parts[p.TopicPartition] = p
		}
	}
	return nil
}

// committedEnds asks, for partitions of a topic, where the leader epochs of their
// commits end.
func (d *discoverer) committedEnds(ctx context.Context, topic string, parts []*partition, commits map[kafka.TopicPartition]kafkalog.Commit) (map[int32]kafkalog.EpochEnd, error) {
	epochs := map[int32]int32{}
	for _, p := range parts {
		if c, ok := commits[p.TopicPartition]; ok && c.Of(p.topicID) && d.request.Replay == nil {
			epochs[p.Partition] = c.Epoch
		}
	}
	return kafkalog.EpochEnds(ctx, d.admin, topic, epochs)
}
