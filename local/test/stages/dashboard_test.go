package stages_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/option"

	emulator "github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// fillAnalytics writes a few rows into every table that the dashboard reads,
// out of order, with NULL wherever a column allows it.
const fillAnalytics = `
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
`

func TestDashboardReadsTheTables(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "dashboard")
	store := snapshot.NewBigQuery(client, "stages", snapshot.Topics{Votes: "votes", Voters: "voters"})

	if _, err := store.Snapshot(t.Context()); !errors.Is(err, snapshot.ErrNoTables) {
		t.Errorf("without tables: %v, want %v", err, snapshot.ErrNoTables)
	}
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	switch got, err := store.Snapshot(t.Context()); {
	case err != nil:
		t.Fatalf("with empty tables: %v", err)
	default:
		if diff := cmp.Diff(&snapshot.Snapshot{}, got); diff != "" {
			t.Errorf("empty tables (-want +got):\n%s", diff)
		}
	}

	execute(t, client, fillAnalytics)
	got, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	noon, one := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 3, 13, 0, 0, 0, time.UTC)
	pass, ingested := one.Add(5*time.Minute), one.Add(4*time.Minute)
	want := &snapshot.Snapshot{
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
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
}

// The dashboard reads the last report of each partition, and since when records are
// missing.
func TestDashboardReadsTheReports(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "reports")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	execute(t, client, fillAnalytics+`
INSERT INTO raw.log_ends (kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end,
  next_offset, last_record, deleted, open_transactions, observed_at, ingested_at) VALUES
  ('votes', 'v', 0, 2, 0, 3, 3, 3, 2, 0, NULL, '2026-11-03 13:00:00+00', '2026-11-03 13:00:01+00'),
  ('votes', 'v', 0, 2, 0, 9, 12, 9, 8, 0, NULL, '2026-11-03 13:00:10+00', '2026-11-03 13:00:11+00'),
  ('votes', 'v', 0, 2, 0, 9, 14, 9, 8, 5, 'dies', '2026-11-03 13:00:20+00', '2026-11-03 13:00:21+00'),
  ('votes', 'v', 0, 2, 0, 9, 13, 4, 3, 0, NULL, '2026-11-03 13:00:15+00', '2026-11-03 13:00:25+00'),
  ('votes', 'v', 1, 2, 0, 8, 8, 8, 7, 0, NULL, '2026-11-03 13:00:20+00', '2026-11-03 13:00:21+00'),
  ('voters', 'new', 0, 1, 0, 4, 4, 4, 3, 0, NULL, '2026-11-03 13:00:20+00', '2026-11-03 13:00:21+00'),
  ('voters', 'ancient', 0, 1, 0, 4, 4, 4, 3, 0, NULL, '2026-11-01 13:00:20+00', '2026-11-01 13:00:21+00');
INSERT INTO analytics.certifications (election, certified, certified_by, remark, result, certified_at) VALUES
  ('mine', TRUE, 'Ann', NULL, '{"ada":1}', '2026-11-03 13:00:00+00'),
  ('mine', FALSE, 'Ben', 'a mistake', '{"ada":3,"bob":1}', '2026-11-03 13:01:00+00'),
  ('another', TRUE, 'Cid', NULL, '{}', '2026-11-03 13:02:00+00');
`)
	store := snapshot.NewBigQuery(client, "mine", snapshot.Topics{Votes: "votes", Voters: "voters"})
	s, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second := func(n int) time.Time { return time.Date(2026, 11, 3, 13, 0, n, 0, time.UTC) }
	want := []snapshot.LogRow{
		{TopicPartition: kafka.TopicPartition{Topic: "voters", TopicID: "new"}, Log: countstate.Log{Partitions: 1, LastStable: 4, LogEnd: 4, Next: 4, LastRecord: 3, ObservedAt: second(20), UnsettledSince: second(20)}},
		{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v"}, Log: countstate.Log{Partitions: 2, LastStable: 9, LogEnd: 14, Next: 9, LastRecord: 8, Deleted: 5, Open: "dies",
			ObservedAt: second(20), UnreadSince: second(10), UnsettledSince: second(10)}},
		{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: 1}, Log: countstate.Log{Partitions: 2, LastStable: 8, LogEnd: 8, Next: 8, LastRecord: 7, ObservedAt: second(20)}},
	}
	if diff := cmp.Diff(want, s.Logs); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	word := &snapshot.CertificationRow{By: "Ben", Note: "a mistake", At: second(60), Result: map[string]int64{"ada": 3, "bob": 1}}
	if diff := cmp.Diff(word, s.Certified); diff != "" {
		t.Errorf("certification (-want +got):\n%s", diff)
	}

	// A report that comes without a pass is read too. Without a new report nothing
	// changes.
	for range 3 {
		if s, err = store.Snapshot(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if again, err := store.Snapshot(t.Context()); err != nil || again != s {
		t.Errorf("nothing has changed, and the snapshot is another one (%v)", err)
	}
	execute(t, client, `
INSERT INTO raw.log_ends (kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end,
  next_offset, last_record, deleted, open_transactions, observed_at, ingested_at) VALUES
  ('votes', 'v', 0, 2, 0, 15, 15, 15, 13, 0, NULL, '2026-11-03 13:00:30+00', '2026-11-03 13:00:31+00')`)
	after, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want[1].Log = countstate.Log{Partitions: 2, LastStable: 15, LogEnd: 15, Next: 15, LastRecord: 13, Deleted: 5, ObservedAt: second(30), UnsettledSince: second(10)}
	if diff := cmp.Diff(want, after.Logs); diff != "" || len(after.Candidates) != len(s.Candidates) {
		t.Errorf("after another report (-want +got):\n%s", diff)
	}
}

// TestDashboardSeesWholePasses reads while passes change two tables in one
// transaction each: every snapshot must show the same pass in both, also where reads
// overlap.
func TestDashboardSeesWholePasses(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "passes")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	execute(t, client, fillAnalytics)
	ctx, cancel := context.WithCancel(t.Context())
	passes := make(chan error, 1)
	go func() {
		defer cancel()
		for votes := int64(100); votes < 120; votes++ {
			if err := run(t.Context(), client, fmt.Sprintf(`
				BEGIN TRANSACTION;
				UPDATE analytics.candidate_totals SET votes = %[1]d WHERE candidate = 'ada';
				UPDATE analytics.regional_turnout SET voted = %[1]d WHERE state = 'TX';
				UPDATE analytics.books SET updated_at = TIMESTAMP_SECONDS(1800000000 + %[1]d) WHERE TRUE;
				COMMIT TRANSACTION;`, votes)); err != nil {
				passes <- err
				return
			}
		}
		passes <- nil
	}()
	store := snapshot.NewBigQuery(client, "stages", snapshot.Topics{Votes: "votes", Voters: "voters"})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			seen := map[int64]bool{}
			for done := false; !done; done = ctx.Err() != nil {
				s, err := store.Snapshot(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				candidate, region := s.Candidates[0].Votes, s.Regions[1].Voted
				seen[candidate] = true
				if candidate >= 100 && candidate != region || candidate < 100 && region >= 100 {
					t.Errorf("candidate_totals shows pass %d, regional_turnout pass %d", candidate, region)
					return
				}
			}
			t.Logf("snapshots of %d different passes", len(seen))
		})
	}
	readers.Wait()
	if err := <-passes; err != nil {
		t.Fatal(err)
	}
}

// TestDashboardKeepsMinutes reads the newest minutes. Older ones are as they were
// read before, until all are read again.
func TestDashboardKeepsMinutes(t *testing.T) {
	client := bigquerytest.Start(t).Client(t, "minutes")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	execute(t, client, fillAnalytics)
	store := snapshot.NewBigQuery(client, "stages", snapshot.Topics{Votes: "votes", Voters: "voters"})
	if _, err := store.Snapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	// An hour and a half later, two votes; and a pass that says so.
	execute(t, client, `
		INSERT INTO core.vote_windows (window_start, candidate, state, age_group, gender, votes, revision, updated_at) VALUES
		  ('2026-11-03 14:40:00+00', 'bob', 'TX', '18-24', 'male', 2, 0, '2026-11-03 14:41:00+00');
		INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at) VALUES
		  ('2026-11-03 14:00:00+00', 'TX', 'bob', 2, 0, '2026-11-03 14:41:00+00');
		UPDATE analytics.books SET updated_at = '2026-11-03 14:41:00+00' WHERE kafka_topic = 'votes';`)
	got, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	want := []snapshot.MinuteRow{
		{Minute: noon.Add(30 * time.Minute), State: "OH", Candidate: "ada", Votes: 1, Revision: 1},
		{Minute: noon.Add(30 * time.Minute), State: "TX", Candidate: "ada", Votes: 3, Revision: 2},
		{Minute: noon.Add(30 * time.Minute), State: "TX", Candidate: "bob", Votes: 1},
		{Minute: noon.Add(60 * time.Minute), State: "TX", Candidate: "ada", Votes: 1},
		{Minute: noon.Add(160 * time.Minute), State: "TX", Candidate: "bob", Votes: 2},
	}
	if diff := cmp.Diff(want, got.Minutes); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
	// The first query finds the tables unchanged. The next ones read the state only.
	second, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	third, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if second != third {
		t.Error("unchanged tables were read again")
	}
	// A late vote is found because its hour has it.
	execute(t, client, `
		UPDATE core.vote_windows SET votes = 5 WHERE window_start = '2026-11-03 13:00:00+00';
		UPDATE analytics.hourly_trends SET votes = 5 WHERE hour = '2026-11-03 13:00:00+00';
		UPDATE analytics.books SET updated_at = '2026-11-03 14:41:30+00' WHERE kafka_topic = 'votes';`)
	for want[3].Votes = 5; ; {
		got, err := store.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(want, got.Minutes) {
			break // or the test's time is over
		}
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, client, `UPDATE analytics.books SET records = 4, updated_at = '2026-11-03 14:42:00+00' WHERE kafka_partition = 1`)
	if last, err := store.Snapshot(t.Context()); err != nil || last.Books[2].Records != 4 {
		t.Errorf("after a pass: %v, the snapshot %+v", err, last)
	}
}

// BenchmarkDashboardSnapshot is what a refresh costs, for an election of 51
// regions and 24 hours, of which the last three have votes in every minute.
func BenchmarkDashboardSnapshot(b *testing.B) {
	server, err := emulator.Start(b.Context(), emulator.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	client, err := bigquery.NewClient(b.Context(), "snapshots", option.WithEndpoint("http://"+server.REST()), option.WithoutAuthentication())
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	if err := warehouse.Ensure(b.Context(), client); err != nil {
		b.Fatal(err)
	}
	execute(b, client, fillAnalytics+`
		UPDATE analytics.books SET last_ingested_at = TIMESTAMP_SECONDS(1793700000 + 3600 * 25) WHERE TRUE;
		INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at)
		SELECT TIMESTAMP_SECONDS(1793700000 + 3600 * h), CONCAT('S', CAST(s AS STRING)), CONCAT('c', CAST(c AS STRING)), IF(h < 22, 100, 1800), 1, TIMESTAMP_SECONDS(1793700000)
		FROM UNNEST(GENERATE_ARRAY(1, 24)) AS h, UNNEST(GENERATE_ARRAY(1, 51)) AS s, UNNEST(GENERATE_ARRAY(1, 4)) AS c;
		INSERT INTO core.vote_windows (window_start, candidate, state, age_group, gender, votes, revision, updated_at)
		SELECT TIMESTAMP_SECONDS(1793700000 + 3600 * 24 + 60 * m), CONCAT('c', CAST(c AS STRING)), CONCAT('S', CAST(s AS STRING)), '18-24', CONCAT('g', CAST(g AS STRING)), 5, 1, TIMESTAMP_SECONDS(1793700000)
		FROM UNNEST(GENERATE_ARRAY(-120, 59)) AS m, UNNEST(GENERATE_ARRAY(1, 51)) AS s, UNNEST(GENERATE_ARRAY(1, 4)) AS c, UNNEST(GENERATE_ARRAY(1, 6)) AS g;
		INSERT INTO analytics.demographic_analysis (election_date, state, age_group, gender, registered, voted, participation, updated_at)
		SELECT DATE '2026-11-03', CONCAT('S', CAST(s AS STRING)), CONCAT('a', CAST(a AS STRING)), CONCAT('g', CAST(g AS STRING)), 100, 50, 0.5, TIMESTAMP_SECONDS(1793700000)
		FROM UNNEST(GENERATE_ARRAY(1, 51)) AS s, UNNEST(GENERATE_ARRAY(1, 6)) AS a, UNNEST(GENERATE_ARRAY(1, 3)) AS g;`)
	store := snapshot.NewBigQuery(client, "stages", snapshot.Topics{Votes: "votes", Voters: "voters"})
	read := func(b *testing.B) {
		if _, err := store.Snapshot(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			store = snapshot.NewBigQuery(client, "stages", snapshot.Topics{Votes: "votes", Voters: "voters"})
			read(b)
		}
	})
	b.Run("changed", func(b *testing.B) {
		pass := 0
		for b.Loop() {
			b.StopTimer()
			pass++
			execute(b, client, fmt.Sprintf("UPDATE analytics.books SET updated_at = TIMESTAMP_SECONDS(1800000000 + %d) WHERE TRUE", pass))
			b.StartTimer()
			read(b)
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			read(b)
		}
	})
}

// execute runs a script.
func execute(t testing.TB, client *bigquery.Client, script string) {
	t.Helper()
	if err := run(t.Context(), client, script); err != nil {
		t.Fatal(err)
	}
}

func run(ctx context.Context, client *bigquery.Client, script string) error {
	if err := query.Exec(ctx, client.Query(script)); err != nil {
		return fmt.Errorf("run %.80q: %w", script, err)
	}
	return nil
}
