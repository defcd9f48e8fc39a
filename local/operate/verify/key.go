package verify

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A Key names a partition of a topic, or an incarnation of it. A topic that is
// deleted and created again has another id. If a broker lost the end of a log and
// gave its offsets to other records, these are another incarnation of the partition.
// Their id is the topic's with the leader epoch since which they are in the log, as
// in 5f8e…/7.
type Key struct {
	Topic   string `bigquery:"kafka_topic" json:"topic"`
	TopicID string `bigquery:"kafka_topic_id" json:"topic_id"`
	Number  int64  `bigquery:"kafka_partition" json:"partition"`
}

func (k Key) String() string {
	if _, epoch, anew := strings.Cut(k.TopicID, "/"); anew {
		return fmt.Sprintf("%s[%d] from leader epoch %s on", k.Topic, k.Number, epoch)
	}
	return fmt.Sprintf("%s[%d]", k.Topic, k.Number)
}

// base is the partition that Kafka knows, of which this is an incarnation.
func (k Key) base() Key {
	k.TopicID, _, _ = strings.Cut(k.TopicID, "/")
	return k
}

// epoch is the leader epoch since which an incarnation is in the log; -1 for the
// first.
func (k Key) epoch() int64 {
	_, text, anew := strings.Cut(k.TopicID, "/")
	if !anew {
		return -1
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func compareKeys(a, b Key) int {
	x, y := a.base(), b.base()
	return cmp.Or(cmp.Compare(x.Topic, y.Topic), cmp.Compare(x.TopicID, y.TopicID), cmp.Compare(x.Number, y.Number),
		cmp.Compare(a.epoch(), b.epoch()), cmp.Compare(a.TopicID, b.TopicID))
}
