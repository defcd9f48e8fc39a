package bridge

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/logends"
)

// yesterday writes a record that is a day old.
func (b *broker) yesterday() {
	b.t.Helper()
	b.write(&kgo.Record{Topic: "votes", Value: []byte("{}"), Timestamp: time.Now().Add(-24 * time.Hour)})
}

// untilDeadline is what the schedule asks for.
var untilDeadline = drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: 3600}}

// Where nobody votes and nothing has come for long, a drain of an hour ends when it has
// carried what there is, and reports how far the logs reach.
func TestDrainRests(t *testing.T) {
	opens := time.Now().Add(48 * time.Hour)
	for name, idle := range map[string]drain.Idle{
		"an open ballot":     {After: time.Hour},
		"before the hours":   {After: time.Hour, Election: &election.Election{Opens: opens, Closes: opens.Add(time.Hour)}},
		"long after closing": {After: time.Hour, Election: &election.Election{Opens: opens.AddDate(0, 0, -9), Closes: opens.AddDate(0, 0, -8)}},
	} {
		t.Run(name, func(t *testing.T) {
			b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
			b.yesterday()
			drained := &topic{}
			clean(t, b.bridge(drained).Drain(t.Context(), catchUp))
			s := b.bridge(drained, func(c *Config) { c.Idle = idle }).Drain(t.Context(), untilDeadline)
			clean(t, s)
			if !s.Idle || !s.CaughtUp || s.Partitions != 3 || len(drained.reports) < 2 {
				t.Errorf("summary %+v, %d reports", s, len(drained.reports))
			}
		})
	}
}

// A drain goes on, and carries what comes later, where something has come of late,
// where it finds something to carry, and while people vote.
func TestDrainStaysAwake(t *testing.T) {
	now := time.Now()
	voting := &election.Election{Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)}
	for _, tt := range []struct {
		name   string
		idle   drain.Idle
		before func(b *broker)
		left   bool // before the drain, nobody carries what there is
	}{
		{"something came of late", drain.Idle{After: time.Hour}, func(b *broker) { b.produce("votes", 1, 1) }, false},
		{"old records that were never read", drain.Idle{After: time.Hour}, (*broker).yesterday, true},
		{"people vote", drain.Idle{After: time.Hour, Election: voting}, (*broker).yesterday, false},
		{"no setting", drain.Idle{}, (*broker).yesterday, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
			tt.before(b)
			if !tt.left {
				clean(t, b.bridge(&topic{}).Drain(t.Context(), catchUp))
			}
			seen := signals{carried: make(chan struct{}, 100), reported: make(chan struct{}, 100)}
			bridge := b.bridge(seen, func(c *Config) { c.Idle, c.ReportInterval = tt.idle, 10*time.Millisecond })
			ended := make(chan drain.BridgeSummary, 1)
			go func() { ended <- bridge.Drain(t.Context(), untilDeadline) }()
			await := func(what string, happened <-chan struct{}) {
				select {
				case <-happened:
				case s := <-ended:
					t.Fatalf("ended before %s: %+v", what, s)
				}
			}
			if tt.left {
				await("it carried what there was", seen.carried)
			}
			// A drain that rests reports once or twice.
			for range 10 {
				await("it reported again", seen.reported)
			}
			b.write(&kgo.Record{Topic: "votes", Partition: 0, Value: []byte("{}"), Timestamp: now.Add(-24 * time.Hour)})
			await("it carried what came", seen.carried)
			if err := bridge.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s := <-ended; s.Idle {
				t.Errorf("summary %+v of a drain that was closed", s)
			}
		})
	}
}

// signals is a publisher that takes everything, and signals what it was.
type signals struct{ carried, reported chan struct{} }

func (s signals) Publish(_ context.Context, _ []byte, attributes map[string]string) error {
	signal := s.carried
	if logends.Is(attributes) {
		signal = s.reported
	}
	select {
	case signal <- struct{}{}:
	default: // enough of them
	}
	return nil
}
