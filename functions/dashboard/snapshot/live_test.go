package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/kafka"
)

// settledSnapshot is what passes have settled: four votes of one region, two partitions.
func settledSnapshot() *Snapshot {
	pass := at(13, 5)
	return &Snapshot{
		Candidates: []CandidateRow{{ElectionDate: "2026-11-03", ID: "ann", Name: "Ann", Votes: 4, UpdatedAt: pass}},
		Regions:    []RegionRow{{State: "OH", UpdatedAt: pass}, {State: "TX", Registered: 9, Voted: 4, UpdatedAt: pass}},
		Hours: []HourRow{
			{Hour: at(12, 0), State: "TX", Candidate: "ann", Votes: 3, Revision: 2, UpdatedAt: pass},
			{Hour: at(13, 0), State: "TX", Candidate: "ann", Votes: 1, UpdatedAt: pass},
		},
		Minutes: []MinuteRow{
			{Minute: at(12, 30), State: "TX", Candidate: "ann", Votes: 3, Revision: 2},
			{Minute: at(13, 0), State: "TX", Candidate: "ann", Votes: 1},
		},
		Demographics: []DemographicRow{{State: "TX", AgeGroup: "65+", Gender: "female", Registered: 9, Voted: 4, UpdatedAt: pass}},
		Books: []BookRow{{
			TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v"}, Records: 6, Accepted: 4, Pending: 1, Duplicate: 1,
			NextOffset: 6, ReadOffset: 6, LastOffset: 5, LastIngestedAt: at(13, 4), UpdatedAt: pass,
		}},
	}
}

// Votes come, and move: one goes from an hour and candidate that have no others to
// another, a pending one is counted in a region that had none.
func TestLiveChangesAreAdded(t *testing.T) {
	settled := settledSnapshot()
	newest := at(13, 6)
	got := settled.With(&Changes{
		Votes: []MinuteRow{
			{Minute: at(13, 0), State: "TX", Candidate: "ann", Votes: -1},
			{Minute: at(13, 5), State: "TX", Candidate: "bob", Votes: 2},
			{Minute: at(12, 30), State: "OH", Candidate: "ann", Votes: 1},
		},
		Electorate: []DemographicRow{
			{State: "TX", AgeGroup: "65+", Gender: "female", Registered: -1, Voted: 1},
			{State: "OH", AgeGroup: "18-24", Gender: "male", Registered: 1, Voted: 1},
		},
		Books: []BookChange{
			{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v"}, Records: 2, Accepted: 2, Duplicate: 1, Pending: -1, FirstOffset: -1, ReadOffset: 8, LastOffset: 9, LastIngestedAt: newest},
			{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: 1}, Records: 1, Rejected: 1, FirstOffset: 3, ReadOffset: 4, LastOffset: 3, LastIngestedAt: at(13, 5)},
		},
	})
	pass := at(13, 5)
	want := &Snapshot{
		Candidates: []CandidateRow{
			{ElectionDate: "2026-11-03", ID: "ann", Name: "Ann", Votes: 4, UpdatedAt: newest},
			{ElectionDate: "2026-11-03", ID: "bob", Name: "bob", Votes: 2, UpdatedAt: newest},
		},
		Regions: []RegionRow{{State: "OH", Registered: 1, Voted: 1, UpdatedAt: newest}, {State: "TX", Registered: 8, Voted: 5, UpdatedAt: newest}},
		Hours: []HourRow{
			{Hour: at(12, 0), State: "OH", Candidate: "ann", Votes: 1, UpdatedAt: newest},
			{Hour: at(12, 0), State: "TX", Candidate: "ann", Votes: 3, Revision: 2, UpdatedAt: pass},
			{Hour: at(13, 0), State: "TX", Candidate: "bob", Votes: 2, UpdatedAt: newest},
		},
		Minutes: []MinuteRow{
			{Minute: at(12, 30), State: "OH", Candidate: "ann", Votes: 1},
			{Minute: at(12, 30), State: "TX", Candidate: "ann", Votes: 3, Revision: 2},
			{Minute: at(13, 5), State: "TX", Candidate: "bob", Votes: 2},
		},
		Demographics: []DemographicRow{
			{State: "OH", AgeGroup: "18-24", Gender: "male", Registered: 1, Voted: 1, UpdatedAt: newest},
			{State: "TX", AgeGroup: "65+", Gender: "female", Registered: 8, Voted: 5, UpdatedAt: newest},
		},
		Books: []BookRow{
			{
				TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v"}, Records: 8, Accepted: 6, Duplicate: 2, Gaps: 2,
				NextOffset: 6, ReadOffset: 8, LastOffset: 9, LastIngestedAt: newest, UpdatedAt: pass,
			},
			{
				TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: 1}, Records: 1, Rejected: 1,
				FirstOffset: 3, ReadOffset: 4, LastOffset: 3, LastIngestedAt: at(13, 5),
			},
		},
		Unsettled: 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("live snapshot (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(settledSnapshot(), settled); diff != "" {
		t.Errorf("what was settled has changed (-want +got):\n%s", diff)
	}
}

// Where nothing is above the settled offsets, the live figures are the settled ones.
func TestNothingLive(t *testing.T) {
	settled := settledSnapshot()
	if got := settled.With(&Changes{}); got != settled {
		t.Error("no changes make another snapshot")
	}
}
