// Package kafka names places of a Kafka log, in the same way for everyone: a
// partition of a topic, and a record's position in it. It talks to no broker.
package kafka

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// A TopicPartition names a partition of a topic. A topic that is deleted and made
// again has another id.
//
// A broker that lost the end of a log gives its offsets again, to other records.
// The records from there on are another incarnation of the partition: their
// TopicID is the topic's with the leader epoch from which they stand in the log
// behind it, as in 5f8e…/7.
type TopicPartition struct {
	Topic string `bigquery:"kafka_topic" db:"kafka_topic" json:"topic"`
	// TopicID is a UUID in lower case; empty where the broker gives none, and
	// where the topic is meant whatever its id.
	TopicID   string `bigquery:"kafka_topic_id" db:"kafka_topic_id" json:"topic_id"`
	Partition int32  `bigquery:"kafka_partition" db:"kafka_partition" json:"partition"`
}

// A Position is where a record stands.
type Position struct {
	TopicPartition
	Offset int64
}

// TopicID is a topic's id as the tables hold it: empty for the zero id, which a
// broker without ids gives.
func TopicID[ID ~[16]byte](id ID) string {
	if id == (ID{}) {
		return ""
	}
	return uuid.UUID(id).String()
}

// String is topic[partition], with the leader epoch of another incarnation.
func (p TopicPartition) String() string {
	if _, epoch, another := strings.Cut(p.TopicID, "/"); another {
		return fmt.Sprintf("%s[%d] from leader epoch %s on", p.Topic, p.Partition, epoch)
	}
	return fmt.Sprintf("%s[%d]", p.Topic, p.Partition)
}

// Key is topic/partition.
func (p TopicPartition) Key() string { return fmt.Sprintf("%s/%d", p.Topic, p.Partition) }

// Base is the partition that the broker knows, of which p is an incarnation.
func (p TopicPartition) Base() TopicPartition {
	p.TopicID, _, _ = strings.Cut(p.TopicID, "/")
	return p
}

// WithoutID is the partition without its topic's id.
func (p TopicPartition) WithoutID() TopicPartition {
	p.TopicID = ""
	return p
}

// Epoch is the leader epoch from which an incarnation stands in the log; -1 for
// the first.
func (p TopicPartition) Epoch() int64 {
	_, text, another := strings.Cut(p.TopicID, "/")
	if !another {
		return -1
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Compare orders by topic, topic id, partition and incarnation.
func (p TopicPartition) Compare(q TopicPartition) int {
	a, b := p.Base(), q.Base()
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.TopicID, b.TopicID), cmp.Compare(a.Partition, b.Partition),
		cmp.Compare(p.Epoch(), q.Epoch()), cmp.Compare(p.TopicID, q.TopicID))
}
