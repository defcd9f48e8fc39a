package aggregate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/kafka"
)

// over is an aggregator whose passes are a second apart.
func over(w Warehouse) *aggregator {
	return newAggregator(w, time.Second, MostRecords, time.Now, nil)
}

func TestDrainCatchesUp(t *testing.T) {
	m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1, 2}, votes1: {0, 2, 3}}}
	got, err := over(m).drain(t.Context(), drain.CaughtUp, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	got.Seconds = 0
	want := drain.AggregateSummary{Passes: 1, Looks: 2, Records: 6, Waiting: 2, CaughtUp: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// The last rows of a partition may have an ingest time that is far off, by a wrong
// clock. No record above them shows that they are missing.
func TestDrainFindsLastRowsWhereverTheyAre(t *testing.T) {
	m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1}}}
	now := noon
	a := newAggregator(m, 0, MostRecords, func() time.Time { return now }, nil)
	catchUp := func() {
		t.Helper()
		if _, err := a.drain(t.Context(), drain.CaughtUp, now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	catchUp()
	m.rows[votes0], m.stray = []int64{0, 1, 2, 3}, map[kafka.TopicPartition]bool{votes0: true}
	catchUp()
	if got := m.state[votes0].NextOffset; got != 2 {
		t.Fatalf("settled up to %d at once, want 2: this test tests nothing", got)
	}
	now = now.Add(allWhileNone + time.Second)
	catchUp()
	if got := m.state[votes0].NextOffset; got != 4 {
		t.Errorf("settled up to %d after a while, want 4", got)
	}
	polls := len(m.floors)
	catchUp()
	if got := len(m.floors) - polls; got != 1 {
		t.Errorf("%d queries when nothing is new, want 1: all of raw is queried now and then only", got)
	}
}

func TestDrainTellsOfBooksThatDoNotBalance(t *testing.T) {
	m := &memory{
		rows: map[kafka.TopicPartition][]int64{votes0: {0, 1}, votes1: {0}},
		state: map[kafka.TopicPartition]Partition{
			votes0: {TopicPartition: votes0, Unbalanced: true},
			votes1: {TopicPartition: votes1, NextOffset: 1},
		},
	}
	got, err := over(m).drain(t.Context(), drain.CaughtUp, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got.Unbalanced != 1 {
		t.Errorf("summary %+v, want 1 partition out of balance", got)
	}
}

func TestDrainTakesUpWhatArrivesUntilItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0}}}
		m.afterPoll = func(poll int) {
			if poll == 5 {
				m.rows[votes0] = append(m.rows[votes0], 1, 2)
			}
		}
		end := time.Now().Add(10 * time.Second)
		got, err := over(m).drain(t.Context(), drain.Deadline, end)
		if err != nil {
			t.Fatal(err)
		}
		if got.Passes != 2 || got.Records != 3 {
			t.Errorf("summary %+v, want 2 passes over 3 records", got)
		}
		if now := time.Now(); !now.Equal(end) {
			t.Errorf("ended at %v, want at its deadline %v", now, end)
		}
	})
}

// A drain that waits for nobody ends after a poll that found nothing, and one that
// doesn't takes up what arrives until its deadline.
func TestDrainRests(t *testing.T) {
	hour := time.Hour
	for _, tt := range []struct {
		name  string
		idle  time.Duration
		opens time.Duration // from now; 0 is an open ballot
		last  time.Duration // how long ago the last pass was; 0 is never
		rests bool
	}{
		{name: "nothing ever", idle: hour, rests: true},
		{name: "nothing for long", idle: hour, last: 2 * hour, rests: true},
		{name: "a record of late", idle: hour, last: hour / 2},
		{name: "without the setting", last: 2 * hour},
		{name: "long before voting opens", idle: hour, last: 2 * hour, opens: 3 * hour, rests: true},
		{name: "soon before voting opens", idle: hour, last: 2 * hour, opens: hour / 2},
		{name: "while people vote", idle: hour, last: 2 * hour, opens: -3 * hour},
		{name: "when all is over", idle: hour, last: 2 * hour, opens: -20 * hour, rests: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := time.Now()
				m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0}}}
				if tt.last > 0 {
					m.state = map[kafka.TopicPartition]Partition{votes0: {TopicPartition: votes0, NextOffset: 1, UpdatedAt: now.Add(-tt.last)}}
				} else {
					m.rows = nil
				}
				m.afterPoll = func(poll int) {
					if poll == 3 {
						m.rows = map[kafka.TopicPartition][]int64{votes0: {0, 1, 2}}
					}
				}
				a := over(m)
				a.idle = drain.Idle{After: tt.idle, Election: election.OpenBallot()}
				if tt.opens != 0 {
					a.idle.Election = &election.Election{Opens: now.Add(tt.opens), Closes: now.Add(tt.opens + 14*hour)}
				}
				got, err := a.drain(t.Context(), drain.Deadline, now.Add(time.Minute))
				if err != nil || got.Idle != tt.rests || (got.Passes == 0) != tt.rests || tt.rests && got.Seconds != 0 || !tt.rests && got.Seconds != 60 {
					t.Errorf("summary %+v, error %v", got, err)
				}
			})
		})
	}
}

// Passes begin Interval after one another, however long there is something new,
// and whichever drain runs them.
func TestDrainKeepsTheIntervalBetweenPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0}}, phantom: 1}
		a := over(m)
		a.interval = 45 * time.Second
		var begun []time.Duration
		for range 3 { // a minute each, as the schedule calls
			minute := time.Now().Add(time.Minute)
			if _, err := a.drain(t.Context(), drain.Deadline, minute.Add(-5*time.Second)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Until(minute))
		}
		for _, p := range m.passes {
			begun = append(begun, p.Started.Sub(started))
		}
		want := []time.Duration{0, 45 * time.Second, 90 * time.Second, 135 * time.Second}
		if diff := cmp.Diff(want, begun); diff != "" {
			t.Errorf("passes begun after (-want +got):\n%s", diff)
		}
	})
}

// A backlog is taken in portions, one right after the other; then the interval
// holds again.
func TestDrainTakesABacklogInPortions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1, 2, 3, 4}, votes1: {0, 1, 2, 3, 4}}}
		a := over(m)
		a.most, a.interval = 4, 45*time.Second
		started := time.Now()
		m.afterPoll = func(poll int) {
			if poll == 4 {
				m.rows[votes0] = append(m.rows[votes0], 5)
			}
		}
		got, err := a.drain(t.Context(), drain.Deadline, started.Add(100*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if got.Records != 11 {
			t.Errorf("%d records, want 11", got.Records)
		}
		type pass struct{ Begun, Until time.Duration }
		var passes []pass
		for _, p := range m.passes {
			passes = append(passes, pass{p.Started.Sub(started), max(p.Until.Sub(noon), 0)})
		}
		want := []pass{{0, 2 * time.Second}, {0, 4 * time.Second}, {0, 0}, {90 * time.Second, 0}}
		if diff := cmp.Diff(want, passes); diff != "" {
			t.Errorf("passes (-want +got):\n%s", diff)
		}
	})
}

// Over more records than readers see a pass begins at once, without a step, unless the last
// pass found nothing to settle.
func TestDrainSettlesAtOnceWhatReadersDoNotSee(t *testing.T) {
	tests := []struct {
		name    string
		records int64
		phantom int64
		passes  []time.Duration
		steps   int
	}{
		{name: "as many as readers see", records: 4, passes: []time.Duration{0, 45 * time.Second}, steps: 1},
		{name: "more", records: 5, passes: []time.Duration{0, 15 * time.Second}},
		{name: "more that no pass finds", phantom: 5, passes: []time.Duration{0, 5 * time.Second, 50 * time.Second}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0}}, phantom: tc.phantom}
				a := over(m)
				a.interval, a.between, a.live = 45*time.Second, 5*time.Second, 4
				started := time.Now()
				m.afterPoll = func(poll int) {
					for n := range tc.records {
						if poll == 3 { // after 10 seconds
							m.rows[votes0] = append(m.rows[votes0], 1+n)
						}
					}
				}
				got, err := a.drain(t.Context(), drain.Deadline, started.Add(62*time.Second))
				if err != nil {
					t.Fatal(err)
				}
				var passes []time.Duration
				for _, p := range m.passes {
					passes = append(passes, p.Started.Sub(started))
				}
				if diff := cmp.Diff(tc.passes, passes); diff != "" || got.Steps != tc.steps {
					t.Errorf("%d steps, want %d; passes begun after (-want +got):\n%s", got.Steps, tc.steps, diff)
				}
			})
		})
	}
}

func TestDrainThatCatchesUpDoesNotWait(t *testing.T) {
	m := &memory{
		rows:  map[kafka.TopicPartition][]int64{votes0: {0}},
		state: map[kafka.TopicPartition]Partition{votes0: {TopicPartition: votes0, UpdatedAt: time.Now().Add(time.Hour)}},
	}
	a := over(m)
	a.interval = time.Hour
	got, err := a.drain(t.Context(), drain.CaughtUp, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got.Passes != 1 || got.Seconds > 60 {
		t.Errorf("summary %+v, want 1 pass at once", got)
	}
}

func TestDue(t *testing.T) {
	tests := []struct {
		name  string
		state []Partition
		want  time.Time
	}{
		{"no pass yet", nil, time.Time{}.Add(time.Minute)},
		{"the latest pass of any partition", []Partition{{UpdatedAt: noon.Add(-2 * time.Minute)}, {UpdatedAt: noon.Add(-30 * time.Second)}}, noon.Add(30 * time.Second)},
		{"a clock that is ahead", []Partition{{UpdatedAt: noon.Add(time.Hour)}}, noon.Add(time.Minute)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &aggregator{interval: time.Minute, now: func() time.Time { return noon }}
			if got := a.due(tt.state); !got.Equal(tt.want) {
				t.Errorf("due %v, want %v", got, tt.want)
			}
		})
	}
}

// A stage that is closed finishes the pass under way, and begins no other.
func TestDrainEndsWhenTheStageIsClosed(t *testing.T) {
	m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1}}}
	h := NewWith(Config{Interval: time.Hour}, m)
	closed := make(chan error)
	m.afterPoll = func(int) {
		go func() { closed <- h.Close(t.Context()) }()
		<-h.drains.Closing()
	}
	got, err := h.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Seconds: 3600}})
	if err != nil || got.Passes != 1 || got.Looks != 1 {
		t.Errorf("summary %+v (%v), want one pass", got, err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := h.Drain(t.Context(), drain.AggregateRequest{}); !errors.Is(err, function.ErrClosing) {
		t.Errorf("a drain after it: error %v", err)
	}
}

func TestDrainGivesWayToAnotherPass(t *testing.T) {
	m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1}}, conflicts: 2}
	got, err := over(m).drain(t.Context(), drain.CaughtUp, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got.Conflicts != 2 || got.Passes != 1 || !got.CaughtUp {
		t.Errorf("summary %+v, want 2 conflicts, then 1 pass", got)
	}
}

func TestDrainDoesNotRepeatAPassThatFindsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{rows: map[kafka.TopicPartition][]int64{votes0: {0}}, phantom: 1}
		got, err := over(m).drain(t.Context(), drain.Deadline, time.Now().Add(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if got.Passes > 12 || got.Records != 1 {
			t.Errorf("summary %+v, want a pass a second at the most, and 1 record", got)
		}
	})
}

func TestDrainEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := over(&memory{}).drain(ctx, drain.Deadline, time.Now().Add(time.Hour))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
	})
}

func TestDrainReportsWhatFailed(t *testing.T) {
	trouble := errors.New("the warehouse is closed")
	_, err := over(&memory{err: trouble}).drain(t.Context(), drain.CaughtUp, time.Now())
	if !errors.Is(err, trouble) {
		t.Errorf("error %v, want %v", err, trouble)
	}
}
