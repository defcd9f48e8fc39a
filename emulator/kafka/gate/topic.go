package gate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/kafka/topicconfig"
)

// The broker would apply these to compacted topics too, and to every record that lies
// before an expired one. It keeps them under other names, and package kafka holds them.
const ownPrefix = "emulator."

var ownSettings = []string{topicconfig.RetentionMs, topicconfig.RetentionBytes}

// stored is the name under which the broker keeps a setting.
func stored(name string) string {
	if slices.Contains(ownSettings, name) {
		return ownPrefix + name
	}
	return name
}

// trimmed is a checked value as the broker keeps it: it doesn't allow for space around it.
func trimmed(value *string) *string {
	if value == nil {
		return nil
	}
	v := strings.TrimSpace(*value)
	return &v
}

// Topic is what the settings of a topic say.
type Topic struct {
	Compact, Delete bool          // how the log is cleaned
	Retention       time.Duration // of records; negative is for ever
	RetentionBytes  int64         // of a partition; negative is unbounded

	stamp         bool           // records have the broker's time
	after, before int64          // milliseconds that a record's time may differ from the broker's
	compressor    kgo.Compressor // nil without codec, or if the producer's stays
	codec         int16          // of the log; negative is the producer's
}

// newTopic reads settings, which have been checked.
func newTopic(d Defaults, configs map[string]*string) *Topic {
	text := func(name string) string { return strings.TrimSpace(effective(d, configs, name)) }
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(text(name), 10, 64) // checked
		return n
	}
	policy := topicconfig.List(text(topicconfig.CleanupPolicy))
	t := &Topic{
		Compact:        slices.Contains(policy, "compact"),
		Delete:         slices.Contains(policy, "delete"),
		Retention:      milliseconds(number(topicconfig.RetentionMs)),
		RetentionBytes: number(topicconfig.RetentionBytes),
		stamp:          text(topicconfig.TimestampType) == "LogAppendTime",
		after:          number(topicconfig.TimestampAfterMax),
		before:         number(topicconfig.TimestampBeforeMax),
	}
	t.codec, t.compressor = compression(text(topicconfig.CompressionType), func(name string) int { return int(number(name)) })
	return t
}

// milliseconds is a duration of so many, or the longest there is.
func milliseconds(n int64) time.Duration {
	const longest = int64(1<<63-1) / int64(time.Millisecond)
	return time.Duration(min(n, longest)) * time.Millisecond
}

// effective returns the value of a setting: the topic's, the broker's or Apache Kafka's.
func effective(d Defaults, configs map[string]*string, name string) string {
	for _, key := range []string{stored(name), name} {
		if v := configs[key]; v != nil {
			return *v
		}
	}
	if v, ok := d[name]; ok {
		return v
	}
	s, _ := topicconfig.Find(name)
	return s.Default
}

// compression returns the codec that a log has; negative for the producer's.
func compression(kind string, level func(setting string) int) (int16, kgo.Compressor) {
	var codec kgo.CompressionCodec
	var number kgo.CompressionCodecType
	switch kind {
	case "producer":
		return -1, nil
	case "uncompressed":
		return int16(kgo.CodecNone), nil
	case "gzip":
		codec, number = kgo.GzipCompression(), kgo.CodecGzip
		if n := level(topicconfig.GzipLevel); n > 0 {
			codec = codec.WithLevel(n)
		}
	case "snappy":
		codec, number = kgo.SnappyCompression(), kgo.CodecSnappy
	case "lz4":
		codec, number = kgo.Lz4Compression().WithLevel(1<<(8+min(level(topicconfig.Lz4Level), 9))), kgo.CodecLz4
	case "zstd":
		codec, number = kgo.ZstdCompression().WithLevel(zstdSpeed(level(topicconfig.ZstdLevel))), kgo.CodecZstd
	}
	compressor, err := kgo.DefaultCompressor(codec)
	if err != nil {
		return -1, nil
	}
	return int16(number), compressor
}

// zstdSpeed is the level of the Go library for one of zstd's.
func zstdSpeed(level int) int {
	switch {
	case level < 3:
		return 1
	case level < 7:
		return 2
	case level < 10:
		return 3
	}
	return 4
}
