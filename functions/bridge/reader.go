package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/decompress"
	"github.com/tallystream/tallystream/shared/kafka"
)

// reader reads the partitions of a drain from where they begin.
type reader struct {
	config       Config
	client       *kgo.Client // nil until there is a partition to read
	decompressor *decompress.Decompressor
}

func newReader(c Config) *reader {
	return &reader{config: c, decompressor: decompress.New(max(2*c.InflightBytes, leastDecompressed))}
}

// readerOptions are those of clients that read records.
func readerOptions(c Config, d *decompress.Decompressor) []kgo.Opt {
	return append(clientOptions(c),
		kgo.WithDecompressor(d),
		kgo.WithPools(d),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), // aborted records are no votes
		kgo.KeepControlRecords(),                     // they move the position on
		kgo.FetchMaxBytes(fetchMaxBytes),
		kgo.FetchMaxPartitionBytes(fetchMaxPartitionBytes),
		kgo.FetchMaxWait(fetchMaxWait),
	)
}

// add begins to read partitions.
func (r *reader) add(parts map[kafka.TopicPartition]*partition) (err error) {
	if len(parts) == 0 {
		return nil
	}
	offsets := map[string]map[int32]kgo.Offset{}
	for at, p := range parts {
		if offsets[at.Topic] == nil {
			offsets[at.Topic] = map[int32]kgo.Offset{}
		}
		offsets[at.Topic][at.Partition] = kgo.NewOffset().At(p.position)
	}
	if r.client != nil {
		r.client.AddConsumePartitions(offsets)
		return nil
	}
	r.client, err = kgo.NewClient(append(readerOptions(r.config, r.decompressor), kgo.ConsumePartitions(offsets))...)
	if err != nil {
		return fmt.Errorf("client that reads Kafka: %w", err)
	}
	return nil
}

// stop reads no more of a partition.
func (r *reader) stop(p *partition) {
	r.client.PauseFetchPartitions(map[string][]int32{p.Topic: {p.Partition}})
}

// poll waits for records until a time, or until it is woken, and has each
// partition's taken. It reports whether there were any, or will be once those
// before are taken. Taken records are valid until take returns.
func (r *reader) poll(ctx context.Context, until time.Time, woken wake, take func(kgo.FetchTopicPartition)) (records bool) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	if r.client == nil {
		select {
		case <-woken:
		case <-ctx.Done():
		}
		return false
	}
	polled, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-woken:
			cancel()
		case <-polled:
		}
	}()
	fetches := r.client.PollRecords(ctx, pollRecords)
	close(polled)
	<-ended // or it could take the token of something that happens later

	full := false
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		defer recycle(f.Records)
		if errors.Is(f.Err, decompress.ErrFull) {
			full = true // the client asks again once others are taken
			return
		}
		records = records || f.Err == nil && len(f.Records) > 0
		take(f)
	})
	if full && r.client.BufferedFetchRecords() == 0 {
		r.decompressor.Forget(time.Now().Add(-quiet))
	}
	return records || full
}

// recycle gives back the memory of records.
func recycle(records []*kgo.Record) {
	for _, r := range records {
		r.Recycle()
	}
}

// close ends the reading.
func (r *reader) close() {
	if r.client != nil {
		r.client.Close()
	}
	r.decompressor.Close()
}
