package aggregate

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Between passes the shown votes are brought up to date if records have come since the last step.
func TestDrainStepsBetweenPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0}}}
		m.afterPoll = func(poll int) {
			if poll == 3 || poll == 5 || poll == 9 { // after 10, 20 and 40 seconds
				n := int64(len(m.rows[votes0]))
				m.rows[votes0] = append(m.rows[votes0], n)
			}
		}
		a := over(m)
		a.interval, a.between = 30*time.Second, 5*time.Second
		got, err := a.drain(t.Context(), drain.Deadline, started.Add(62*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		begun := func(all []Pass) (at []time.Duration) {
			for _, p := range all {
				at = append(at, p.Started.Sub(started))
			}
			return at
		}
		seconds := func(all ...time.Duration) []time.Duration {
			for i := range all {
				all[i] *= time.Second
			}
			return all
		}
		if diff := cmp.Diff(seconds(0, 30, 60), begun(m.passes)); diff != "" {
			t.Errorf("passes begun after (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(seconds(15, 25, 45), begun(m.steps)); diff != "" {
			t.Errorf("steps begun after (-want +got):\n%s", diff)
		}
		if got.Passes != 3 || got.Steps != 3 {
			t.Errorf("summary %+v, want 3 passes and 3 steps", got)
		}
	})
}

// A backlog of more than readers see is shown as the passes settle it.
func TestNoStepOverABacklog(t *testing.T) {
	m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1, 2, 3, 4}}}
	a := over(m)
	a.live = 4
	var s drain.AggregateSummary
	found, err := a.poller.poll(t.Context(), nil, &s.Looks)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.stepShown(t.Context(), found, nil, nil, &s); err != nil || len(m.steps) > 0 {
		t.Errorf("%d steps, %v: want none", len(m.steps), err)
	}
}
