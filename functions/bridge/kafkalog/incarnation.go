package kafkalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tallystream/tallystream/shared/kafka"
)

// An Incarnation is what the log of a partition holds from an offset on, after it
// lost what was read there. The broker gives these offsets again, to other records.
type Incarnation struct {
	From int64 `json:"from"` // where the log ended after the loss
	// Epoch is the leader epoch of the first record at From or after. It is greater
	// than that of the incarnation before.
	Epoch int32 `json:"epoch"`
}

// A History is the incarnations of a partition, by rising From. It is empty where
// the log never lost its end.
type History []Incarnation

// Add returns the history after another loss, at from. The incarnations that began
// at from or after are gone.
func (h History) Add(from int64, epoch int32) History {
	var after History
	for _, i := range h {
		epoch = max(epoch, i.Epoch+1)
		if i.From < from {
			after = append(after, i)
		}
	}
	return append(after, Incarnation{From: from, Epoch: epoch})
}

// ID is the topic id of the record at an offset: the topic's own; after a loss the
// leader epoch follows it, as in <uuid>/7. A drain that repeats a killed one finds
// the same id, because it is made of Kafka's log alone.
func (h History) ID(topicID string, offset int64) string {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].From <= offset {
			return fmt.Sprintf("%s/%d", topicID, h[i].Epoch)
		}
	}
	return topicID
}

// At is the topic id of the last record below a mark. Where there is none, it is
// that of the next record.
func (h History) At(topicID string, m Mark) string {
	if m.Follows >= 0 {
		return h.ID(topicID, m.Follows)
	}
	return h.ID(topicID, m.Next)
}

// An EpochEnd is a broker's answer on a leader epoch.
type EpochEnd struct {
	Asked bool  // whether it is an answer
	Epoch int32 // the greatest that the log has up to the one asked for; -1 for none
	End   int64 // first offset after it; -1 where the epoch is unknown
}

// LostBelow reports whether the log lost what was read below an offset, and from
// where on. The answer is that of the leader epoch in which the last record was
// read: the log has lost it where the epoch ends before it.
func (e EpochEnd) LostBelow(next int64, l Extent) (from int64, lost bool) {
	if e.Asked && e.End >= l.First && e.End < next {
		return e.End, true
	}
	return 0, false
}

// EpochEnds asks where leader epochs of a topic end, by partition. A broker that is
// too old to tell gives no answers, and no error.
func EpochEnds(ctx context.Context, admin *kadm.Client, topic string, epochs map[int32]int32) (map[int32]EpochEnd, error) {
	request := kadm.OffsetForLeaderEpochRequest{}
	for partition, epoch := range epochs {
		if epoch >= 0 {
			request.Add(topic, partition, epoch)
		}
	}
	if len(request) == 0 {
		return nil, nil
	}
	var answers kadm.OffsetsForLeaderEpochs
	err := AnyBroker(ctx, func() (err error) {
		if answers, err = admin.OffsetForLeaderEpoch(ctx, request); partial(err) {
			err = nil
		}
		return err
	})
	if errors.Is(err, kerr.UnsupportedVersion) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask for the ends of leader epochs of topic %q: %w", topic, err)
	}
	ends := map[int32]EpochEnd{}
	for partition := range request[topic] {
		a, ok := answers[topic][partition]
		if !ok {
			a.Err = errors.New("the broker that leads it doesn't answer")
		}
		if a.Err != nil {
			return nil, fmt.Errorf("%s: ask for the end of leader epoch %d: %w", kafka.TopicPartition{Topic: topic, Partition: partition}, request[topic][partition], a.Err)
		}
		ends[partition] = EpochEnd{Asked: true, Epoch: a.LeaderEpoch, End: a.EndOffset}
	}
	return ends, nil
}
