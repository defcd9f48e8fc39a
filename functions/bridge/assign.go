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
	"golang.org/x/sync/errgroup"

	"github.com/tallystream/tallystream/shared/recordbatch"
)

// partition is a partition that a drain reads. Only the reading loop uses it,
// but for progress.
type partition struct {
	place
	topicID string

	position int64 // offset to read next
	follows  int64 // offset of the last record before position
	target   int64 // end of what was there when the drain began
	end      int64 // end of the partition, as last heard
	stopped  bool  // no more is read in this drain

	builder waiting
	*progress
	saved mark // last committed; the committer's
}

// discovery is what a look at the broker found.
type discovery struct {
	found      []*partition     // not read yet
	missing    []string         // topics that don't exist
	partitions map[string]int32 // how many each topic has
	complete   bool             // whether all topics and partitions could be looked at
	warnings   []string
	errors     []string
}

func (f *discovery) fail(format string, args ...any) {
	f.errors = note(f.errors, format, args...)
	f.complete = false
}

// discover finds the partitions of the drain's shard that aren't among those
// it reads, and where to begin. It runs beside the reading: a broker that is
// down can take its time to say so.
func (d *drain) discover(ctx context.Context, known map[place]bool) (*discovery, error) {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	var topics kadm.TopicDetails
	err := anyBroker(ctx, func() (err error) {
		topics, err = d.admin.ListTopics(ctx, d.config.Topics...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the topics: %w", err)
	}
	f := &discovery{complete: true, partitions: map[string]int32{}}
	wanted := map[string][]*partition{}
	for i, name := range d.config.Topics {
		detail := topics[name]
		if !topics.Has(name) {
			detail.Err = cmp.Or[error](detail.Err, kerr.UnknownTopicOrPartition)
		}
		if detail.Err != nil {
			f.noteTopic(name, detail.Err)
			continue
		}
		f.partitions[name] = int32(len(detail.Partitions))
		for id := range detail.Partitions {
			at := place{name, id}
			if d.request.mine(i, id) && !known[at] && (d.request.Replay == nil || d.request.Replay.selects(at)) {
				wanted[name] = append(wanted[name], &partition{place: at, topicID: topicID(detail.ID)})
			}
		}
	}
	if len(wanted) == 0 {
		return f, nil
	}
	return f, d.locate(ctx, f, wanted)
}

// noteTopic notes a topic that can't be read. One that doesn't exist is a
// warning, unless it is created during the drain: another drain won't make it.
func (f *discovery) noteTopic(name string, err error) {
	if errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InvalidTopicException) {
		f.missing = append(f.missing, name)
		f.complete = false
		return
	}
	f.fail("topic %q can't be read: %v", name, err)
}

// locate finds where to begin reading the wanted partitions. A topic or a
// partition of which nothing can be learnt is noted, and left.
func (d *drain) locate(ctx context.Context, f *discovery, wanted map[string][]*partition) error {
	commits, err := d.offsets.fetch(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		logs, err := d.logs(ctx, name)
		if err != nil {
			f.noteTopic(name, err)
			continue
		}
		for _, p := range wanted[name] {
			l, err := logs(p.place.partition)
			if err != nil {
				f.fail("%s can't be read: %v", p.place, err)
				continue
			}
			if d.request.Replay != nil {
				if err := d.locateReplay(ctx, f, p, l); err != nil {
					return err
				}
				continue
			}
			c, ok := commits[p.place]
			begin, warning := beginning(c, ok, p.topicID, l.first, l.end)
			if warning != "" {
				f.warnings = note(f.warnings, "%s: %s", p.place, warning)
			}
			p.position, p.follows = begin.next, begin.follows
			p.target, p.end = l.stable, l.stable
			p.progress, p.saved = newProgress(begin), c.mark
			f.found = append(f.found, p)
		}
	}
	return nil
}

// extent is what a partition holds: offsets from first to before end, of which
// those before stable are decided (no transaction is open).
type extent struct{ first, stable, end int64 }

// logs asks for the extents of a topic's partitions.
func (d *drain) logs(ctx context.Context, topic string) (func(partition int32) (extent, error), error) {
	var lists [3]kadm.ListedOffsets
	var g errgroup.Group
	for i, list := range []func(context.Context, ...string) (kadm.ListedOffsets, error){
		d.admin.ListStartOffsets, d.admin.ListCommittedOffsets, d.admin.ListEndOffsets,
	} {
		g.Go(func() (err error) {
			if lists[i], err = list(ctx, topic); partial(err) {
				err = nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return func(partition int32) (extent, error) {
		var offsets [3]int64
		for i, list := range lists {
			o, ok := list.Lookup(topic, partition)
			if !ok {
				return extent{}, errors.New("the broker that leads it doesn't answer")
			}
			if o.Err != nil {
				return extent{}, o.Err
			}
			offsets[i] = o.Offset
		}
		return extent{first: offsets[0], stable: offsets[1], end: offsets[2]}, nil
	}, nil
}

// partial reports whether only some brokers failed to answer: what the others
// lead can be read.
func partial(err error) bool {
	var shards *kadm.ShardErrors
	return errors.As(err, &shards) && !shards.AllFailed
}

// beginning decides where to begin a partition whose log reaches from first to
// end: at the commit, if there is one that the log can continue.
func beginning(c commit, committed bool, topicID string, first, end int64) (mark, string) {
	// What the log has lost before anyone read it isn't missed: the chain of
	// offsets begins with the first record there is.
	start := mark{next: first, follows: -1}
	switch {
	case !committed:
		return start, ""
	case c.topicID != "" && topicID != "" && c.topicID != topicID:
		return start, "the topic was made anew since the last drain: reading it from its beginning"
	case c.next < first:
		return mark{next: first, follows: c.follows}, fmt.Sprintf(
			"offsets %d to %d were deleted by the broker before they were read: lengthen the topic's retention, or drain more often", c.next, first-1)
	case c.next > end:
		return start, fmt.Sprintf(
			"offset %d is committed, but the log ends at %d: the broker lost records; reading again from the beginning", c.next, end)
	}
	return c.mark, ""
}

func topicID(id kadm.TopicID) string {
	if id == (kadm.TopicID{}) {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

// newBuilder starts a message behind what was read last.
func (p *partition) newBuilder() *recordbatch.Builder {
	return recordbatch.NewBuilder(p.topic, p.topicID, p.place.partition, p.follows)
}
