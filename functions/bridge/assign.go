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

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// partition is a partition that a drain reads. Only the reading loop uses it,
// but for progress.
type partition struct {
	kafka.TopicPartition
	topicID     string // as the broker has it
	leaderEpoch int32  // when the partition was found

	history history // the committer reads it: it changes under the drain's mutex
	lost    int64   // from where on the log has lost what was read, until a record stands there; -1 for nothing
	deleted int64   // offsets that the broker deleted before they were read, ever; under the drain's mutex
	gone    int64   // of these, in this drain, the end
	back    bool    // whether the log went back while it was read; under the drain's mutex
	id      string  // topic id of the record at follows, with its incarnation

	position int64 // offset to read next
	follows  int64 // offset of the last record before position
	epoch    int32 // leader epoch of what stood before position, records or not; -1 where unknown
	decided  int64 // end of what could be read when the drain began
	target   int64 // end of what was there when the drain began
	stopped  bool  // no more is read in this drain

	log  extent // as last heard; under the drain's mutex
	held held   // what no drain can read yet; under the drain's mutex

	builder waiting
	*progress
	saved   mark // last committed; the committer's
	refused bool // whether the broker takes no commit of it; the committer's
}

// discovery is what a look at the broker found.
type discovery struct {
	found      []*partition     // not read yet
	missing    []string         // topics that don't exist
	partitions map[string]int32 // how many each topic has
	complete   bool             // whether all topics and partitions could be looked at
	transient  bool             // whether another look may find more
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
func (d *loop) discover(ctx context.Context, known map[kafka.TopicPartition]bool) (*discovery, error) {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	topics, err := d.listTopics(ctx)
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
			d.noteTopic(f, name, detail.Err)
			continue
		}
		f.partitions[name] = int32(len(detail.Partitions))
		for id, p := range detail.Partitions {
			at := kafka.TopicPartition{Topic: name, Partition: id}
			if d.request.Mine(i, id) && !known[at] && (d.request.Replay == nil || d.request.Replay.Selects(at)) {
				wanted[name] = append(wanted[name], &partition{TopicPartition: at, topicID: kafka.TopicID(detail.ID), leaderEpoch: p.LeaderEpoch, lost: -1})
			}
		}
	}
	if len(wanted) == 0 {
		return f, nil
	}
	return f, d.locate(ctx, f, wanted)
}

// listTopics describes the topics, each with an error of its own.
func (d *loop) listTopics(ctx context.Context) (topics kadm.TopicDetails, err error) {
	list := func(names ...string) (found kadm.TopicDetails, err error) {
		err = anyBroker(ctx, func() (err error) {
			found, err = d.admin.ListTopics(ctx, names...)
			return err
		})
		return found, err
	}
	var forbidden *kadm.AuthError
	if topics, err = list(d.config.Topics...); !errors.As(err, &forbidden) {
		return topics, err
	}
	// One that is forbidden fails the request for all: they are asked for one by one.
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

// noteTopic notes a topic that can't be read. One that doesn't exist is a
// warning, unless it is created during the drain: another drain won't make it.
func (d *loop) noteTopic(f *discovery, name string, err error) {
	if errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InvalidTopicException) {
		f.missing = append(f.missing, name)
		f.complete = false
		return
	}
	f.fail("%s", d.topicFails(name, err))
}

// locate finds where to begin reading the wanted partitions. A topic or a
// partition of which nothing can be learnt is noted, and left.
func (d *loop) locate(ctx context.Context, f *discovery, wanted map[string][]*partition) error {
	commits, err := d.offsets.fetch(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		logs, err := d.logs(ctx, name)
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
			if committed && c.of(p.topicID) {
				p.history, p.deleted = c.history, c.deleted
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
			p.decided, p.target, p.log = l.stable, l.end, l
			if p.lost < 0 {
				p.saved = c.mark
			}
			f.found = append(f.found, p)
		}
	}
	return nil
}

// committedEnds asks, for partitions of a topic, where the leader epochs end
// that were committed.
func (d *loop) committedEnds(ctx context.Context, topic string, parts []*partition, commits map[kafka.TopicPartition]commit) (map[int32]epochEnd, error) {
	epochs := map[int32]int32{}
	for _, p := range parts {
		if c, ok := commits[p.TopicPartition]; ok && c.of(p.topicID) && d.request.Replay == nil {
			epochs[p.Partition] = c.epoch
		}
	}
	return d.epochEnds(ctx, topic, epochs)
}

// of reports whether a commit is of the topic with an id, not of one of the
// same name that was deleted.
func (c *commit) of(topicID string) bool {
	return c.topicID == "" || topicID == "" || c.topicID == topicID
}

// beginning decides where to begin a partition: at the commit, if there is one
// that the log can continue. Where the log has lost what was read, it says so
// in the partition. The error is a broker's that isn't to be believed.
func beginning(c commit, committed bool, p *partition, l extent, e epochEnd) (begin mark, warning string, err error) {
	// What the log has lost before anyone read it isn't missed: the chain of
	// offsets begins with the first record there is.
	start := mark{next: l.first, follows: -1, epoch: -1}
	if !committed {
		return start, "", nil
	}
	if !c.of(p.topicID) {
		return start, "the topic was made anew since the last drain: reading it from its beginning", nil
	}
	if from, lost := e.lostBelow(c.next, l); lost {
		p.lost = from
		return mark{next: from, follows: -1, epoch: e.epoch}, fmt.Sprintf(
			"the broker lost records: offsets %d to %d were read, and leader epoch %d ends at %d now; %s", from, c.next-1, c.epoch, from, reused), nil
	}
	if e.asked && e.end < 0 && (c.next > l.end || p.leaderEpoch >= 0 && c.epoch > p.leaderEpoch) {
		return mark{}, "", fmt.Errorf("offset %d is committed in leader epoch %d, of which the broker that leads it knows nothing: "+
			"one that was away for a while learns it soon; of a Kafka that was restored from an older copy, make the topic anew: its id tells the two apart", c.next, c.epoch)
	}
	if c.next > l.end && (!e.asked || e.end < c.next) {
		p.lost = l.first
		return start, fmt.Sprintf(
			"the broker lost records: offset %d is committed, but the log ends at %d; where it parted from what was read can't be told, so all of it is read again; %s",
			c.next, l.end, reused), nil
	}
	if c.next < l.first {
		p.deleted += l.first - c.next
		return mark{next: l.first, follows: c.follows, epoch: -1}, fmt.Sprintf(
			"offsets %d to %d were deleted by the broker before they were read: lengthen the topic's retention, or drain more often", c.next, l.first-1), nil
	}
	return c.mark, "", nil
}

// reused is what happens after a loss, and how to have none.
const reused = "records that come at these offsets are counted as new ones; producers with acks=all, and min.insync.replicas above 1, keep a broker from losing any"

// begin sets where a partition is read from.
func (p *partition) begin(m mark) {
	p.position, p.follows, p.epoch = m.next, m.follows, m.epoch
	p.id = p.history.at(p.topicID, m)
	p.progress, p.saved = newProgress(m), m
}

// newBuilder starts a message behind what was read last.
func (p *partition) newBuilder() *recordbatch.Builder {
	return recordbatch.NewBuilder(kafka.TopicPartition{Topic: p.Topic, TopicID: p.id, Partition: p.Partition}, p.follows)
}
