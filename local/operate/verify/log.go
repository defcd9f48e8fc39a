package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A log reads what Kafka held when the audit began.
type log struct {
	client  *kgo.Client
	admin   *kadm.Client
	unpack  kgo.Decompressor
	topics  []string
	ids     map[string]kadm.TopicID
	explain func(error) error // may be nil
	stall   time.Duration     // time without an answer after which a partition is given up

	extents   map[kafka.TopicPartition]*extent
	compacted map[string]bool // topics that Kafka compacts

	mu      sync.Mutex // guards what follows
	leaders map[kafka.TopicPartition]int32
	unread  map[kafka.TopicPartition]Unread
}

// extent is the range of offsets that a partition held when the audit began: from
// first up to, and without, end. stable is its last stable offset, as last heard:
// from there on a transaction is open.
type extent struct{ first, stable, end int64 }

// readable is the offset below which records can be read, and so must be counted.
func (e *extent) readable() int64 { return min(e.stable, e.end) }

const (
	// kafkaTimeout bounds each request to all brokers.
	kafkaTimeout = 15 * time.Second
	// defaultStall is longer than a broker takes to change a partition's leader.
	defaultStall = 30 * time.Second
)

// end is the offset below which records must be counted. Of a topic that is gone
// every record must be. If Kafka wasn't asked, none must.
func (l *log) end(key kafka.TopicPartition) int64 {
	e, known := l.extents[key.Base()]
	switch {
	case known:
		return e.readable()
	case len(l.topics) == 0:
		return 0
	}
	return math.MaxInt64
}

// openLog asks the brokers for the offsets of the topics' partitions.
func openLog(ctx context.Context, options []kgo.Opt, topics []string, explain func(error) error) (*log, error) {
	l := &log{
		topics: slices.Sorted(slices.Values(topics)), ids: map[string]kadm.TopicID{}, explain: explain, stall: defaultStall, unpack: kgo.DefaultDecompressor(),
		extents: map[kafka.TopicPartition]*extent{}, compacted: map[string]bool{}, leaders: map[kafka.TopicPartition]int32{}, unread: map[kafka.TopicPartition]Unread{},
	}
	if len(topics) == 0 {
		return l, nil
	}
	var err error
	// Up to version 12 a fetch names its topic, not the topic's id, which old brokers
	// don't have. fetch repeats failed requests itself.
	versions := kversion.Stable()
	versions.SetMaxKeyVersion(1, 12)
	if l.client, err = kgo.NewClient(append(options[:len(options):len(options)], kgo.MaxVersions(versions), kgo.RequestRetries(2))...); err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	l.admin = kadm.NewClient(l.client)
	if err := l.ask(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *log) close() {
	if l.client != nil {
		l.client.Close()
	}
}

// ask fills in the partitions and their offsets. The last stable offsets come after
// the ends, so that a transaction that ends meanwhile isn't taken for an open one.
func (l *log) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	details, err := l.admin.ListTopics(ctx, l.topics...)
	if err != nil {
		return fmt.Errorf("the brokers can't be asked for the topics %v: %w", l.topics, l.why(err))
	}
	starts, err := l.admin.ListStartOffsets(ctx, l.topics...)
	if err != nil {
		return fmt.Errorf("the brokers can't be asked for the first offsets of %v: %w", l.topics, l.why(err))
	}
	ends, err := l.admin.ListEndOffsets(ctx, l.topics...)
	if err != nil {
		return fmt.Errorf("the brokers can't be asked for the ends of %v: %w", l.topics, l.why(err))
	}
	stables, err := l.admin.ListCommittedOffsets(ctx, l.topics...)
	if err != nil {
		return fmt.Errorf("the brokers can't be asked for the last stable offsets of %v: %w", l.topics, l.why(err))
	}
	var wrong []error
	for _, topic := range l.topics {
		d, ok := details[topic]
		if !ok || d.Err != nil {
			wrong = append(wrong, fmt.Errorf("topic %q can't be read: %w; correct KAFKA_TOPICS, or let this user describe and read the topic", topic, l.known(cmp.Or(d.Err, error(kerr.UnknownTopicOrPartition)))))
			continue
		}
		l.ids[topic] = d.ID
		for _, p := range d.Partitions.Sorted() {
			first, firstOK := starts.Lookup(topic, p.Partition)
			end, endOK := ends.Lookup(topic, p.Partition)
			stable, stableOK := stables.Lookup(topic, p.Partition)
			if err := errors.Join(first.Err, end.Err, stable.Err); err != nil || !firstOK || !endOK || !stableOK {
				wrong = append(wrong, fmt.Errorf("the offsets of %s[%d] can't be read: %w; see whether the broker that leads it is up", topic, p.Partition,
					cmp.Or(err, error(kerr.LeaderNotAvailable))))
				continue
			}
			key := kafka.TopicPartition{Topic: topic, TopicID: kafka.TopicID(d.ID), Partition: p.Partition}
			l.extents[key] = &extent{first: first.Offset, stable: stable.Offset, end: end.Offset}
			l.leaders[key] = p.Leader
		}
	}
	l.askPolicies(ctx)
	return errors.Join(wrong...)
}

// why explains why the brokers don't answer: the cause, the setting, the remedy.
func (l *log) why(err error) error {
	if known := l.known(err); known.Error() != err.Error() {
		return known
	}
	return fmt.Errorf("%w; see whether KAFKA_BROKERS and the settings beside it are right, and the brokers are up and open to this machine", err)
}

func (l *log) known(err error) error {
	if l.explain == nil {
		return err
	}
	return l.explain(err)
}

// askPolicies finds out which topics are compacted. A topic whose settings may not
// be read is taken not to be.
func (l *log) askPolicies(ctx context.Context) {
	configs, err := l.admin.DescribeTopicConfigs(ctx, l.topics...)
	if err != nil {
		return
	}
	for _, c := range configs {
		for _, entry := range c.Configs {
			if entry.Key == "cleanup.policy" && strings.Contains(entry.MaybeValue(), "compact") {
				l.compacted[c.Name] = true
			}
		}
	}
}

// heard records a last stable offset.
func (l *log) heard(key kafka.TopicPartition, stable int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.extents[key].stable = max(l.extents[key].stable, stable)
}

// refresh asks for the last stable offsets again where a transaction was open.
func (l *log) refresh(ctx context.Context) error {
	open := slices.ContainsFunc(l.keys(), func(k kafka.TopicPartition) bool { return l.extents[k].stable < l.extents[k].end })
	if !open {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	stables, err := l.admin.ListCommittedOffsets(ctx, l.topics...)
	if err != nil {
		return fmt.Errorf("the brokers can't be asked for the last stable offsets of %v: %w", l.topics, l.why(err))
	}
	for _, key := range l.keys() {
		if o, ok := stables.Lookup(key.Topic, key.Partition); ok && o.Err == nil {
			l.heard(key, o.Offset)
		}
	}
	return nil
}

// keys are the partitions, in order.
func (l *log) keys() []kafka.TopicPartition {
	var keys []kafka.TopicPartition
	for key := range l.extents {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, kafka.TopicPartition.Compare)
	return keys
}

// giveUp records from which offset on a partition couldn't be read, and why.
func (l *log) giveUp(u Unread) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.unread[u.TopicPartition]; !known {
		l.unread[u.TopicPartition] = u
	}
}

func (l *log) gaveUp(key kafka.TopicPartition) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.unread[key]
	return known
}
