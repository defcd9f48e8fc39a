// Package kafkatest is what the settings of a topic have to do, on this broker and on
// Apache Kafka alike.
package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/emulator/kafka/topicconfig"
)

// patience is with what Apache Kafka does in moments on an idle machine.
const patience = 5 * time.Minute

// Broker is a broker of one node.
type Broker struct {
	Seeds []string
	// Whole is a broker that takes every setting; the other one refuses some by name.
	Whole bool
}

func (b Broker) client(t testing.TB, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(b.Seeds...)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// topic makes a topic of one partition with settings, "name=value" each.
func (b Broker) topic(t testing.TB, name string, settings ...string) {
	t.Helper()
	admin := kadm.NewClient(b.client(t))
	got, err := admin.CreateTopic(t.Context(), 1, 1, configs(settings...), name)
	if err := errors.Join(err, got.Err); err != nil {
		t.Fatalf("create topic %s with %s: %v, %s", name, settings, err, got.ErrMessage)
	}
	b.await(t, admin, name)
}

// await waits until the broker leads a topic's partition: Apache Kafka's broker learns of a
// topic after it was made.
func (b Broker) await(t testing.TB, admin *kadm.Client, topic string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		ends, err := admin.ListEndOffsets(ctx, topic)
		if one, ok := ends.Lookup(topic, 0); err == nil && ok && one.Err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("topic %s has no leader: %v", topic, errors.Join(err, ends.Error()))
		}
	}
}

// configs reads settings, "name=value" each.
func configs(settings ...string) map[string]*string {
	m := map[string]*string{}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		m[name] = &value
	}
	return m
}

// Contract tests the settings of topics. Topics' names begin with prefix.
func Contract(t *testing.T, b Broker, prefix string) {
	t.Run("described", func(t *testing.T) { described(t, b, prefix+"described") })
	t.Run("values", func(t *testing.T) { values(t, b, prefix+"values") })
	t.Run("changes", func(t *testing.T) { changes(t, b, prefix+"changes") })
	t.Run("append time", func(t *testing.T) { appendTime(t, b, prefix+"append-time") })
	t.Run("codecs", func(t *testing.T) { codecs(t, b, prefix+"codecs-") })
	t.Run("refused records", func(t *testing.T) { refusedRecords(t, b, prefix+"refused-") })
	t.Run("one partition of several", func(t *testing.T) { onePartition(t, b, prefix+"one-") })
}

// described: every setting that there is, with its type and default, in order.
func described(t *testing.T, b Broker, topic string) {
	b.topic(t, topic, "retention.ms=5000")
	got := describe(t, b, topic)
	type setting struct {
		Name, Default string
		Type          kmsg.ConfigType
	}
	var want, have []setting
	for _, s := range topicconfig.All {
		want = append(want, setting{s.Name, s.Default, s.Type})
	}
	for _, c := range got {
		have = append(have, setting{c.Name, defaultOf(c), c.ConfigType})
		if c.Name == topicconfig.RetentionMs {
			if *c.Value != "5000" || c.Source != kmsg.ConfigSourceDynamicTopicConfig {
				t.Errorf("retention.ms is %s from %v, want the topic's 5000", *c.Value, c.Source)
			}
		}
	}
	slices.SortFunc(have, func(a, b setting) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(want, func(a, b setting) int { return strings.Compare(a.Name, b.Name) })
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// defaultOf is Apache Kafka's default of a setting. Kafka doesn't tell it of some settings
// that the topic says.
func defaultOf(c kmsg.DescribeConfigsResponseResourceConfig) string {
	if n := len(c.ConfigSynonyms); n > 0 && c.ConfigSynonyms[n-1].Source == kmsg.ConfigSourceDefaultConfig {
		return *c.ConfigSynonyms[n-1].Value
	}
	if c.Source == kmsg.ConfigSourceDefaultConfig {
		return *c.Value
	}
	s, _ := topicconfig.Find(c.Name)
	return s.Default
}

// describe returns all settings of a topic.
func describe(t testing.TB, b Broker, topic string) []kmsg.DescribeConfigsResponseResourceConfig {
	t.Helper()
	resource := kmsg.NewDescribeConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeTopic, topic
	r := kmsg.NewPtrDescribeConfigsRequest()
	r.IncludeSynonyms = true
	r.Resources = append(r.Resources, resource)
	got, err := r.RequestWith(t.Context(), b.client(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := kerr.ErrorForCode(got.Resources[0].ErrorCode); err != nil {
		t.Fatal(err)
	}
	return got.Resources[0].Configs
}

// some are settings with values that Apache Kafka takes, and with some that it refuses.
var some = []struct {
	name        string
	good        []string
	bad         []string
	onlyDefault bool // what this broker takes
}{
	{name: "cleanup.policy", good: []string{"compact", "delete", "compact, delete", "delete,delete", ""}, bad: []string{"burn"}},
	{name: "compression.type", good: []string{"uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"}, bad: []string{"brotli", "GZIP"}},
	{name: "compression.gzip.level", good: []string{"-1", "1", "9"}, bad: []string{"0", "10"}},
	{name: "compression.lz4.level", good: []string{"1", "17"}, bad: []string{"0", "18"}},
	{name: "compression.zstd.level", good: []string{"-7", "22"}, bad: []string{"23"}},
	{name: "delete.retention.ms", good: []string{"0", "1000"}, bad: []string{"-1", "soon"}},
	{name: "file.delete.delay.ms", good: []string{"0"}, bad: []string{"-1"}},
	{name: "flush.messages", good: []string{"1"}, bad: []string{"0"}, onlyDefault: true},
	{name: "flush.ms", good: []string{"0"}, bad: []string{"-1"}, onlyDefault: true},
	{name: "follower.replication.throttled.replicas", good: []string{"*", "0:1,1:1", ""}, bad: []string{"all"}},
	{name: "index.interval.bytes", good: []string{"0"}, bad: []string{"-1"}},
	{name: "leader.replication.throttled.replicas", good: []string{"*", "0:1"}, bad: []string{"0"}},
	{name: "local.retention.bytes", bad: []string{"-3"}},
	{name: "local.retention.ms", bad: []string{"-3"}},
	{name: "max.compaction.lag.ms", good: []string{"1000"}, bad: []string{"0"}, onlyDefault: true},
	{name: "max.message.bytes", good: []string{"0", " 2000000 "}, bad: []string{"-1", "3000000000", "1e3"}},
	{name: "message.timestamp.after.max.ms", good: []string{"0", "1000"}, bad: []string{"-1"}},
	{name: "message.timestamp.before.max.ms", good: []string{"0", "1000"}, bad: []string{"-1"}},
	{name: "message.timestamp.type", good: []string{"CreateTime", "LogAppendTime"}, bad: []string{"logappendtime", "Now"}},
	{name: "min.cleanable.dirty.ratio", good: []string{"0", "1"}, bad: []string{"1.5", "-0.1", "x"}, onlyDefault: true},
	{name: "min.compaction.lag.ms", good: []string{"1000"}, bad: []string{"-1"}, onlyDefault: true},
	{name: "min.insync.replicas", good: []string{"1", "2"}, bad: []string{"0"}},
	{name: "preallocate", good: []string{"true", "FALSE"}, bad: []string{"yes"}},
	{name: "remote.log.copy.disable", bad: []string{"no"}},
	{name: "remote.log.delete.on.disable", bad: []string{"no"}},
	{name: "remote.storage.enable", bad: []string{"no"}},
	{name: "retention.bytes", good: []string{"-1", "0", "1000"}, bad: []string{"1k"}},
	{name: "retention.ms", good: []string{"-1", "0", "1000"}, bad: []string{"-2", "1s"}},
	{name: "segment.bytes", good: []string{"1048576"}, bad: []string{"1024", "3000000000"}},
	{name: "segment.index.bytes", good: []string{"4"}, bad: []string{"3"}},
	{name: "segment.jitter.ms", good: []string{"1000"}, bad: []string{"-1"}},
	{name: "segment.ms", good: []string{"1000"}, bad: []string{"0"}},
	{name: "unclean.leader.election.enable", good: []string{"true"}, bad: []string{"1"}},
	{name: "message.format.version", bad: []string{"3.0"}},
	{name: "no.such.setting", bad: []string{"1"}},
	{name: "kfake.is_internal", bad: []string{"true"}},
	{name: "emulator.retention.ms", bad: []string{"1"}},
}

// values: every setting is taken with the values that Apache Kafka takes, or refused by its
// name, by each request that sets it.
func values(t *testing.T, b Broker, topic string) {
	b.topic(t, topic)
	admin := kadm.NewClient(b.client(t))
	ask := map[string]func(kadm.AlterConfig) (say string, err error){
		"CreateTopics": func(c kadm.AlterConfig) (string, error) {
			got, err := admin.ValidateCreateTopics(t.Context(), 1, 1, map[string]*string{c.Name: c.Value}, topic+"-more")
			one := got[topic+"-more"]
			return one.ErrMessage, errors.Join(err, one.Err)
		},
		"AlterConfigs": func(c kadm.AlterConfig) (string, error) {
			got, err := admin.ValidateAlterTopicConfigsState(t.Context(), []kadm.AlterConfig{c}, topic)
			return got[0].ErrMessage, errors.Join(err, got[0].Err)
		},
		"IncrementalAlterConfigs": func(c kadm.AlterConfig) (string, error) {
			got, err := admin.ValidateAlterTopicConfigs(t.Context(), []kadm.AlterConfig{c}, topic)
			return got[0].ErrMessage, errors.Join(err, got[0].Err)
		},
	}
	asked := map[string]bool{}
	for _, s := range some {
		asked[s.name] = true
		for request, set := range ask {
			for _, v := range s.good {
				say, err := set(kadm.AlterConfig{Op: kadm.SetConfig, Name: s.name, Value: &v})
				switch refused := s.onlyDefault && !b.Whole; {
				case refused && !(errors.Is(err, kerr.InvalidConfig) && strings.Contains(say, s.name)):
					t.Errorf("%s with %s=%s: %v, %q; want %v that names it", request, s.name, v, err, say, kerr.InvalidConfig)
				case !refused && err != nil:
					t.Errorf("%s with %s=%s: %v, %q", request, s.name, v, err, say)
				}
			}
			for _, v := range s.bad {
				if say, err := set(kadm.AlterConfig{Op: kadm.SetConfig, Name: s.name, Value: &v}); !errors.Is(err, kerr.InvalidConfig) || !strings.Contains(say, s.name) {
					t.Errorf("%s with %s=%s: %v, %q; want %v that names it", request, s.name, v, err, say, kerr.InvalidConfig)
				}
			}
			if d, ok := topicconfig.Find(s.name); ok {
				if say, err := set(kadm.AlterConfig{Op: kadm.SetConfig, Name: s.name, Value: &d.Default}); err != nil {
					t.Errorf("%s with %s=%s, its default: %v, %q", request, s.name, d.Default, err, say)
				}
			}
		}
	}
	for _, s := range topicconfig.All {
		if !asked[s.Name] {
			t.Errorf("no value of %s is tried", s.Name)
		}
	}
}

// changes: what is set, added to a list, taken from it and deleted is what is described,
// and a change that is refused changes nothing.
func changes(t *testing.T, b Broker, topic string) {
	b.topic(t, topic, "retention.ms=1000", "cleanup.policy=compact")
	b.topic(t, topic+"-other")
	admin := kadm.NewClient(b.client(t))
	value := func(v string) *string { return &v }
	for _, step := range []struct {
		op    kadm.IncrementalOp
		name  string
		value *string
		topic string // besides topic
		err   error
		want  string // settings of the topic afterwards
	}{
		{op: kadm.AppendConfig, name: "cleanup.policy", value: value("delete"), want: "cleanup.policy=compact,delete retention.ms=1000"},
		{op: kadm.AppendConfig, name: "cleanup.policy", value: value("burn"), err: kerr.InvalidConfig, want: "cleanup.policy=compact,delete retention.ms=1000"},
		{op: kadm.SubtractConfig, name: "cleanup.policy", value: value("compact"), want: "cleanup.policy=delete retention.ms=1000"},
		{op: kadm.AppendConfig, name: "retention.ms", value: value("1"), err: kerr.InvalidConfig, want: "cleanup.policy=delete retention.ms=1000"},
		{op: kadm.DeleteConfig, name: "retention.ms", want: "cleanup.policy=delete"},
		{op: kadm.SetConfig, name: "retention.bytes", value: value("9"), want: "cleanup.policy=delete retention.bytes=9"},
	} {
		got, err := admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Op: step.op, Name: step.name, Value: step.value}}, topic)
		if err != nil {
			t.Fatal(err)
		}
		if !errors.Is(got[0].Err, step.err) {
			t.Errorf("%v %s %v: %v %s, want %v", step.op, step.name, step.value, got[0].Err, got[0].ErrMessage, step.err)
		}
		has(t, b, topic, step.want)
	}
	// Of two topics in one request, one is refused and the other made.
	r := kmsg.NewPtrCreateTopicsRequest()
	for name, config := range map[string]string{topic + "-good": "1000", topic + "-bad": "x"} {
		c := kmsg.NewCreateTopicsRequestTopicConfig()
		c.Name, c.Value = "retention.ms", &config
		one := kmsg.NewCreateTopicsRequestTopic()
		one.Topic, one.NumPartitions, one.ReplicationFactor = name, 1, 1
		one.Configs = append(one.Configs, c)
		r.Topics = append(r.Topics, one)
	}
	got, err := r.RequestWith(t.Context(), b.client(t))
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]error{}
	for _, one := range got.Topics {
		answers[one.Topic] = kerr.ErrorForCode(one.ErrorCode)
	}
	if answers[topic+"-good"] != nil || answers[topic+"-bad"] != kerr.InvalidConfig || len(answers) != 2 {
		t.Errorf("two topics in one request: %v, want one made and one refused", answers)
	}
	b.await(t, admin, topic+"-good")
	has(t, b, topic+"-good", "retention.ms=1000")
}

// has waits until a topic has settings of its own: Apache Kafka's broker learns of a change
// after it was made.
func has(t *testing.T, b Broker, topic, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for have := ""; ; {
		if have = set(describe(t, b, topic)); have == want {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the topic has %q, want %q", have, want)
		}
	}
}

// set are the settings of a topic's own, in order.
func set(all []kmsg.DescribeConfigsResponseResourceConfig) string {
	var list []string
	for _, c := range all {
		if c.Source == kmsg.ConfigSourceDynamicTopicConfig {
			list = append(list, fmt.Sprintf("%s=%s", c.Name, *c.Value))
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}
