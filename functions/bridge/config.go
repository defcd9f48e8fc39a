package bridge

import (
	"slices"
	"time"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/electionfile"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/logging"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// Config is what the bridge needs to know.
type Config struct {
	Cloud endpoint.Cloud
	Kafka endpoint.Kafka
	// Connect (KAFKA_CONNECT_SECONDS) is how long the first drain of a process tries to reach
	// a Kafka that doesn't answer. Later drains try for ten seconds at most. 0 is ten seconds.
	Connect time.Duration

	Topics      []string // KAFKA_TOPICS to read; the index of a topic in the list decides its shards
	Group       string   // KAFKA_GROUP that offsets are committed to; nobody may join it
	PubSubTopic string   // PUBSUB_TOPIC that messages are published to

	Drain time.Duration // DRAIN_SECONDS: how long a drain reads
	Idle  drain.Idle    // IDLE_SECONDS and the hours of the election: when it ends before that
	// ReportInterval (REPORT_SECONDS) is how often a drain reports how far the
	// logs reach. Whether the count is complete is known no sooner.
	ReportInterval time.Duration
	Linger         time.Duration // LINGER_MS: how long a record waits for others to share its message

	BatchRecords  int // BATCH_RECORDS: most records of a message
	BatchBytes    int // BATCH_BYTES: most bytes of a message before compression
	InflightBytes int // INFLIGHT_BYTES: most bytes read and not yet acknowledged
}

// ConfigFrom reads a Config from an environment. The error names everything
// that is wrong.
func ConfigFrom(getenv func(string) string) (Config, error) {
	env := config.From(getenv)
	c := Config{
		Cloud:          endpoint.CloudFrom(env),
		Kafka:          endpoint.KafkaFrom(env),
		Connect:        env.Duration("KAFKA_CONNECT_SECONDS", kafkaTimeout, time.Second, time.Second, 50*time.Second),
		Topics:         env.List("KAFKA_TOPICS", "voters", "votes"),
		Group:          env.String("KAFKA_GROUP", "tallystream"),
		PubSubTopic:    env.String("PUBSUB_TOPIC", "kafka-records"),
		Drain:          env.Duration("DRAIN_SECONDS", 55*time.Second, time.Second, time.Second, time.Hour),
		Linger:         env.Duration("LINGER_MS", 25*time.Millisecond, time.Millisecond, 0, 10*time.Second),
		ReportInterval: env.Duration("REPORT_SECONDS", 10*time.Second, time.Second, time.Second, time.Hour),
		BatchRecords:   env.Int("BATCH_RECORDS", 5000, 1, recordbatch.MaxRecords),
		BatchBytes:     env.Int("BATCH_BYTES", 1<<20, 1<<10, recordbatch.MaxBuilt-recordbatch.MaxValue),
		InflightBytes:  env.Int("INFLIGHT_BYTES", 16<<20, 1<<20, 1<<30),
	}
	c.Idle = drain.IdleFrom(env, electionfile.From(env))
	slices.Sort(c.Topics)
	c.Topics = slices.Compact(c.Topics)
	logging.Level(env) // logging.Default takes it
	return c, env.Err()
}
