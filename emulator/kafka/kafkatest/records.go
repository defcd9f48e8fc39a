package kafkatest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const createTime, logAppendTime = 0, 1 // types of a record's timestamp

// read reads n records of a topic from its start.
func read(t testing.TB, b Broker, topic string, n int) []*kgo.Record {
	t.Helper()
	return Consume(t, b.client(t, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())), n)
}

// Consume reads n records of what a client consumes.
func Consume(t testing.TB, c *kgo.Client, n int) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var list []*kgo.Record
	for len(list) < n {
		got := c.PollFetches(ctx)
		if err := got.Err(); err != nil {
			t.Fatalf("after %d of %d records: %v", len(list), n, err)
		}
		list = append(list, got.Records()...)
	}
	return list
}

// appendTime: the broker's time stands in place of the producer's where the topic says so,
// for every codec, and offsets are found by it.
func appendTime(t *testing.T, b Broker, topic string) {
	old, start := time.UnixMilli(2), time.Now().Truncate(time.Millisecond)
	all := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	for kind, wantType := range map[string]int8{"CreateTime": createTime, "LogAppendTime": logAppendTime} {
		name := topic + "-" + kind
		// Kafka deletes records by their time, which here is of 1970, unless they are kept for ever.
		b.topic(t, name, "message.timestamp.type="+kind, "retention.ms=-1")
		for _, codec := range all {
			c := b.client(t, kgo.ProducerBatchCompression(codec))
			one := &kgo.Record{Topic: name, Value: []byte(kind), Timestamp: old}
			two := &kgo.Record{Topic: name, Value: []byte(kind), Timestamp: old.Add(time.Hour)}
			if err := c.ProduceSync(t.Context(), one, two).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range read(t, b, name, 2*len(all)) {
			stamped := r.Timestamp.Compare(start) >= 0 && r.Timestamp.Compare(time.Now()) <= 0
			if r.Attrs.TimestampType() != wantType || stamped != (wantType == logAppendTime) {
				t.Errorf("%s: offset %d has the time %v of type %d", kind, r.Offset, r.Timestamp, r.Attrs.TimestampType())
			}
		}
		found, err := kadm.NewClient(b.client(t)).ListOffsetsAfterMilli(t.Context(), start.UnixMilli(), name)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{"CreateTime": int64(2 * len(all)), "LogAppendTime": 0}[kind] // the end, or the start
		if o, _ := found.Lookup(name, 0); o.Offset != want {
			t.Errorf("%s: the first record since the test began has offset %d, want %d", kind, o.Offset, want)
		}
	}
}

// codecs: a log has the codec that its topic says, or the producer's.
func codecs(t *testing.T, b Broker, prefix string) {
	const snappy = 2
	for name, want := range map[string]uint8{"producer": snappy, "uncompressed": 0, "gzip": 1, "snappy": snappy, "lz4": 3, "zstd": 4} {
		b.topic(t, prefix+name, "compression.type="+name)
		c := b.client(t, kgo.ProducerBatchCompression(kgo.SnappyCompression()))
		value := make([]byte, 1000)
		if err := c.ProduceSync(t.Context(), &kgo.Record{Topic: prefix + name, Key: []byte("k"), Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		r := read(t, b, prefix+name, 1)[0]
		if r.Attrs.CompressionType() != want || len(r.Value) != len(value) || string(r.Key) != "k" {
			t.Errorf("compression.type=%s: codec %d, %d bytes; want codec %d, %d bytes", name, r.Attrs.CompressionType(), len(r.Value), want, len(value))
		}
	}
}

// refusedRecords: records that the settings of a topic don't admit.
func refusedRecords(t *testing.T, b Broker, prefix string) {
	now := time.Now()
	for _, test := range []struct {
		name, setting string
		record        kgo.Record
		err           error
	}{
		{"future", "message.timestamp.after.max.ms=3600000", kgo.Record{Timestamp: now.Add(2 * time.Hour)}, kerr.InvalidTimestamp},
		{"future-allowed", "message.timestamp.after.max.ms=86400000", kgo.Record{Timestamp: now.Add(2 * time.Hour)}, nil},
		{"past", "message.timestamp.before.max.ms=1000", kgo.Record{Timestamp: now.Add(-time.Hour)}, kerr.InvalidTimestamp},
		{"past-allowed", "message.timestamp.before.max.ms=86400000", kgo.Record{Timestamp: now.Add(-time.Hour)}, nil},
		{"stamped", "message.timestamp.type=LogAppendTime", kgo.Record{Timestamp: now.Add(2 * time.Hour)}, nil},
		{"keyless", "cleanup.policy=compact", kgo.Record{}, kerr.InvalidRecord},
		{"keyed", "cleanup.policy=compact", kgo.Record{Key: []byte("k")}, nil},
		{"replicas", "min.insync.replicas=2", kgo.Record{}, nil}, // of one that there is
		{"large", "max.message.bytes= 1000 ", kgo.Record{Value: make([]byte, 2000)}, kerr.MessageTooLarge},
	} {
		topic := prefix + test.name
		b.topic(t, topic, test.setting)
		c := b.client(t, kgo.DisableIdempotentWrite(), kgo.RecordRetries(100), kgo.ProducerBatchCompression(kgo.NoCompression()))
		r := test.record
		r.Topic = topic
		if err := c.ProduceSync(t.Context(), &r).FirstErr(); !errors.Is(err, test.err) {
			t.Errorf("%s, with %s: %v, want %v", test.name, test.setting, err, test.err)
		}
	}
}

// onePartition: what is refused of a request leaves the rest of it.
func onePartition(t *testing.T, b Broker, prefix string) {
	b.topic(t, prefix+"compact", "cleanup.policy=compact")
	b.topic(t, prefix+"plain")
	// Records that linger go in one request.
	c := b.client(t, kgo.ProducerLinger(200*time.Millisecond), kgo.RecordRetries(100))
	for range 2 { // the second time, the producer goes on from its sequence
		got := c.ProduceSync(t.Context(),
			&kgo.Record{Topic: prefix + "compact", Value: []byte("no key")},
			&kgo.Record{Topic: prefix + "plain", Value: []byte("taken")})
		for _, one := range got {
			want := error(nil)
			if one.Record.Topic == prefix+"compact" {
				want = kerr.InvalidRecord
			}
			if !errors.Is(one.Err, want) {
				t.Errorf("record for %s: %v, want %v", one.Record.Topic, one.Err, want)
			}
		}
	}
	if got := read(t, b, prefix+"plain", 2); got[0].Offset != 0 || got[1].Offset != 1 || got[1].Attrs.TimestampType() != createTime {
		t.Errorf("records at %d and %d, want 0 and 1", got[0].Offset, got[1].Offset)
	}
}
