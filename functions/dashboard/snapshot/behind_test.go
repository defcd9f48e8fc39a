package snapshot

import (
	"testing"

	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
)

// A snapshot is behind another that has more of anything, and not the other way round.
func TestBehindAnother(t *testing.T) {
	part := kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: 1}
	build := func() *Snapshot {
		return &Snapshot{
			Books: []BookRow{
				{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v"}},
				{TopicPartition: part, Records: 9, NextOffset: 7, ReadOffset: 8, LastIngestedAt: at(13, 5), UpdatedAt: at(13, 4)},
			},
			Logs:      []LogRow{{TopicPartition: part, Log: countstate.Log{ObservedAt: at(13, 5)}}},
			Certified: &CertificationRow{At: at(13, 0)},
		}
	}
	if build().Behind(build()) {
		t.Error("a snapshot is behind an equal one")
	}
	for name, more := range map[string]func(*Snapshot){
		"a record":         func(s *Snapshot) { s.Books[1].Records++ },
		"a live record":    func(s *Snapshot) { s.Books[1].ReadOffset++ },
		"a settled record": func(s *Snapshot) { s.Books[1].NextOffset++ },
		"a newer record":   func(s *Snapshot) { s.Books[1].LastIngestedAt = at(13, 6) },
		"a pass":           func(s *Snapshot) { s.Books[1].UpdatedAt = at(13, 5) },
		"a partition": func(s *Snapshot) {
			s.Books = append(s.Books, BookRow{TopicPartition: kafka.TopicPartition{Topic: "voters"}})
		},
		"a report": func(s *Snapshot) { s.Logs[0].ObservedAt = at(13, 6) },
		"a word":   func(s *Snapshot) { s.Certified.At = at(13, 6) },
	} {
		newer := build()
		more(newer)
		if !build().Behind(newer) || newer.Behind(build()) {
			t.Errorf("%s more: behind %v, and the other way round %v", name, build().Behind(newer), newer.Behind(build()))
		}
	}
	if first := (&Snapshot{}); !first.Behind(build()) || build().Behind(first) {
		t.Error("a snapshot of empty tables isn't behind one of others")
	}
	without := build()
	without.Logs = nil
	if without.Behind(build()) {
		t.Error("a log that isn't reported any more makes a snapshot old")
	}
}
