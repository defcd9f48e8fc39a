package torture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/logends"
)

// look reads how the count stands, as after a day on which nothing happens. All
// records lie on Kafka from the start, so it must not be complete while any of
// them isn't counted, whatever a stage has forgotten to say.
func (t *trial) look(ctx context.Context) error {
	_, _, err := t.standing(ctx)
	if errors.Is(err, dashboard.ErrNoTables) {
		return nil
	}
	return err
}

// standing is how the count stands, and of how many records; where it is called
// complete too early it is noted.
func (t *trial) standing(ctx context.Context) (countstate.State, int64, error) {
	c := dashboard.Config{
		Election: t.world.election, Topics: dashboard.Topics{Votes: "votes", Voters: "voters"},
		FinalAfter: time.Second, DelayedAfter: 1000 * time.Hour,
	}
	s, err := dashboard.NewBigQuery(t.lane.client, c.Election.ID).Snapshot(ctx)
	if err != nil {
		return countstate.State{}, 0, err
	}
	var records int64
	for _, b := range s.Books {
		records += b.Records
	}
	state := c.State(s, time.Now().Add(24*time.Hour))
	if all := int64(t.world.ledger.Records()); state.Name.Decided() && records < all {
		t.early = append(t.early, fmt.Sprintf("the count was called %s with %d of %d records", state.Name, records, all))
	}
	return state, records, nil
}

// unfinished says what the state of the count lacks once everything is counted.
func (t *trial) unfinished(ctx context.Context) ([]string, error) {
	state, records, err := t.standing(ctx)
	if err != nil || state.Name.Decided() || records == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("everything is counted, and the count is %s: %+v", state.Name, state.Reasons)}, nil
}

// reporting changes the reports of log ends on their way.
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
