package snapshot

import (
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Facts are what the tables know of how the count of an election stands.
func (s *Snapshot) Facts(e *election.Election, topics Topics) *countstate.Facts {
	f := &countstate.Facts{
		Opens: e.Opens, Closes: e.Closes,
		Topics:        []string{topics.Votes, topics.Voters},
		Result:        map[string]int64{},
		Certification: s.Certified,
	}
	for _, row := range s.Candidates {
		f.Result[row.ID] += row.Votes
	}
	at := map[kafka.TopicPartition]int{}
	part := func(p kafka.TopicPartition) *countstate.Partition {
		i, ok := at[p]
		if !ok {
			i = len(f.Partitions)
			at[p] = i
			f.Partitions = append(f.Partitions, countstate.Partition{TopicPartition: p})
		}
		return &f.Partitions[i]
	}
	for i := range s.Logs {
		row := &s.Logs[i]
		part(row.TopicPartition).Log = &row.Log
	}
	for i := range s.Books {
		row := &s.Books[i]
		if row.Topic == topics.Votes {
			f.Pending += row.Pending
		}
		part(row.TopicPartition).Settled = &countstate.Settled{
			Next: row.NextOffset, Last: row.LastOffset, LastIngestedAt: row.LastIngestedAt, SettledAt: row.UpdatedAt, Balanced: row.Balanced(),
		}
	}
	return f
}
