package apachekafka

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/kafka/kafkatest"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// Everything that can happen to a topic on one node. Each test has its own topics.
func TestOneNode(t *testing.T) {
	t.Parallel()
	c := start(t, 1, map[string]string{"message.max.bytes": "4000000"}, nil)
	for name, test := range map[string]func(*testing.T, *cluster){
		"hanging transaction":   hangingTransaction,
		"aborted transactions":  abortedTransactions,
		"topic made anew":       madeAnew,
		"more partitions":       morePartitions,
		"retention":             retention,
		"compaction":            compaction,
		"log append time":       logAppendTime,
		"settings of topics":    topicSettings,
		"codecs":                codecs,
		"a megabyte and a byte": megabyte,
		"a hundred partitions":  hundredPartitions,
	} {
		t.Run(name, func(t *testing.T) {
			own := *c
			own.t = t
			test(t, &own)
		})
	}
}

// transaction writes values in a transaction, and leaves it open.
func (c *cluster) transaction(t testing.TB, id, topic string, values ...string) *kgo.Client {
	t.Helper()
	client := c.client(kgo.TransactionalID(id), kgo.TransactionTimeout(10*time.Minute))
	if err := client.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: []byte(v)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	return client
}

func (c *cluster) end(t testing.TB, client *kgo.Client, how kgo.TransactionEndTry) {
	t.Helper()
	if err := client.EndTransaction(t.Context(), how); err != nil {
		t.Fatal(err)
	}
	client.Close()
}

func hangingTransaction(t *testing.T, c *cluster) {
	c.topic(t, "hanging", 1, nil)
	w := c.bridge("hanging")
	c.write(t, "hanging", 0, "before")
	dead := c.transaction(t, "dead-producer", "hanging", "open")
	c.write(t, "hanging", 0, numbered("behind-", 10)...)
	s := w.drain(t.Context(), t, catchUp)
	if s.CaughtUp || s.Lag != 11 || s.Records != 1 || len(s.Errors) > 0 {
		t.Errorf("summary = %+v", s)
	}
	says(t, s.Warnings, "hanging[0]: offsets 1 to 11 can't be read: they wait for the transaction of producer ",
		`transactional.id "dead-producer", from offset 1 on, begun 20`, "--topic hanging --partition 0 --start-offset 1", "10m0s after it began")
	last := w.reports[len(w.reports)-1]
	if last.LogEnd != 12 || last.LastStable != 1 || last.Next != 1 || !strings.Contains(last.Open, "dead-producer") {
		t.Errorf("reported %+v", last)
	}

	c.end(t, dead, kgo.TryAbort)
	w.catchUp(t)
	w.has(t, "hanging", append(numbered("behind-", 10), "before")...)
	w.chained(t, "hanging")
}

func abortedTransactions(t *testing.T, c *cluster) {
	c.topic(t, "aborted", 1, nil)
	w := c.bridge("aborted")
	c.end(t, c.transaction(t, "a", "aborted", "one", "two"), kgo.TryCommit)
	c.end(t, c.transaction(t, "b", "aborted", "never", "not"), kgo.TryAbort)
	w.catchUp(t)
	c.end(t, c.transaction(t, "c", "aborted", "nor this"), kgo.TryAbort)
	w.catchUp(t)
	c.end(t, c.transaction(t, "d", "aborted", "three"), kgo.TryCommit)
	w.catchUp(t)
	w.has(t, "aborted", "one", "two", "three")
	w.chained(t, "aborted")
}

func madeAnew(t *testing.T, c *cluster) {
	c.topic(t, "anew", 1, nil)
	w := c.bridge("anew")
	c.write(t, "anew", 0, numbered("old-", 3)...)
	w.catchUp(t)
	if _, err := c.admin.DeleteTopic(t.Context(), "anew"); err != nil {
		t.Fatal(err)
	}
	c.until(t.Context(), "the topic has gone", func() error {
		topics, err := c.admin.ListTopics(t.Context(), "anew")
		if err == nil && topics.Has("anew") {
			err = fmt.Errorf("it is there")
		}
		return err
	})
	c.topic(t, "anew", 1, nil)
	c.write(t, "anew", 0, numbered("new-", 5)...)
	s := w.drain(t.Context(), t, catchUp)
	if len(s.Errors) > 0 || s.Records != 5 || !s.CaughtUp {
		t.Errorf("summary = %+v", s)
	}
	w.has(t, "anew", append(numbered("old-", 3), numbered("new-", 5)...)...)
	w.chained(t, "anew")
}

// A partition that is added while a drain goes on is read in it.
func morePartitions(t *testing.T, c *cluster) {
	c.topic(t, "growing", 1, nil)
	c.topic(t, "unmade", 1, nil) // while a topic is missing, a drain looks twice a second
	if _, err := c.admin.DeleteTopic(t.Context(), "unmade"); err != nil {
		t.Fatal(err)
	}
	w := c.bridge("growing", "unmade")
	came := make(chan struct{}, 100)
	w.before = func(context.Context) error { came <- struct{}{}; return nil }
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan drain.BridgeSummary)
	go func() {
		done <- w.drain(ctx, t, drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline}})
	}()
	c.write(t, "growing", 0, "a")
	if _, err := c.admin.UpdatePartitions(t.Context(), 3, "growing"); err != nil {
		t.Fatal(err)
	}
	c.until(t.Context(), "the partitions have leaders", func() error {
		m, err := c.admin.ListTopics(t.Context(), "growing")
		if err == nil && len(m["growing"].Partitions) != 3 {
			err = fmt.Errorf("%d partitions", len(m["growing"].Partitions))
		}
		return err
	})
	c.write(t, "growing", 2, "b")
	w.await(t, "growing", 2, came)
	stop()
	if s := <-done; len(s.Errors) > 0 || s.Records != 2 {
		t.Errorf("summary = %+v", s)
	}
	w.has(t, "growing", "a", "b")
}

func retention(t *testing.T, c *cluster) {
	c.topic(t, "retained", 1, nil)
	w := c.bridge("retained")
	c.write(t, "retained", 0, numbered("read-", 4)...)
	w.catchUp(t)
	c.write(t, "retained", 0, numbered("unread-", 6)...)
	if _, err := c.admin.DeleteRecords(t.Context(), kadm.Offsets{"retained": {0: {Topic: "retained", At: 7}}}); err != nil {
		t.Fatal(err)
	}
	s := w.drain(t.Context(), t, catchUp)
	says(t, s.Warnings, "retained[0]: offsets 4 to 6 were deleted by the broker before they were read", "retention")
	if len(s.Errors) > 0 || s.Records != 3 || s.Lag != 0 {
		t.Errorf("summary = %+v", s)
	}
	w.has(t, "retained", append(numbered("read-", 4), "unread-3", "unread-4", "unread-5")...)
	w.chained(t, "retained")
	// Everything is deleted, and was read before: nothing is wrong.
	if _, err := c.admin.DeleteRecords(t.Context(), kadm.Offsets{"retained": {0: {Topic: "retained", At: 10}}}); err != nil {
		t.Fatal(err)
	}
	w.catchUp(t)
}

// Compaction leaves gaps in the offsets, also at the end of the log.
func compaction(t *testing.T, c *cluster) {
	c.topic(t, "compacted", 1, map[string]string{
		"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.001", "segment.ms": "200", "delete.retention.ms": "0",
		"min.compaction.lag.ms": "0", "max.compaction.lag.ms": "300",
	})
	client := c.client()
	write := func(key, value string) {
		t.Helper()
		r := &kgo.Record{Topic: "compacted", Key: []byte(key)}
		if value != "" {
			r.Value = []byte(value)
		}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	w := c.bridge("compacted")
	for i := range 5 {
		write("same", fmt.Sprint("same-", i))
	}
	write("other", "other")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c.until(ctx, "the log is compacted", func() error {
		write("tick", fmt.Sprint("tick-", time.Now().UnixNano())) // an active segment isn't compacted
		w := c.bridge("compacted")
		w.config.Group = fmt.Sprint("look-", time.Now().UnixNano())
		s := w.drain(ctx, t, catchUp)
		if len(s.Errors) > 0 {
			return fmt.Errorf("%q", s.Errors)
		}
		for _, v := range w.values(t, "compacted") {
			if v == "same-0" {
				return fmt.Errorf("%q is there", v)
			}
		}
		return nil
	})
	w.catchUp(t)
	w.chained(t, "compacted")
	got := strings.Join(w.values(t, "compacted"), " ")
	if !strings.Contains(got, "same-4") || !strings.Contains(got, "other") || strings.Contains(got, "same-0") {
		t.Errorf("carried %s", got)
	}
}

func logAppendTime(t *testing.T, c *cluster) {
	c.topic(t, "stamped", 1, map[string]string{"message.timestamp.type": "LogAppendTime"})
	client := c.client()
	sent := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	before := time.Now().Truncate(time.Millisecond)
	if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "stamped", Value: []byte("vote"), Timestamp: sent}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	w := c.bridge("stamped")
	w.catchUp(t)
	for _, r := range w.distinct(t, "stamped") {
		if at := time.UnixMilli(r.timestamp); at.Before(before) || at.After(time.Now()) {
			t.Errorf("carried the timestamp %v, want the broker's", at)
		}
	}
}

// The emulator does the same: emulator/kafka.
func topicSettings(t *testing.T, c *cluster) {
	kafkatest.Contract(t, kafkatest.Broker{Seeds: c.brokers("PLAIN"), Whole: true}, "settings-")
}

func codecs(t *testing.T, c *cluster) {
	c.topic(t, "codecs", 1, nil)
	var want []string
	for name, codec := range map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		client := c.client(kgo.ProducerBatchCompression(codec), kgo.ProducerLinger(50*time.Millisecond))
		var records []*kgo.Record
		for i := range 20 {
			value := fmt.Sprintf("%s-%d %s", name, i, strings.Repeat("vote ", 100))
			want = append(want, value)
			records = append(records, &kgo.Record{Topic: "codecs", Value: []byte(value)})
		}
		if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	w := c.bridge("codecs")
	w.catchUp(t)
	w.has(t, "codecs", want...)
	w.chained(t, "codecs")
}

// A record of the largest size is published whole. Of a larger one its beginning is
// published, with its size.
func megabyte(t *testing.T, c *cluster) {
	c.topic(t, "large", 1, nil)
	client := c.client(kgo.ProducerBatchMaxBytes(3_000_000), kgo.ProducerBatchCompression(kgo.NoCompression()))
	for _, size := range []int{recordbatch.MaxValue, recordbatch.MaxValue + 1} {
		if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "large", Value: bytes.Repeat([]byte("v"), size)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	c.write(t, "large", 0, "behind")
	w := c.bridge("large")
	w.catchUp(t)
	records := w.distinct(t, "large")
	if len(records) != 3 || len(records[0].value) != recordbatch.MaxValue || len(records[1].value) != recordbatch.TruncatedValue ||
		records[1].size != recordbatch.MaxValue+1 || records[2].value != "behind" {
		t.Errorf("%d records were carried", len(records))
	}
}

func hundredPartitions(t *testing.T, c *cluster) {
	c.topic(t, "wide", 100, nil)
	client := c.client(kgo.ProducerLinger(20 * time.Millisecond))
	var records []*kgo.Record
	var want []string
	for i := range 2000 {
		value := fmt.Sprint("vote-", i)
		want = append(want, value)
		records = append(records, &kgo.Record{Topic: "wide", Partition: int32(i % 100), Value: []byte(value)})
	}
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	w := c.bridge("wide")
	w.catchUp(t)
	w.has(t, "wide", want...)
	w.chained(t, "wide")
}
