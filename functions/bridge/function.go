// Package bridge is the function that carries Kafka records to Pub/Sub. One
// call is a drain: it reads its share of the partitions from their last committed
// offsets on, packs the records of each partition into messages, publishes them,
// and commits what Pub/Sub has acknowledged, until its time is up or it has caught
// up. It doesn't look into records.
//
// A drain has these parts, in loop.go:
//
//	discoverer   finds the partitions to read, and where to begin
//	reader       reads their records
//	batcher      packs the records of a partition into a message
//	publisher    publishes messages, and notes what is acknowledged
//	committer    commits up to where a partition is acknowledged without a gap
//	reporter     reports how far the logs reach and how far they are carried
//
// Partitions are assigned directly. Offsets are committed to a group that nobody
// joins, so that a drain that is killed leaves no member behind and the next begins
// to read at once. Delivery is at least once: two drains of one partition, or one
// that is killed, repeat records and lose none.
//
// Where a log has lost what was read, the records that come at the same offsets
// again are carried as those of another incarnation of their partition; see package
// kafkalog. Package decompress bounds what batches decompress to.
package bridge

import "github.com/tallystream/tallystream/shared/function"

func init() { function.Register("bridge", ConfigFrom, New) }
