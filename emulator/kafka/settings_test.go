package kafka_test

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/emulator/kafka/kafkatest"
)

// local/test/apachekafka has Apache Kafka do the same.
func TestTopicSettings(t *testing.T) {
	b := start(t, kafka.Options{})
	kafkatest.Contract(t, kafkatest.Broker{Seeds: []string{b.Addr()}}, "")
}

// Settings, and the broker's times, survive a restart. A change holds for what comes after
// it.
func TestSettingsSurviveRestart(t *testing.T) {
	o := kafka.Options{Dir: t.TempDir()}
	stamped := map[string]*string{"message.timestamp.type": kadm.StringPtr("LogAppendTime"), "retention.ms": kadm.StringPtr("3600000")}
	first := start(t, o)
	if _, err := kadm.NewClient(client(t, first)).CreateTopic(t.Context(), 1, 1, stamped, "votes"); err != nil {
		t.Fatal(err)
	}
	old := time.UnixMilli(2)
	produce(t, client(t, first), &kgo.Record{Topic: "votes", Value: []byte("one"), Timestamp: old})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, o)
	produce(t, client(t, second), &kgo.Record{Topic: "votes", Value: []byte("two"), Timestamp: old})
	for _, r := range kafkatest.Consume(t, client(t, second, kgo.ConsumeTopics("votes"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())), 2) {
		if r.Timestamp.Equal(old) || r.Attrs.TimestampType() != 1 {
			t.Errorf("%s has the time %v of type %d, want the broker's", r.Value, r.Timestamp, r.Attrs.TimestampType())
		}
	}
	back := []kadm.AlterConfig{{Op: kadm.DeleteConfig, Name: "message.timestamp.type"}}
	if got, err := kadm.NewClient(client(t, second)).AlterTopicConfigs(t.Context(), back, "votes"); err != nil || got[0].Err != nil {
		t.Fatal(got, err)
	}
	produce(t, client(t, second), &kgo.Record{Topic: "votes", Value: []byte("three"), Timestamp: old})
	all := kafkatest.Consume(t, client(t, second, kgo.ConsumeTopics("votes"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())), 3)
	if last := all[2]; !last.Timestamp.Equal(old) || last.Attrs.TimestampType() != 0 {
		t.Errorf("%s has the time %v of type %d, want the producer's", last.Value, last.Timestamp, last.Attrs.TimestampType())
	}
}

// What retention drops, and what it must not: the records before an old one, and those of
// a log that is only compacted.
func TestRetention(t *testing.T) {
	b := start(t, kafka.Options{})
	admin := kadm.NewClient(client(t, b))
	now := time.Now()
	hour := func(n int) time.Time { return now.Add(time.Duration(-n) * time.Hour) }
	want := map[string]int64{}
	for _, test := range []struct {
		name     string
		settings map[string]*string
		times    []time.Time
		start    int64
	}{
		{"old-first", map[string]*string{"retention.ms": kadm.StringPtr("7200000")}, []time.Time{hour(5), hour(4), hour(1), hour(0)}, 2},
		{"old-late", map[string]*string{"retention.ms": kadm.StringPtr("7200000")}, []time.Time{hour(1), hour(5), hour(0)}, 0},
		{"all-old", map[string]*string{"retention.ms": kadm.StringPtr("7200000")}, []time.Time{hour(5), hour(5)}, 2},
		{"for-ever", nil, []time.Time{hour(5), hour(0)}, 0},
		{"compacted", map[string]*string{"retention.ms": kadm.StringPtr("7200000"), "retention.bytes": kadm.StringPtr("1"), "cleanup.policy": kadm.StringPtr("compact")},
			[]time.Time{hour(5), hour(4), hour(3)}, 0},
		{"both", map[string]*string{"retention.ms": kadm.StringPtr("7200000"), "cleanup.policy": kadm.StringPtr("compact,delete")},
			[]time.Time{hour(5), hour(4), hour(1)}, 2},
		{"large", map[string]*string{"retention.bytes": kadm.StringPtr("2500")}, []time.Time{hour(0), hour(0), hour(0), hour(0)}, 1},
		{"one-large", map[string]*string{"retention.bytes": kadm.StringPtr("10")}, []time.Time{hour(0)}, 0},
	} {
		want[test.name] = test.start
		if got, err := admin.CreateTopic(t.Context(), 1, 1, test.settings, test.name); err != nil {
			t.Fatal(got.ErrMessage, err)
		}
		c := client(t, b, kgo.ProducerBatchCompression(kgo.NoCompression()))
		for i, at := range test.times {
			produce(t, c, &kgo.Record{Topic: test.name, Key: []byte{byte(i)}, Value: make([]byte, 800), Timestamp: at})
		}
	}
	if err := kafka.Clean(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	starts, err := admin.ListStartOffsets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for topic, offset := range want {
		if o, _ := starts.Lookup(topic, 0); o.Offset != offset {
			t.Errorf("the log of %s starts at offset %d, want %d", topic, o.Offset, offset)
		}
	}
}
