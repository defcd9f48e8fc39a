package bridge

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tallystream/tallystream/shared/kafka"
)

// incarnation is a partition from an offset on, after its log had lost what
// stood there and was read: the offsets come again, with other records.
type incarnation struct {
	From int64 `json:"from"` // where the log had ended
	// Epoch is the leader epoch of the first record from there on. It is above
	// that of the incarnation before.
	Epoch int32 `json:"epoch"`
}

// history is the incarnations of a partition whose log lost its end, by rising
// From. A log that never did has none.
type history []incarnation

// add returns the history after another loss. What an earlier incarnation held
// beyond it is gone.
func (h history) add(from int64, epoch int32) history {
	var after history
	for _, i := range h {
		epoch = max(epoch, i.Epoch+1)
		if i.From < from {
			after = append(after, i)
		}
	}
	return append(after, incarnation{From: from, Epoch: epoch})
}

// id is the topic id of the record at an offset: the topic's own, and behind a
// loss the leader epoch with it, as in <uuid>/7. A drain that is killed and
// repeated finds the same one, because Kafka's log has all that it is made of.
func (h history) id(topicID string, offset int64) string {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].From <= offset {
			return fmt.Sprintf("%s/%d", topicID, h[i].Epoch)
		}
	}
	return topicID
}

// at is the topic id of the last record below a mark, or where there is none, of
// the one that comes next.
func (h history) at(topicID string, m mark) string {
	if m.follows >= 0 {
		return h.id(topicID, m.follows)
	}
	return h.id(topicID, m.next)
}

// epochEnd is a broker's answer on a leader epoch.
type epochEnd struct {
	asked bool  // whether it is an answer
	epoch int32 // the greatest that the log has up to the one asked for; -1 for none
	end   int64 // first offset behind it; -1 where the epoch is unknown
}

// lostBelow reports whether the log lost what was read below an offset, and
// from where on. Kafka tells by leader epochs: the log of the epoch in which
// the last record was read ends before it.
func (e epochEnd) lostBelow(next int64, l extent) (from int64, lost bool) {
	if e.asked && e.end >= l.first && e.end < next {
		return e.end, true
	}
	return 0, false
}

// epochEnds asks where the leader epochs of a topic's partitions end. A broker
// that can't tell is no error.
func (d *loop) epochEnds(ctx context.Context, topic string, epochs map[int32]int32) (map[int32]epochEnd, error) {
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
	err := anyBroker(ctx, func() (err error) {
		if answers, err = d.admin.OffsetForLeaderEpoch(ctx, request); partial(err) {
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
	ends := map[int32]epochEnd{}
	for partition := range request[topic] {
		a, ok := answers[topic][partition]
		if !ok {
			a.Err = errors.New("the broker that leads it doesn't answer")
		}
		if a.Err != nil {
			return nil, fmt.Errorf("%s: ask for the end of leader epoch %d: %w", kafka.TopicPartition{Topic: topic, Partition: partition}, request[topic][partition], a.Err)
		}
		ends[partition] = epochEnd{asked: true, epoch: a.LeaderEpoch, end: a.EndOffset}
	}
	return ends, nil
}
