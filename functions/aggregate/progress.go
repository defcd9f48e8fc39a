package aggregate

import (
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// waiting returns the number of records above the settled offsets.
func waiting(state []Partition) (n int64) {
	for _, p := range state {
		n += p.RecordsAbove
	}
	return n
}

// unbalanced returns the number of partitions whose books don't balance.
func unbalanced(state []Partition) (n int) {
	for _, p := range state {
		if p.Unbalanced {
			n++
		}
	}
	return n
}

// lastPass returns when the last pass started that changed anything.
func lastPass(state []Partition) (last time.Time) {
	for _, p := range state {
		if p.UpdatedAt.After(last) {
			last = p.UpdatedAt
		}
	}
	return last
}

// advance returns by how many offsets a pass moved the settled ones, plus the
// records that it found above them.
func advance(before, after []Partition) (n int64) {
	old := map[kafka.TopicPartition]Partition{}
	for _, p := range before {
		old[p.TopicPartition] = p
	}
	for _, p := range after {
		o := old[p.TopicPartition]
		n += p.NextOffset - o.NextOffset + p.RecordsAbove - o.RecordsAbove
	}
	return n
}

// anythingNew reports whether a partition has another number of records above its
// settled offset than the last pass left.
func anythingNew(fresh []Fresh, state []Partition) bool {
	known := map[kafka.TopicPartition]int64{}
	for _, p := range state {
		known[p.TopicPartition] = p.RecordsAbove
	}
	found := map[kafka.TopicPartition]int64{}
	for _, f := range fresh {
		found[f.TopicPartition] += f.Records
	}
	for key, records := range found {
		if records != known[key] {
			return true
		}
	}
	return false
}
