package snapshottest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// minutes reads the newest minutes. Older ones are as they were read before, until all
// are read again.
func minutes(t *testing.T, w Warehouse) {
	create(t, w)
	execute(t, w, Fill)
	store := w.Store(t, "stages")
	Read(t, store)
	// An hour and a half later, two votes; and a pass that says so.
	execute(t, w, `
		INSERT INTO core.vote_windows (window_start, candidate, state, age_group, gender, votes, revision, updated_at) VALUES
		  ('2026-11-03 14:40:00+00', 'bob', 'TX', '18-24', 'male', 2, 0, '2026-11-03 14:41:00+00');
		INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at) VALUES
		  ('2026-11-03 14:00:00+00', 'TX', 'bob', 2, 0, '2026-11-03 14:41:00+00');
		UPDATE analytics.books SET updated_at = '2026-11-03 14:41:00+00' WHERE kafka_topic = 'votes';`)
	got := Read(t, store)
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
	if second := Read(t, store); Read(t, store) != second {
		t.Error("unchanged tables were read again")
	}
	// A late vote is found because its hour has it.
	execute(t, w, `
		UPDATE core.vote_windows SET votes = 5 WHERE window_start = '2026-11-03 13:00:00+00';
		UPDATE analytics.hourly_trends SET votes = 5 WHERE hour = '2026-11-03 13:00:00+00';
		UPDATE analytics.books SET updated_at = '2026-11-03 14:41:30+00' WHERE kafka_topic = 'votes';`)
	for want[3].Votes = 5; ; {
		if cmp.Equal(want, Read(t, store).Minutes) {
			break // or the test's time is over
		}
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, w, `UPDATE analytics.books SET records = 4, updated_at = '2026-11-03 14:42:00+00' WHERE kafka_partition = 1`)
	if last := Read(t, store); last.Books[2].Records != 4 {
		t.Errorf("after a pass: the snapshot %+v", last)
	}
}
