package snapshot

import "github.com/tallystream/tallystream/shared/kafka"

// Behind reports whether a snapshot is older than another. It is if the other has more of any
// partition, a later pass, a later report of the logs or a later certification. Of two that
// were read at the same time it tells which to show. Tables that were dropped and created
// again have fewer records: a snapshot of them is behind one of the tables before.
func (s *Snapshot) Behind(other *Snapshot) bool {
	books := map[kafka.TopicPartition]*BookRow{}
	for i := range s.Books {
		books[s.Books[i].TopicPartition] = &s.Books[i]
	}
	for i := range other.Books {
		theirs := &other.Books[i]
		if ours := books[theirs.TopicPartition]; ours == nil || ours.behind(theirs) {
			return true
		}
	}
	reports := map[kafka.TopicPartition]*LogRow{}
	for i := range s.Logs {
		reports[s.Logs[i].TopicPartition] = &s.Logs[i]
	}
	for i := range other.Logs {
		theirs := &other.Logs[i]
		// Reports of a log that is no more leave the snapshot after a day.
		if ours := reports[theirs.TopicPartition]; ours != nil && ours.ObservedAt.Before(theirs.ObservedAt) {
			return true
		}
	}
	return other.Certified != nil && (s.Certified == nil || s.Certified.At.Before(other.Certified.At))
}

// behind reports whether another row of the partition has more.
func (r *BookRow) behind(other *BookRow) bool {
	return r.Records < other.Records || r.ReadOffset < other.ReadOffset || r.NextOffset < other.NextOffset ||
		r.LastIngestedAt.Before(other.LastIngestedAt) || r.UpdatedAt.Before(other.UpdatedAt)
}
