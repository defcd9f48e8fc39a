// Package bridge is the function that carries Kafka records to Pub/Sub. One
// invocation is a drain: it reads its share of the partitions from their last
// committed offsets on, packs the records of one partition into messages, and
// commits what has been published, until its deadline or until it has caught
// up.
//
// Partitions are assigned directly and offsets committed to a group that
// nobody joins, so that a drain that is killed leaves no member behind and the
// next begins to read at once. Delivery is at least once: two drains of one
// partition, or one that is killed, repeat records and lose none.
//
// Kafka's leader epochs tell where a log has lost what was read: records that come
// at the same offsets again are carried as those of another incarnation of their
// partition. What batches unfold to is bounded, however well they are compressed.
//
// It doesn't look into records.
package bridge

import "github.com/tallystream/tallystream/shared/function"

func init() { function.Register("bridge", ConfigFrom, New) }
