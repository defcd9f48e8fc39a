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

// discover finds the partitions of the drain's shard that it doesn't read yet,
// and where to begin. complete is false where a topic couldn't be read.
func (d *drain) discover(ctx context.Context) (found []*partition, complete bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	topics, err := d.admin.ListTopics(ctx, d.config.Topics...)
	if err != nil {
		return nil, false, fmt.Errorf("list the topics: %w", err)
	}
	complete, d.missing = true, nil
	wanted := map[string][]*partition{}
	for i, name := range d.config.Topics {
		detail := topics[name]
		if !topics.Has(name) {
			detail.Err = cmp.Or[error](detail.Err, kerr.UnknownTopicOrPartition)
		}
		if detail.Err != nil {
			d.noteTopic(name, detail.Err)
			complete = false
			continue
		}
		for id := range detail.Partitions {
			at := place{name, id}
			if d.request.mine(i, id) && d.parts[at] == nil {
				wanted[name] = append(wanted[name], &partition{place: at, topicID: topicID(detail.ID)})
			}
		}
	}
	if len(wanted) == 0 {
		return nil, complete, nil
	}
	return d.locate(ctx, wanted, complete)
}

// locate finds where to begin reading the wanted partitions.
func (d *drain) locate(ctx context.Context, wanted map[string][]*partition, complete bool) ([]*partition, bool, error) {
	names := slices.Sorted(maps.Keys(wanted))
	commits, err := d.offsets.fetch(ctx)
	if err != nil {
		return nil, false, err
	}
	starts, err1 := d.admin.ListStartOffsets(ctx, names...)
	ends, err2 := d.admin.ListEndOffsets(ctx, names...)
	stable, err3 := d.admin.ListCommittedOffsets(ctx, names...)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, false, fmt.Errorf("list the offsets of %v: %w", names, err)
	}
	var found []*partition
	for _, name := range names {
		for _, p := range wanted[name] {
			first, ok1 := starts.Lookup(name, p.partition)
			end, ok2 := ends.Lookup(name, p.partition)
			last, ok3 := stable.Lookup(name, p.partition)
			err := errors.Join(first.Err, end.Err, last.Err)
			if !ok1 || !ok2 || !ok3 {
				err = errors.Join(err, errors.New("the broker didn't list its offsets"))
			}
			if err != nil {
				d.summary.fail("%s can't be read: %v", p.place, err)
				complete = false
				continue
			}
			c, ok := commits[p.place]
			begin, warning := beginning(c, ok, p.topicID, first.Offset, end.Offset)
			if warning != "" {
				d.summary.warn("%s: %s", p.place, warning)
			}
			p.position, p.follows = begin.next, begin.follows
			p.target, p.end = last.Offset, last.Offset
			p.progress, p.saved = newProgress(begin), c.mark
			found = append(found, p)
		}
	}
	return found, complete, nil
}

// beginning decides where to begin a partition whose log reaches from first to
// end: at the commit, if there is one that the log can continue.
func beginning(c commit, committed bool, topicID string, first, end int64) (mark, string) {
	start := mark{next: first, follows: first - 1}
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

// noteTopic notes a topic that can't be read. One that doesn't exist is a
// warning, unless it is created during the drain: another drain won't make it.
func (d *drain) noteTopic(name string, err error) {
	if errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InvalidTopicException) {
		d.missing = append(d.missing, name)
		return
	}
	d.summary.fail("topic %q can't be read: %v", name, err)
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
