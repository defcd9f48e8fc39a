package torture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
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
	s, err := snapshot.NewBigQuery(t.project.client, c.Election.ID, snapshot.Topics{Votes: "votes", Voters: "voters"}).Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if t.control != nil && t.control.snapshot != nil {
		t.control.snapshot(s)
	}
	var records int64
	for _, b := range s.Books {
		records += b.Records
	}
	r := c.Publish(s, time.Now().Add(24*time.Hour))
	if all := int64(t.fixture.ledger.Records()); r.Status.Decided() && records < all {
		t.early = append(t.early, fmt.Sprintf("the count was called %s with %d of %d records", r.Status, records, all))
	}
	return r, nil
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
