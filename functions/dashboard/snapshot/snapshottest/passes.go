package snapshottest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
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
