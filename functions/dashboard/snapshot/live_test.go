package snapshot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/postgres"
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
	got := settled.with(&Changes{
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
	if got := settled.with(&Changes{}); got != settled {
		t.Error("no changes make another snapshot")
	}
}

// What is read of raw begins with the least settled offset of a topic, and with the first
// record while a partition isn't known.
func TestBounds(t *testing.T) {
	part := func(n int32) kafka.TopicPartition {
		return kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: n}
	}
	s := &Snapshot{Books: []BookRow{
		{TopicPartition: part(0), NextOffset: 90, LastIngestedAt: at(13, 40)},
		{TopicPartition: part(1), NextOffset: 70, LastIngestedAt: at(13, 50)},
		{TopicPartition: kafka.TopicPartition{Topic: "voters"}, NextOffset: 20},
	}}
	topics := Topics{Votes: "votes", Voters: "voters"}
	large := backlog{mostUnsettled, never}
	if got, want := topics.bounds(nil, nil, time.Time{}, large), (bounds{floor: never, until: forever}); got != want {
		t.Errorf("bounds of the first read %+v, want everything", got)
	}
	if got, want := topics.bounds(s, nil, time.Time{}, large), (bounds{floor: at(13, 0), until: forever, votesFrom: 70, votersFrom: 20}); got != want {
		t.Errorf("bounds %+v, want %+v", got, want)
	}
	if got, want := topics.bounds(s, nil, at(9, 5), large).floor, at(8, 0); !got.Equal(want) {
		t.Errorf("reads from %v while records wait for one that is missing, want from %v", got, want)
	}
	log := LogRow{TopicPartition: part(2)}
	if got := topics.bounds(s, []LogRow{log}, time.Time{}, large).votesFrom; got != 0 {
		t.Errorf("votes from %d with a partition that no pass has seen, want from 0", got)
	}
	log.Next = mostUnsettled + 1
	if got := topics.bounds(s, []LogRow{log}, time.Time{}, large).until; !got.Equal(time.Unix(0, 0)) {
		t.Errorf("reads up to %v over a backlog of more than a pass, want nothing", got)
	}
	for shown, want := range map[time.Time]time.Time{at(13, 55): at(13, 55), at(13, 50): never, at(13, 45): never} {
		if got := topics.bounds(s, []LogRow{log}, time.Time{}, backlog{postgres.MostLive, shown}).until; !got.Equal(want) {
			t.Errorf("reads up to %v over a backlog with what was shown up to %v, want %v", got, shown, want)
		}
	}
}
