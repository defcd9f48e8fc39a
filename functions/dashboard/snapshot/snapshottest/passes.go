package snapshottest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// passes reads while passes change two tables in one transaction each: every snapshot
// must show the same pass in both, also where reads overlap.
func passes(t *testing.T, w Warehouse) {
	create(t, w)
	execute(t, w, Fill)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		ended <- manyPasses(ctx, w)
	}()
	store := w.Store(t, "stages")
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			seen := map[int64]bool{}
			for ctx.Err() == nil && len(seen) < 10 { // or the test's time is over
				s, err := store.Snapshot(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				candidate, region := s.Candidates[0].Votes, s.Regions[1].Voted
				seen[candidate] = true
				if candidate >= firstPass && candidate != region || candidate < firstPass && region >= firstPass {
					t.Errorf("candidate_totals shows pass %d, regional_turnout pass %d", candidate, region)
					return
				}
			}
		})
	}
	readers.Wait()
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// firstPass is how many votes the first of manyPasses counts.
const firstPass = 100

// manyPasses counts a vote more in each transaction, until ctx ends.
func manyPasses(ctx context.Context, w Warehouse) error {
	for votes := int64(firstPass); ctx.Err() == nil; votes++ {
		if err := w.Execute(context.WithoutCancel(ctx), fmt.Sprintf(`
			BEGIN TRANSACTION;
			UPDATE analytics.candidate_totals SET votes = %[1]d WHERE candidate = 'ada';
			UPDATE analytics.regional_turnout SET voted = %[1]d WHERE state = 'TX';
			UPDATE analytics.books SET updated_at = '%[2]s' WHERE TRUE;
			COMMIT TRANSACTION;`, votes, time.Unix(1_800_000_000+votes, 0).UTC().Format(literal))); err != nil {
			return err
		}
	}
	return nil
}

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
	if Read(t, store) != Read(t, store) {
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
