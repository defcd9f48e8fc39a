// Package topicconfig knows the settings of a topic: Apache Kafka's names, types, defaults
// and ranges, and which of them this broker honours.
//
// A setting is honoured, or holds by itself on one node, or is refused unless it says what
// Apache Kafka takes without it. Source: org.apache.kafka.storage.internals.log.LogConfig
// of Kafka 4.1, which a test in local/test/apachekafka compares.
package topicconfig

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The settings that the broker acts on.
const (
	CleanupPolicy      = "cleanup.policy"
	CompressionType    = "compression.type"
	GzipLevel          = "compression.gzip.level"
	Lz4Level           = "compression.lz4.level"
	ZstdLevel          = "compression.zstd.level"
	MaxMessageBytes    = "max.message.bytes"
	TimestampType      = "message.timestamp.type"
	TimestampAfterMax  = "message.timestamp.after.max.ms"
	TimestampBeforeMax = "message.timestamp.before.max.ms"
	RetentionBytes     = "retention.bytes"
	RetentionMs        = "retention.ms"
)

// Setting is one setting of a topic.
type Setting struct {
	Name    string
	Default string // Apache Kafka's
	Type    kmsg.ConfigType

	check   func(value string) string // the type and the range, as Kafka has them
	refused string                    // why only the default is taken; empty takes all
}

var maxLong = strconv.FormatInt(math.MaxInt64, 10)

const (
	noRemote  = "there is no remote storage"
	noSync    = "files aren't synced"
	noWaiting = "compaction doesn't wait"
)

// All are Apache Kafka's settings of a topic, in order.
var All = []Setting{
	{Name: CleanupPolicy, Default: "delete", Type: kmsg.ConfigTypeList, check: listOf("compact", "delete")},
	{Name: GzipLevel, Default: "-1", Type: kmsg.ConfigTypeInt, check: gzipLevel},
	{Name: Lz4Level, Default: "9", Type: kmsg.ConfigTypeInt, check: integer(32, 1, 17)},
	{Name: CompressionType, Default: "producer", Type: kmsg.ConfigTypeString, check: oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")},
	{Name: ZstdLevel, Default: "3", Type: kmsg.ConfigTypeInt, check: integer(32, -131072, 22)},
	{Name: "delete.retention.ms", Default: "86400000", Type: kmsg.ConfigTypeLong, check: integer(64, 0, math.MaxInt64)},
	{Name: "file.delete.delay.ms", Default: "60000", Type: kmsg.ConfigTypeLong, check: integer(64, 0, math.MaxInt64)},
	{Name: "flush.messages", Default: maxLong, Type: kmsg.ConfigTypeLong, check: integer(64, 1, math.MaxInt64), refused: noSync},
	{Name: "flush.ms", Default: maxLong, Type: kmsg.ConfigTypeLong, check: integer(64, 0, math.MaxInt64), refused: noSync},
	{Name: "follower.replication.throttled.replicas", Type: kmsg.ConfigTypeList, check: replicas},
	{Name: "index.interval.bytes", Default: "4096", Type: kmsg.ConfigTypeInt, check: integer(32, 0, math.MaxInt32)},
	{Name: "leader.replication.throttled.replicas", Type: kmsg.ConfigTypeList, check: replicas},
	{Name: "local.retention.bytes", Default: "-2", Type: kmsg.ConfigTypeLong, check: integer(64, -2, math.MaxInt64), refused: noRemote},
	{Name: "local.retention.ms", Default: "-2", Type: kmsg.ConfigTypeLong, check: integer(64, -2, math.MaxInt64), refused: noRemote},
	{Name: "max.compaction.lag.ms", Default: maxLong, Type: kmsg.ConfigTypeLong, check: integer(64, 1, math.MaxInt64), refused: noWaiting},
	{Name: MaxMessageBytes, Default: "1048588", Type: kmsg.ConfigTypeInt, check: integer(32, 0, math.MaxInt32)},
	{Name: TimestampAfterMax, Default: "3600000", Type: kmsg.ConfigTypeLong, check: integer(64, 0, math.MaxInt64)},
	{Name: TimestampBeforeMax, Default: maxLong, Type: kmsg.ConfigTypeLong, check: integer(64, 0, math.MaxInt64)},
	{Name: TimestampType, Default: "CreateTime", Type: kmsg.ConfigTypeString, check: oneOf("CreateTime", "LogAppendTime")},
	{Name: "min.cleanable.dirty.ratio", Default: "0.5", Type: kmsg.ConfigTypeDouble, check: ratio, refused: noWaiting},
	{Name: "min.compaction.lag.ms", Default: "0", Type: kmsg.ConfigTypeLong, check: integer(64, 0, math.MaxInt64), refused: noWaiting},
	{Name: "min.insync.replicas", Default: "1", Type: kmsg.ConfigTypeInt, check: integer(32, 1, math.MaxInt32)},
	{Name: "preallocate", Default: "false", Type: kmsg.ConfigTypeBoolean, check: boolean},
	{Name: "remote.log.copy.disable", Default: "false", Type: kmsg.ConfigTypeBoolean, check: boolean, refused: noRemote},
	{Name: "remote.log.delete.on.disable", Default: "false", Type: kmsg.ConfigTypeBoolean, check: boolean, refused: noRemote},
	{Name: "remote.storage.enable", Default: "false", Type: kmsg.ConfigTypeBoolean, check: boolean, refused: noRemote},
	{Name: RetentionBytes, Default: "-1", Type: kmsg.ConfigTypeLong, check: integer(64, math.MinInt64, math.MaxInt64)},
	{Name: RetentionMs, Default: "604800000", Type: kmsg.ConfigTypeLong, check: integer(64, -1, math.MaxInt64)},
	{Name: "segment.bytes", Default: "1073741824", Type: kmsg.ConfigTypeInt, check: integer(32, 1<<20, math.MaxInt32)},
	{Name: "segment.index.bytes", Default: "10485760", Type: kmsg.ConfigTypeInt, check: integer(32, 4, math.MaxInt32)},
	{Name: "segment.jitter.ms", Default: "0", Type: kmsg.ConfigTypeLong, check: integer(64, 0, math.MaxInt64)},
	{Name: "segment.ms", Default: "604800000", Type: kmsg.ConfigTypeLong, check: integer(64, 1, math.MaxInt64)},
	{Name: "unclean.leader.election.enable", Default: "false", Type: kmsg.ConfigTypeBoolean, check: boolean},
}

// Find returns the setting of a name; false if Apache Kafka has none.
func Find(name string) (Setting, bool) {
	i := slices.IndexFunc(All, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return All[i], true
}

// Check returns what is wrong with a value of a setting, in Kafka's words where Kafka has
// them; nothing if the broker honours it.
func Check(name string, value *string) string {
	s, ok := Find(name)
	if !ok {
		return "Unknown topic config name: " + name
	}
	if value == nil {
		return "Null value not supported for topic configs: " + name
	}
	v := strings.TrimSpace(*value)
	if problem := s.check(v); problem != "" {
		return fmt.Sprintf("Invalid value %s for configuration %s: %s", *value, name, problem)
	}
	if s.refused != "" && v != s.Default {
		return fmt.Sprintf("The emulator doesn't support %s=%s, since %s: leave it out, or say %s", name, *value, s.refused, s.Default)
	}
	return ""
}
