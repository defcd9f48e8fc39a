package verify

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// A log is what Kafka held when the audit began.
type log struct {
	options []kgo.Opt
	extents map[Key]extent
}

// extent is from the first offset that a partition still holds to before the end
// of what was decided (no transaction is open) when the audit began.
type extent struct{ first, end int64 }

// end is before which offset records must be counted. Nothing is on its way any
// more of a topic that is gone; anything may be where Kafka wasn't asked.
func (l *log) end(key Key) int64 {
	e, known := l.extents[key]
	switch {
	case known:
		return e.end
	case len(l.extents) == 0:
		return 0
	}
	return math.MaxInt64
}

// kafkaTimeout bounds the questions to the brokers.
const kafkaTimeout = 15 * time.Second

// openLog asks the brokers for the offsets of the topics' partitions.
func openLog(ctx context.Context, options []kgo.Opt, topics []string) (*log, error) {
	l := &log{options: options, extents: map[Key]extent{}}
	if len(topics) == 0 {
		return l, nil
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	admin := kadm.NewClient(client)
	details, err := admin.ListTopics(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("list Kafka's topics %v: %w", topics, err)
	}
	starts, err := admin.ListStartOffsets(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("list the first offsets of %v: %w", topics, err)
	}
	ends, err := admin.ListCommittedOffsets(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("list the last offsets of %v: %w", topics, err)
	}
	for _, topic := range topics {
		d, ok := details[topic]
		if !ok || d.Err != nil {
			return nil, fmt.Errorf("topic %q can't be read: %w; correct KAFKA_TOPICS", topic, cmp.Or(d.Err, error(kerr.UnknownTopicOrPartition)))
		}
		for number := range d.Partitions {
			first, firstOK := starts.Lookup(topic, number)
			end, endOK := ends.Lookup(topic, number)
			if !firstOK || !endOK || first.Err != nil || end.Err != nil {
				return nil, fmt.Errorf("the offsets of %s[%d] can't be read: the broker that leads it doesn't answer", topic, number)
			}
			l.extents[Key{topic, topicID(d.ID), int64(number)}] = extent{first.Offset, end.Offset}
		}
	}
	return l, nil
}

// topicID is the id as the tables hold it: empty where the broker gives none.
func topicID(id kadm.TopicID) string {
	if id == (kadm.TopicID{}) {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

// anyBetween reports whether a partition holds a record from an offset on.
func (l *log) anyBetween(ctx context.Context, from map[Key]int64) (bool, error) {
	for key, e := range l.extents {
		span := Span{From: max(from[key], e.first), End: e.end}
		content, err := l.look(ctx, key, []Span{span}, 1)
		if err != nil {
			return false, err
		}
		if content[0].records > 0 {
			return true, nil
		}
	}
	return false, nil
}

// A Span is the offsets from From to before End.
type Span struct{ From, End int64 }

// content is what Kafka holds of a span.
type content struct {
	records int64 // that a reader of committed records gets
	markers int64 // of transactions
	missing []int64
}

const (
	// near is how far ahead reading goes on instead of jumping.
	near = 2000
	// silence ends the wait for records of a span that holds none: a broker
	// answers at once while there is anything to read.
	silence = 2 * time.Second
	// namedOffsets is how many missing offsets of a span are kept.
	namedOffsets = 5
)

// look reads spans of a partition, which rise, up to most records each.
func (l *log) look(ctx context.Context, key Key, spans []Span, most int64) ([]content, error) {
	found := make([]content, len(spans))
	var client *kgo.Client
	stop := func() {
		if client != nil {
			client.Close()
			client = nil
		}
	}
	defer stop()
	position := int64(-1)
	var waiting []*kgo.Record
	for i, span := range spans {
		if span.From >= span.End {
			continue
		}
		if client == nil || span.From-position > near {
			stop()
			var err error
			if client, err = l.reader(key, span.From); err != nil {
				return nil, err
			}
			position, waiting = span.From, nil
		}
		for position < span.End && found[i].records < most {
			if len(waiting) == 0 {
				polled, err := poll(ctx, client)
				if err != nil {
					return nil, fmt.Errorf("read %s from offset %d on: %w", key, position, err)
				}
				if waiting = polled; len(waiting) == 0 {
					position = span.End // nothing is left there
					break
				}
			}
			r := waiting[0]
			if r.Offset >= span.End {
				position = r.Offset
				break
			}
			waiting, position = waiting[1:], r.Offset+1
			if r.Offset >= span.From {
				found[i].take(r)
			}
		}
	}
	return found, nil
}

func (c *content) take(r *kgo.Record) {
	if r.Attrs.IsControl() {
		c.markers++
		return
	}
	c.records++
	if len(c.missing) < namedOffsets {
		c.missing = append(c.missing, r.Offset)
	}
}

func (l *log) reader(key Key, from int64) (*kgo.Client, error) {
	client, err := kgo.NewClient(append(l.options[:len(l.options):len(l.options)],
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{key.Topic: {int32(key.Number): kgo.NewOffset().At(from)}}),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(),
	)...)
	if err != nil {
		return nil, fmt.Errorf("client that reads Kafka: %w", err)
	}
	return client, nil
}

// poll returns the next records, or none once it has been silent.
func poll(ctx context.Context, client *kgo.Client) ([]*kgo.Record, error) {
	quiet, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	fetches := client.PollRecords(quiet, near)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if records := fetches.Records(); len(records) > 0 {
		return records, nil
	}
	if quiet.Err() == nil {
		return nil, fetches.Err()
	}
	return nil, nil
}
