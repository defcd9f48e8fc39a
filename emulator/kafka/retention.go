package kafka

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// cleanInterval is how often logs are compacted and cut.
const cleanInterval = 10 * time.Second

// cleanReadBytes is how much of a log that is too large is read at a time, to find where
// it is cut.
const cleanReadBytes = 32 << 20

// clean compacts logs and cuts them, as the settings of their topics say. It asks the
// broker as a client does.
func (b *Broker) clean(ctx context.Context) error {
	b.cluster.Compact()
	topics, err := b.admin.ListTopics(ctx)
	if err != nil {
		return fmt.Errorf("clean logs: %w", err)
	}
	for _, topic := range topics {
		t := b.gate.Topic(topic.Topic)
		if t == nil || !t.Delete {
			continue
		}
		if err := b.cutByTime(ctx, topic, t.Retention); err != nil {
			return fmt.Errorf("clean the log of %s: %w", topic.Topic, err)
		}
		if err := b.cutBySize(ctx, topic, t.RetentionBytes); err != nil {
			return fmt.Errorf("clean the log of %s: %w", topic.Topic, err)
		}
	}
	return nil
}

// cutByTime drops what lies before the first record that isn't older than kept.
func (b *Broker) cutByTime(ctx context.Context, topic kadm.TopicDetail, kept time.Duration) error {
	if kept < 0 {
		return nil
	}
	offsets, err := b.admin.ListOffsetsAfterMilli(ctx, time.Now().Add(-kept).UnixMilli(), topic.Topic)
	if err == nil {
		err = offsets.Error()
	}
	if err != nil {
		return err
	}
	cut := kadm.Offsets{}
	offsets.Each(func(o kadm.ListedOffset) {
		if p := b.cluster.PartitionInfo(o.Topic, o.Partition); p != nil && o.Offset > p.LogStartOffset {
			cut.AddOffset(o.Topic, o.Partition, o.Offset, -1)
		}
	})
	return b.cut(ctx, cut)
}

// cut drops the records before offsets.
func (b *Broker) cut(ctx context.Context, before kadm.Offsets) error {
	if len(before) == 0 {
		return nil
	}
	done, err := b.admin.DeleteRecords(ctx, before)
	if err != nil {
		return err
	}
	return done.Error()
}

// cutBySize drops the oldest batches of partitions that keep at least so many bytes without
// them.
func (b *Broker) cutBySize(ctx context.Context, topic kadm.TopicDetail, kept int64) error {
	if kept < 0 {
		return nil
	}
	for _, p := range b.cluster.PartitionInfos(topic.Topic) {
		for excess, start := p.NumBytes-kept, p.LogStartOffset; excess > 0; {
			batches, err := b.read(ctx, topic, p.Partition, start)
			if err != nil {
				return err
			}
			next, dropped := oldest(batches, start, excess)
			if next == start {
				break
			}
			cut := kadm.Offsets{}
			cut.AddOffset(topic.Topic, p.Partition, next, -1)
			if err := b.cut(ctx, cut); err != nil {
				return err
			}
			start, excess = next, excess-dropped
		}
	}
	return nil
}

// oldest returns the offset behind those of the batches that excess bytes hold, and their
// bytes.
func oldest(batches []byte, start, excess int64) (next, dropped int64) {
	const (
		atLength, beforeRecords = 8, 12
		atLastOffsetDelta       = 23
		header                  = 61
	)
	for len(batches) >= header {
		size := int64(binary.BigEndian.Uint32(batches[atLength:])) + beforeRecords
		if size < header || size > int64(len(batches)) || dropped+size > excess {
			break
		}
		dropped += size
		start = int64(binary.BigEndian.Uint64(batches)) + int64(binary.BigEndian.Uint32(batches[atLastOffsetDelta:])) + 1
		batches = batches[size:]
	}
	return start, dropped
}

// read returns batches of a partition from an offset on.
func (b *Broker) read(ctx context.Context, topic kadm.TopicDetail, number int32, from int64) ([]byte, error) {
	p := kmsg.NewFetchRequestTopicPartition()
	p.Partition, p.FetchOffset, p.PartitionMaxBytes = number, from, cleanReadBytes
	t := kmsg.NewFetchRequestTopic()
	t.Topic, t.TopicID = topic.Topic, topic.ID
	t.Partitions = append(t.Partitions, p)
	r := kmsg.NewPtrFetchRequest()
	r.MaxBytes, r.SessionEpoch = cleanReadBytes, -1
	r.Topics = append(r.Topics, t)
	got, err := b.client.Broker(0).RetriableRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	answer := got.(*kmsg.FetchResponse)
	if err := kerr.ErrorForCode(answer.ErrorCode); err != nil {
		return nil, err
	}
	if len(answer.Topics) == 0 || len(answer.Topics[0].Partitions) == 0 {
		return nil, nil
	}
	if err := kerr.ErrorForCode(answer.Topics[0].Partitions[0].ErrorCode); err != nil {
		return nil, err
	}
	return answer.Topics[0].Partitions[0].RecordBatches, nil
}

// newClient returns a client of the broker itself.
func newClient(addr string) (*kgo.Client, error) {
	return kgo.NewClient(kgo.SeedBrokers(addr), kgo.ClientID("emulator"))
}
