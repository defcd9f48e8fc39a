package kafkalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tallystream/tallystream/shared/kafka"
)

// An Incarnation is a partition from an offset on, after its log had lost what
// stood there and was read: the offsets come again, with other records.
type Incarnation struct {
	From int64 `json:"from"` // where the log had ended
	// Epoch is the leader epoch of the first record from there on. It is above
	// that of the incarnation before.
	Epoch int32 `json:"epoch"`
}

// History is the incarnations of a partition whose log lost its end, by rising
// From. A log that never did has none.
type History []Incarnation

// Add returns the history after another loss. What an earlier incarnation held
// beyond it is gone.
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

// ID is the topic id of the record at an offset: the topic's own, and behind a
// loss the leader epoch with it, as in <uuid>/7. A drain that is killed and
// repeated finds the same one, because Kafka's log has all that it is made of.
func (h History) ID(topicID string, offset int64) string {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].From <= offset {
			return fmt.Sprintf("%s/%d", topicID, h[i].Epoch)
		}
	}
	return topicID
}

// At is the topic id of the last record below a mark, or where there is none, of
// the one that comes next.
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

// LostBelow reports whether the log lost what was read below an offset, and
// from where on. Kafka tells by leader epochs: the log of the epoch in which
// the last record was read ends before it.
func (e EpochEnd) LostBelow(next int64, l Extent) (from int64, lost bool) {
	if e.Asked && e.End >= l.First && e.End < next {
		return e.End, true
	}
	return 0, false
}

// EpochEnds asks where the leader epochs of a topic's partitions end. A broker
// that can't tell is no error.
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
