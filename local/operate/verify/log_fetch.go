package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/shared/kafka"
)

const (
	fetchMaxBytes = 1 << 20                // of a broker's answer, unless a single batch is larger
	fetchMaxWait  = 500 * time.Millisecond // of a broker that has no records
	fetchPause    = 200 * time.Millisecond // between tries
	// emptyAnswers is the number of answers without a batch, from a broker whose log
	// is longer, after which the rest of the partition is taken to have no batches.
	emptyAnswers = 3
)

// A logCut says that a log is shorter than when the audit began.
type logCut struct{ end int64 }

func (e *logCut) Error() string { return fmt.Sprintf("its log ends at offset %d now", e.end) }

// unreadable says that the rest of a partition can't be read.
type unreadable struct{ cause error }

func (e *unreadable) Error() string { return e.cause.Error() }

// errGone says that Kafka has deleted the records that were to be read.
var errGone = errors.New("the records were deleted while the audit read")

// read calls visit with the records of a partition, and the markers of
// transactions, from one offset up to, and without, another, in order, until visit
// returns false. It fetches from the broker itself, because a consumer can't tell an
// end from a broker that doesn't answer. It returns the offset that it reached.
func (l *log) read(ctx context.Context, key kafka.TopicPartition, from, end int64, isolation kgo.IsolationLevel, visit func(*kgo.Record) bool) (reached int64, err error) {
	empty := 0
	for position := from; position < end; {
		answer, next, err := l.fetch(ctx, key, position, isolation)
		var cut *logCut
		switch {
		case ctx.Err() != nil:
			return position, ctx.Err()
		case errors.As(err, &cut):
			return position, err
		case err != nil:
			return position, &unreadable{l.why(err)}
		}
		if answer.HighWatermark < end {
			return position, &logCut{answer.HighWatermark}
		}
		for _, r := range answer.Records {
			if r.Offset >= end {
				return end, nil
			}
			if r.Offset >= position && !visit(r) {
				return r.Offset + 1, nil
			}
		}
		if next > position {
			position, empty = next, 0
			continue
		}
		if empty++; empty == emptyAnswers {
			return end, nil // the rest is compacted, or of aborted transactions
		}
		if err := pause(ctx); err != nil {
			return position, err
		}
	}
	return end, nil
}

// fetch asks the broker that leads a partition for the records from an offset on,
// until it answers or stall has passed.
func (l *log) fetch(ctx context.Context, key kafka.TopicPartition, offset int64, isolation kgo.IsolationLevel) (kgo.FetchPartition, int64, error) {
	waiting, cancel := context.WithTimeout(ctx, l.stall)
	defer cancel()
	for {
		answer, next, err := l.fetchOnce(waiting, key, offset, isolation)
		switch {
		case err == nil:
			return answer, next, nil
		case ctx.Err() != nil:
			return answer, 0, ctx.Err()
		case errors.Is(err, kerr.OffsetOutOfRange):
			return answer, 0, l.outOfRange(waiting, key, offset, err)
		case forGood(err):
			return answer, 0, err
		}
		if pause(waiting) != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				err = errors.New("the broker doesn't answer")
			}
			return answer, 0, fmt.Errorf("%w (tried for %v)", err, l.stall)
		}
		l.findLeader(waiting, key)
	}
}

// forGood reports whether the broker would give the same error again.
func forGood(err error) bool {
	var refusal *kerr.Error
	return errors.As(err, &refusal) && !refusal.Retriable
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(fetchPause):
		return nil
	}
}

func (l *log) fetchOnce(ctx context.Context, key kafka.TopicPartition, offset int64, isolation kgo.IsolationLevel) (answer kgo.FetchPartition, next int64, err error) {
	p := kmsg.NewFetchRequestTopicPartition()
	p.Partition, p.FetchOffset, p.PartitionMaxBytes = key.Partition, offset, fetchMaxBytes
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic, topic.TopicID, topic.Partitions = key.Topic, l.ids[key.Topic], append(topic.Partitions, p)
	request := kmsg.NewPtrFetchRequest()
	request.MaxWaitMillis, request.MinBytes, request.MaxBytes = int32(fetchMaxWait.Milliseconds()), 1, fetchMaxBytes
	request.SessionEpoch = -1 // no session
	if isolation == kgo.ReadCommitted() {
		request.IsolationLevel = 1
	}
	request.Topics = append(request.Topics, topic)
	l.mu.Lock()
	leader := l.leaders[key]
	l.mu.Unlock()
	reply, err := l.client.Broker(int(leader)).RetriableRequest(ctx, request)
	if err != nil {
		return answer, 0, err
	}
	r := reply.(*kmsg.FetchResponse)
	if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
		return answer, 0, err
	}
	if len(r.Topics) != 1 || len(r.Topics[0].Partitions) != 1 {
		return answer, 0, fmt.Errorf("the broker answers about %d topics, not 1", len(r.Topics))
	}
	answer, next = kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{
		KeepControlRecords: true, Offset: offset, IsolationLevel: isolation, Topic: key.Topic, Partition: key.Partition,
	}, &r.Topics[0].Partitions[0], l.unpack, nil)
	if answer.Err == nil {
		l.heard(key, answer.LastStableOffset)
	}
	return answer, next, answer.Err
}

// outOfRange returns the error for an offset before the start or after the end of
// the log.
func (l *log) outOfRange(ctx context.Context, key kafka.TopicPartition, offset int64, err error) error {
	switch end, endErr := l.endNow(ctx, key); {
	case endErr != nil:
		return err
	case end < offset:
		return &logCut{end}
	}
	return errGone
}

// endNow is the end of a partition's log.
func (l *log) endNow(ctx context.Context, key kafka.TopicPartition) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	ends, err := l.admin.ListEndOffsets(ctx, key.Topic)
	if err != nil {
		return 0, fmt.Errorf("the brokers can't be asked for the end of %s: %w", key, l.why(err))
	}
	o, ok := ends.Lookup(key.Topic, key.Partition)
	if !ok {
		return 0, fmt.Errorf("the brokers can't be asked for the end of %s: %w", key, kerr.UnknownTopicOrPartition)
	}
	return o.Offset, o.Err
}

// findLeader finds out which broker leads a partition now. If no broker says, the
// leader that is known stays.
func (l *log) findLeader(ctx context.Context, key kafka.TopicPartition) {
	details, err := l.admin.ListTopics(ctx, key.Topic)
	if err != nil {
		return
	}
	if p, ok := details[key.Topic].Partitions[key.Partition]; ok && p.Leader >= 0 && details[key.Topic].ID == l.ids[key.Topic] {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.leaders[key] = p.Leader
	}
}
