package snapshottest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Fill writes a few rows into every table that the dashboard reads,
// out of order, with NULL wherever a column allows it.
const Fill = `
INSERT INTO analytics.candidate_totals (election_date, candidate, name, party, candidate_image, votes, share, updated_at) VALUES
  ('2026-11-03', 'bob', 'Bob', NULL, NULL, 1, 0.25, '2026-11-03 13:05:00.123456+00'),
  ('2026-11-03', 'ada', 'Ada', 'Engines', 'https://example.org/ada.png', 3, 0.75, '2026-11-03 13:05:00+00');

INSERT INTO analytics.regional_turnout (election_date, state, registered, voted, turnout, leader, leader_votes, margin, updated_at) VALUES
  ('2026-11-03', 'TX', 10, 4, 0.4, 'ada', 3, 2, '2026-11-03 13:05:00+00'),
  ('2026-11-03', 'OH', 0, 0, NULL, NULL, 0, 0, '2026-11-03 12:00:00+00');

INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at) VALUES
  ('2026-11-03 13:00:00+00', 'TX', 'ada', 1, 0, '2026-11-03 13:05:00+00'),
  ('2026-11-03 12:00:00+00', 'TX', 'bob', 1, 0, '2026-11-03 12:00:00+00'),
  ('2026-11-03 12:00:00+00', 'TX', 'ada', 3, 2, '2026-11-03 13:05:00+00'),
  ('2026-11-03 12:00:00+00', 'OH', 'ada', 1, 7, '2026-11-03 12:00:00+00');

INSERT INTO analytics.shown_hours (hour, state, candidate, votes, updated_at) VALUES
  ('2026-11-03 13:00:00+00', 'TX', 'ada', 1, '2026-11-03 13:05:00+00'),
  ('2026-11-03 12:00:00+00', 'TX', 'bob', 1, '2026-11-03 12:00:00+00'),
  ('2026-11-03 12:00:00+00', 'TX', 'ada', 2, '2026-11-03 13:05:00+00');

INSERT INTO core.vote_windows (window_start, candidate, state, age_group, gender, votes, revision, updated_at) VALUES
  ('2026-11-03 13:00:00+00', 'ada', 'TX', '18-24', 'male', 1, 0, '2026-11-03 13:05:00+00'),
  ('2026-11-03 12:30:00+00', 'bob', 'TX', '18-24', 'male', 1, 0, '2026-11-03 12:00:00+00'),
  ('2026-11-03 12:30:00+00', 'ada', 'TX', '18-24', 'male', 1, 0, '2026-11-03 13:05:00+00'),
  ('2026-11-03 12:30:00+00', 'ada', 'TX', '65+', 'female', 2, 2, '2026-11-03 13:05:00+00'),
  ('2026-11-03 12:30:00+00', 'ada', 'OH', '65+', 'female', 1, 1, '2026-11-03 13:05:00+00'),
  ('2026-11-03 05:30:00+00', 'ada', 'OH', '65+', 'female', 1, 1, '2026-11-03 13:05:00+00');

INSERT INTO analytics.demographic_analysis (election_date, state, age_group, gender, registered, voted, participation, updated_at) VALUES
  ('2026-11-03', 'TX', '65+', 'female', 6, 2, 0.3, '2026-11-03 13:05:00+00'),
  ('2026-11-03', 'TX', '18-24', 'male', 4, 2, 0.5, '2026-11-03 13:05:00+00'),
  ('2026-11-03', 'OH', '18-24', 'male', 0, 0, NULL, '2026-11-03 12:00:00+00');

INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at) VALUES
  ('2026-11-03 12:30:00+00', 'ada', 2, 3, 1, '2026-11-03 12:32:00+00', '2026-11-03 12:33:00+00'),
  ('2026-11-03 12:30:00+00', 'bob', 2, 1, 1, '2026-11-03 12:35:00+00', '2026-11-03 13:05:00+00'),
  ('2026-11-03 12:30:00+00', 'ada', 3, 4, 2, '2026-11-03 12:35:00+00', '2026-11-03 13:05:00+00');

INSERT INTO analytics.books (kafka_topic, kafka_topic_id, kafka_partition, records, accepted, duplicate, rejected, pending, gaps, ahead,
  first_offset, next_offset, last_offset, watermark, last_ingested_at, first_seen, updated_at) VALUES
  ('votes', 'v', 1, 3, 2, 1, 0, 0, 0, 2, 5, 8, 7, '2026-11-03 13:01:02.5+00', '2026-11-03 13:04:00+00', '2026-11-03 12:00:00+00', '2026-11-03 13:05:00+00'),
  ('votes', 'v', 0, 5, 2, 0, 2, 1, 4, NULL, 0, 3, 8, NULL, '2026-11-03 13:04:00+00', '2026-11-03 12:00:00+00', '2026-11-03 13:05:00+00'),
  ('voters', 'r', 0, 10, 10, 0, 0, 0, 0, 0, 0, 10, 9, NULL, '2026-11-03 12:00:00+00', '2026-11-03 12:00:00+00', '2026-11-03 12:00:00+00');

INSERT INTO analytics.rejections (kafka_topic, kafka_topic_id, kafka_partition, reason, rejected, settled, first_seen, updated_at) VALUES
  ('votes', 'v', 1, 'malformed_json', 1, 0, '2026-11-03 13:05:00+00', '2026-11-03 13:05:00+00'),
  ('votes', 'v', 0, 'unknown_candidate', 4, 4, '2026-11-03 12:00:00+00', '2026-11-03 12:00:00+00'),
  ('votes', 'v', 0, 'malformed_json', 2, 2, '2026-11-03 12:00:00+00', '2026-11-03 12:00:00+00');
`

// filled is the snapshot of these rows.
func filled() *snapshot.Snapshot {
	noon, one := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 3, 13, 0, 0, 0, time.UTC)
	pass, ingested := one.Add(5*time.Minute), one.Add(4*time.Minute)
	return &snapshot.Snapshot{
		Candidates: []snapshot.CandidateRow{
			{ElectionDate: "2026-11-03", ID: "ada", Name: "Ada", Party: "Engines", Image: "https://example.org/ada.png", Votes: 3, UpdatedAt: pass},
			{ElectionDate: "2026-11-03", ID: "bob", Name: "Bob", Votes: 1, UpdatedAt: pass.Add(123456 * time.Microsecond)},
		},
		Regions: []snapshot.RegionRow{
			{State: "OH", UpdatedAt: noon},
			{State: "TX", Registered: 10, Voted: 4, UpdatedAt: pass},
		},
		Hours: []snapshot.HourRow{
			{Hour: noon, State: "OH", Candidate: "ada", Votes: 1, Revision: 7, UpdatedAt: noon},
			{Hour: noon, State: "TX", Candidate: "ada", Votes: 3, Revision: 2, UpdatedAt: pass},
			{Hour: noon, State: "TX", Candidate: "bob", Votes: 1, UpdatedAt: noon},
			{Hour: one, State: "TX", Candidate: "ada", Votes: 1, UpdatedAt: pass},
		},
		Shown: []snapshot.HourRow{
			{Hour: noon, State: "TX", Candidate: "ada", Votes: 2},
			{Hour: noon, State: "TX", Candidate: "bob", Votes: 1},
			{Hour: one, State: "TX", Candidate: "ada", Votes: 1},
		},
		Minutes: []snapshot.MinuteRow{
			{Minute: noon.Add(30 * time.Minute), State: "OH", Candidate: "ada", Votes: 1, Revision: 1},
			{Minute: noon.Add(30 * time.Minute), State: "TX", Candidate: "ada", Votes: 3, Revision: 2},
			{Minute: noon.Add(30 * time.Minute), State: "TX", Candidate: "bob", Votes: 1},
			{Minute: one, State: "TX", Candidate: "ada", Votes: 1},
		},
		Demographics: []snapshot.DemographicRow{
			{State: "OH", AgeGroup: "18-24", Gender: "male", UpdatedAt: noon},
			{State: "TX", AgeGroup: "18-24", Gender: "male", Registered: 4, Voted: 2, UpdatedAt: pass},
			{State: "TX", AgeGroup: "65+", Gender: "female", Registered: 6, Voted: 2, UpdatedAt: pass},
		},
		Amendments: []snapshot.AmendmentRow{
			{Minute: noon.Add(30 * time.Minute), Candidate: "ada", Before: 3, After: 4, Revision: 2, AmendedAt: pass},
			{Minute: noon.Add(30 * time.Minute), Candidate: "bob", Before: 2, After: 1, Revision: 1, AmendedAt: pass},
			{Minute: noon.Add(30 * time.Minute), Candidate: "ada", Before: 2, After: 3, Revision: 1, AmendedAt: noon.Add(33 * time.Minute)},
		},
		Rejections: []snapshot.RejectionRow{
			{Topic: "votes", Reason: "malformed_json", Records: 3}, {Topic: "votes", Reason: "unknown_candidate", Records: 4},
		},
		Books: []snapshot.BookRow{
			{TopicPartition: kafka.TopicPartition{Topic: "voters", TopicID: "r"}, Records: 10, Accepted: 10, NextOffset: 10, ReadOffset: 10, LastOffset: 9, LastIngestedAt: noon, UpdatedAt: noon},
			{
				TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v"}, Records: 5, Accepted: 2, Rejected: 2, Pending: 1, Gaps: 4,
				NextOffset: 3, ReadOffset: 3, LastOffset: 8, LastIngestedAt: ingested, UpdatedAt: pass,
			},
			{
				TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: 1}, Records: 3, Accepted: 2, Duplicate: 1, Ahead: 2,
				FirstOffset: 5, NextOffset: 8, ReadOffset: 8, LastOffset: 7, Watermark: one.Add(62500 * time.Millisecond), LastIngestedAt: ingested, UpdatedAt: pass,
			},
		},
	}
}

// tables reads without tables, with empty ones, and with rows in all of them.
func tables(t *testing.T, w Warehouse) {
	store := w.Store(t, "stages")
	if _, err := store.Snapshot(t.Context()); !errors.Is(err, snapshot.ErrNoTables) {
		t.Errorf("without tables: %v, want %v", err, snapshot.ErrNoTables)
	}
	create(t, w)
	if diff := cmp.Diff(&snapshot.Snapshot{}, Read(t, store)); diff != "" {
		t.Errorf("empty tables (-want +got):\n%s", diff)
	}
	execute(t, w, Fill)
	if diff := cmp.Diff(filled(), Read(t, store)); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
}
