package sample

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
)

// At reads a time.
func At(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// When the tables of Small were written: most of them early, the totals by the last pass.
var (
	early = At("2026-11-03T13:00:00Z")
	pass  = At("2026-11-03T14:05:00.25Z")
)

// Small is a snapshot that a reader can add up.
func Small() *snapshot.Snapshot {
	hours := smallHours()
	return Report(&snapshot.Snapshot{
		Candidates: []snapshot.CandidateRow{
			{ElectionDate: "2026-11-03", ID: "chen", Name: "David Chen", Party: "Progress Alliance", Votes: 30, UpdatedAt: pass},
			{ElectionDate: "2026-11-03", ID: "rivera", Name: "Elena Rivera", Party: "Civic Union", Image: "https://example.org/rivera.png", Votes: 50, UpdatedAt: pass},
			{ElectionDate: "2026-11-03", ID: "okafor", Name: "Ngozi Okafor", Party: "Green Compact", Votes: 20, UpdatedAt: early},
		},
		Regions: []snapshot.RegionRow{
			{State: "TX", Registered: 150, Voted: 80, UpdatedAt: early},
			{State: "VT", Registered: 50, Voted: 20, UpdatedAt: early},
			{State: "ZZ", UpdatedAt: early},
		},
		Hours:   hours,
		Shown:   hours, // nothing waits for a step
		Minutes: smallMinutes(),
		Amendments: []snapshot.AmendmentRow{
			{Minute: At("2026-11-03T13:59:00Z"), Candidate: "chen", Before: 27, After: 30, Revision: 3, AmendedAt: pass},
			{Minute: At("2026-11-03T13:59:00Z"), Candidate: "rivera", Before: 41, After: 40, Revision: 1, AmendedAt: pass},
		},
		Demographics: smallDemographics(),
		Rejections: []snapshot.RejectionRow{
			{Topic: "votes", Reason: "malformed_json", Records: 1}, {Topic: "votes", Reason: "unknown_candidate", Records: 2},
		},
		Books: smallBooks(),
	}, pass)
}

func smallHours() []snapshot.HourRow {
	return []snapshot.HourRow{
		{Hour: At("2026-11-03T13:00:00Z"), State: "TX", Candidate: "rivera", Votes: 40, Revision: 1, UpdatedAt: early},
		{Hour: At("2026-11-03T13:00:00Z"), State: "TX", Candidate: "chen", Votes: 20, Revision: 3, UpdatedAt: early},
		{Hour: At("2026-11-03T13:00:00Z"), State: "VT", Candidate: "chen", Votes: 10, UpdatedAt: early},
		{Hour: At("2026-11-03T14:00:00Z"), State: "TX", Candidate: "rivera", Votes: 5, UpdatedAt: early},
		{Hour: At("2026-11-03T14:00:00Z"), State: "TX", Candidate: "okafor", Votes: 15, UpdatedAt: early},
		{Hour: At("2026-11-03T14:00:00Z"), State: "VT", Candidate: "rivera", Votes: 5, UpdatedAt: early},
		{Hour: At("2026-11-03T14:00:00Z"), State: "VT", Candidate: "okafor", Votes: 5, UpdatedAt: early},
	}
}

func smallMinutes() []snapshot.MinuteRow {
	return []snapshot.MinuteRow{
		{Minute: At("2026-11-03T13:58:00Z"), State: "VT", Candidate: "chen", Votes: 10},
		{Minute: At("2026-11-03T13:59:00Z"), State: "TX", Candidate: "chen", Votes: 20, Revision: 3},
		{Minute: At("2026-11-03T13:59:00Z"), State: "TX", Candidate: "rivera", Votes: 40},
		{Minute: At("2026-11-03T14:02:00Z"), State: "TX", Candidate: "okafor", Votes: 4},
		{Minute: At("2026-11-03T14:03:00Z"), State: "TX", Candidate: "okafor", Votes: 11},
		{Minute: At("2026-11-03T14:03:00Z"), State: "TX", Candidate: "rivera", Votes: 5},
		{Minute: At("2026-11-03T14:03:00Z"), State: "VT", Candidate: "okafor", Votes: 5},
		{Minute: At("2026-11-03T14:03:00Z"), State: "VT", Candidate: "rivera", Votes: 5},
	}
}

func smallDemographics() []snapshot.DemographicRow {
	return []snapshot.DemographicRow{
		{State: "TX", AgeGroup: "18-24", Gender: "female", Registered: 70, Voted: 40, UpdatedAt: early},
		{State: "TX", AgeGroup: "18-24", Gender: "male", Registered: 40, Voted: 20, UpdatedAt: early},
		{State: "TX", AgeGroup: "65+", Gender: "female", Registered: 25, Voted: 15, UpdatedAt: early},
		{State: "TX", AgeGroup: "65+", Gender: "male", Registered: 15, Voted: 5, UpdatedAt: early},
		{State: "VT", AgeGroup: "18-24", Gender: "female", Registered: 3, Voted: 1, UpdatedAt: early},
		{State: "VT", AgeGroup: "18-24", Gender: "male", Registered: 11, Voted: 9, UpdatedAt: early},
		{State: "VT", AgeGroup: "65+", Gender: "female", Registered: 16, Voted: 5, UpdatedAt: early},
		{State: "VT", AgeGroup: "65+", Gender: "male", Registered: 20, Voted: 5, UpdatedAt: early},
	}
}

func smallBooks() []snapshot.BookRow {
	return []snapshot.BookRow{
		{
			TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "a"}, Records: 70, Accepted: 60, Duplicate: 5, Rejected: 3, Pending: 2,
			FirstOffset: 0, NextOffset: 70, ReadOffset: 70, LastOffset: 69, Watermark: At("2026-11-03T14:04:00Z"), LastIngestedAt: pass, UpdatedAt: early,
		},
		{
			TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "a", Partition: 1}, Records: 41, Accepted: 40, Duplicate: 1, Gaps: 1,
			FirstOffset: 10, NextOffset: 20, ReadOffset: 20, LastOffset: 51, Watermark: At("2026-11-03T14:03:00Z"), LastIngestedAt: pass, UpdatedAt: early,
		},
		{
			TopicPartition: kafka.TopicPartition{Topic: "voters", TopicID: "b"}, Records: 202, Accepted: 200, Duplicate: 1,
			NextOffset: 202, ReadOffset: 202, LastOffset: 201, LastIngestedAt: early, UpdatedAt: early,
		},
	}
}

// Balanced is Small with books that balance.
func Balanced() *snapshot.Snapshot {
	s := Small()
	s.Books[2].Rejected = 1
	s.Books[0].Rejected, s.Books[0].Pending = 5, 0
	s.Books[1].NextOffset = 52
	return s
}

// Report puts reports of the logs into a snapshot. They were made at a time, and say
// that Kafka holds what the books have and no more.
func Report(s *snapshot.Snapshot, at time.Time) *snapshot.Snapshot {
	s.Logs = nil
	partitions := map[string]int64{}
	for _, b := range s.Books {
		partitions[b.Topic] = max(partitions[b.Topic], int64(b.Partition)+1)
	}
	for _, b := range s.Books {
		s.Logs = append(s.Logs, snapshot.LogRow{TopicPartition: b.TopicPartition, Log: countstate.Log{
			Partitions: partitions[b.Topic], LastStable: b.NextOffset, LogEnd: b.NextOffset,
			Next: b.NextOffset, LastRecord: b.NextOffset - 1, ObservedAt: at,
		}})
	}
	return s
}

func bookRow(topic string, partition int32, records, accepted, duplicate, rejected, pending int64, now time.Time) snapshot.BookRow {
	return snapshot.BookRow{
		TopicPartition: kafka.TopicPartition{Topic: topic, TopicID: "t-" + topic, Partition: partition},
		Records:        records, Accepted: accepted, Duplicate: duplicate, Rejected: rejected, Pending: pending,
		NextOffset: records, ReadOffset: records, LastOffset: records - 1,
		Watermark: now, LastIngestedAt: now, UpdatedAt: now,
	}
}
