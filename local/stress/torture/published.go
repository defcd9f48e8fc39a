package torture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/stores"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/shared/logends"
)

// observe reads the state of the count as the dashboard shows it a day later. All
// records are on Kafka from the start: the count must not be complete while any
// of them isn't counted, even if a stage failed to report it.
func (t *trial) observe(ctx context.Context) error {
	_, err := t.published(ctx)
	if errors.Is(err, snapshot.ErrNoTables) {
		return nil
	}
	return err
}

// published is what the dashboard shows a day later. A count that is called
// complete too early is added to t.early.
func (t *trial) published(ctx context.Context) (*results.Document, error) {
	c := results.Rules{
		Election: t.fixture.election, Topics: snapshot.Topics{Votes: "votes", Voters: "voters"},
		FinalAfter: time.Second, DelayedAfter: 1000 * time.Hour,
	}
	s, err := t.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if t.control != nil && t.control.snapshot != nil {
		t.control.snapshot(s)
	}
	settled := recordsOf(s) - s.Unsettled
	r := c.Publish(s, time.Now().Add(24*time.Hour))
	if all := int64(t.fixture.ledger.Records()); r.Status.Decided() && settled < all {
		t.early = append(t.early, fmt.Sprintf("the count was called %s with %d of %d records settled", r.Status, settled, all))
	}
	return r, nil
}

// snapshot is what a reader who begins now gets: what is settled, and what is live.
func (t *trial) snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	defer t.place.Hold()()
	topics := snapshot.Topics{Votes: "votes", Voters: "voters"}
	return storeOf(t.place.Tables(), t.fixture.election.ID, topics).Snapshot(ctx)
}

// storeOf is how the dashboard reads a warehouse.
func storeOf(w query.Warehouse, election string, topics snapshot.Topics) snapshot.Store {
	if w.Postgres != nil {
		return stores.NewPostgres(w.Postgres, election, topics, slog.New(slog.DiscardHandler))
	}
	return stores.NewBigQuery(w.BigQuery, election, topics)
}

// liveFigures are what a reader gets before the last passes; nil where the trial is
// neither audited nor a control, or there are no tables.
func (t *trial) liveFigures(ctx context.Context) (*snapshot.Snapshot, error) {
	if !t.audited && t.control == nil && !t.place.harness.Thorough {
		return nil, nil
	}
	s, err := t.snapshot(ctx)
	switch {
	case errors.Is(err, snapshot.ErrNoTables):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the live figures: %w", err)
	}
	return s, nil
}

// recordsOf is how many records the figures of a snapshot have.
func recordsOf(s *snapshot.Snapshot) (n int64) {
	for _, row := range s.Books {
		n += row.Records
	}
	return n
}

// compareLive adds to t.unlike where the figures before passes, which have live records,
// and those after them differ though both have as many records.
func (t *trial) compareLive(before, after *snapshot.Snapshot) {
	if before.Unsettled == 0 || recordsOf(before) != recordsOf(after) {
		return
	}
	t.live++
	if diff := cmp.Diff(snapshottest.Figures(after), snapshottest.Figures(before)); diff != "" {
		t.unlike = append(t.unlike, fmt.Sprintf("the figures with %d live records (+) aren't what the pass over them left (-):\n%s", before.Unsettled, diff))
	}
}

// unfinished says what is wrong with what the dashboard shows when everything is
// counted: the count must be complete, and its result exact.
func (t *trial) unfinished(ctx context.Context) ([]string, error) {
	r, err := t.published(ctx)
	if err != nil {
		return nil, err
	}
	if !r.Status.Decided() {
		return []string{fmt.Sprintf("everything is counted, and the count is %s: %+v", r.Status, r.State.Reasons)}, nil
	}
	want, got := map[string]int64{}, map[string]int64{}
	for _, total := range t.fixture.ledger.Totals() {
		want[total.Candidate] = total.Votes
	}
	for _, c := range r.Candidates {
		if c.Votes > 0 {
			got[c.ID] = c.Votes
		}
	}
	if !maps.Equal(want, got) {
		return []string{fmt.Sprintf("the complete result is %v, want %v", got, want)}, nil
	}
	return nil, nil
}

// reporting returns a control that changes the bridge's reports of log ends on
// their way to ingest.
func reporting(change func(*logends.Partition)) func(*pubsubpb.PubsubMessage) error {
	return func(m *pubsubpb.PubsubMessage) error {
		if !logends.Is(m.Attributes) {
			return nil
		}
		var r logends.Report
		if err := json.Unmarshal(m.Data, &r); err != nil {
			return fmt.Errorf("a control changes reports of log ends: %w", err)
		}
		for i := range r.Partitions {
			change(&r.Partitions[i])
		}
		data, attributes, err := logends.Encode(&r)
		if err != nil {
			return fmt.Errorf("a control changes reports of log ends: %w", err)
		}
		m.Data, m.Attributes = data, attributes
		return nil
	}
}
