package gate

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// errNoAnswer ends the connection of a producer that asked for no answers, as Kafka does
// when it can't take a batch.
var errNoAnswer = errors.New("a batch was refused, and the producer wants no answer")

// partition of a topic, as a request names the topic.
type partition struct {
	topicKey
	number int32
}

// produce takes batches that the settings of their topics refuse out of a request, and
// writes those anew that are to be stamped or compressed.
func produce(g *Gate, request kmsg.Request) (changed bool, complete completion, err error) {
	r := request.(*kmsg.ProduceRequest)
	now := time.Now().UnixMilli()
	stamped := map[partition]bool{}
	var refused []kmsg.ProduceResponseTopic
	for i := range r.Topics {
		topic := &r.Topics[i]
		key := topicKey{topic.Topic, topic.TopicID}
		t := g.topic(key)
		if t == nil {
			continue // the broker says so
		}
		answer := kmsg.NewProduceResponseTopic()
		answer.Topic, answer.TopicID = topic.Topic, topic.TopicID
		kept := topic.Partitions[:0]
		for _, p := range topic.Partitions {
			batch, no := t.admit(p.Records, now)
			if no != nil {
				answer.Partitions = append(answer.Partitions, no.answer(p.Partition))
				continue
			}
			if batch != nil {
				p.Records, changed = batch, true
				stamped[partition{key, p.Partition}] = t.stamp
			}
			kept = append(kept, p)
		}
		if topic.Partitions = kept; len(answer.Partitions) > 0 {
			refused = append(refused, answer)
		}
	}
	switch {
	case len(refused) > 0 && r.Acks == 0:
		return false, nil, errNoAnswer
	case len(refused) == 0 && len(stamped) == 0:
		return changed, nil, nil
	}
	return changed || len(refused) > 0, func(response kmsg.Response) bool {
		completeProduce(response.(*kmsg.ProduceResponse), refused, stamped, now)
		return true
	}, nil
}

// completeProduce adds the refused batches, and the time of those that were stamped.
func completeProduce(r *kmsg.ProduceResponse, refused []kmsg.ProduceResponseTopic, stamped map[partition]bool, now int64) {
	for i := range r.Topics {
		t := &r.Topics[i]
		for j := range t.Partitions {
			if p := &t.Partitions[j]; p.ErrorCode == 0 && stamped[partition{topicKey{t.Topic, t.TopicID}, p.Partition}] {
				p.LogAppendTime = now
			}
		}
	}
	r.Topics = append(r.Topics, refused...)
}

func (no *refusal) answer(number int32) kmsg.ProduceResponseTopicPartition {
	p := kmsg.NewProduceResponseTopicPartition()
	p.Partition, p.ErrorCode, p.ErrorMessage = number, no.code.Code, &no.say
	p.BaseOffset, p.LogAppendTime, p.LogStartOffset = -1, -1, -1
	return p
}

// admit says whether the topic takes a batch now, in milliseconds. It returns the batch
// that is to be written in its place, or nil.
func (t *Topic) admit(batch []byte, now int64) ([]byte, *refusal) {
	if !hasHeader(batch) {
		return nil, nil // the broker refuses it
	}
	bits := attributes(batch)
	if bits&(appendTimeBit|stampedBit) != 0 {
		return nil, &refusal{kerr.InvalidTimestamp, "A producer can't say that times are the broker's."}
	}
	if last := maxTime(batch); !t.stamp && last > now && last-now > t.after {
		return nil, t.implausible(last, now)
	}
	recoded := t.stamp || t.codec >= 0 && t.codec != int16(bits&codecBits)
	if !recoded && !t.readsRecords() {
		return nil, nil
	}
	if !whole(batch) {
		return nil, nil // the broker refuses it
	}
	if no := t.checkRecords(batch, now); no != nil || !recoded {
		return nil, no
	}
	var stamp int64
	if t.stamp {
		stamp = now
	}
	out, err := t.recode(batch, stamp)
	if err != nil {
		return nil, &refusal{kerr.CorruptMessage, err.Error()}
	}
	return out, nil
}

// past says that the times of records may lie too far back.
func (t *Topic) past() bool { return !t.stamp && t.before != math.MaxInt64 }

// readsRecords says that the header of a batch doesn't say enough of its records.
func (t *Topic) readsRecords() bool { return t.past() || t.Compact }

// checkRecords checks the times and keys of records.
func (t *Topic) checkRecords(batch []byte, now int64) *refusal {
	if !t.readsRecords() {
		return nil
	}
	past := t.past()
	var b kmsg.RecordBatch
	if b.ReadFrom(batch) != nil {
		return nil // the broker refuses it
	}
	records, err := decode(b)
	if err != nil {
		return &refusal{kerr.CorruptMessage, err.Error()}
	}
	for _, r := range records {
		if at := b.FirstTimestamp + r.TimestampDelta64; past && at >= 0 && now-at > t.before {
			return t.implausible(at, now)
		}
		if t.Compact && r.Key == nil {
			return &refusal{kerr.InvalidRecord, "Compacted topic cannot accept message without key."}
		}
	}
	return nil
}

func (t *Topic) implausible(at, now int64) *refusal {
	return &refusal{kerr.InvalidTimestamp, fmt.Sprintf("Timestamp %d of message is out of range: it should be within [%d, %d], "+
		"by message.timestamp.before.max.ms and message.timestamp.after.max.ms.", at, now-min(t.before, now), now+min(t.after, math.MaxInt64-now))}
}
