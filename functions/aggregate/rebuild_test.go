package aggregate

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

// rebuilt is a warehouse whose rebuilds meet passes.
type rebuilt struct {
	memory
	meets int // rebuilds that give way
	asked []Rebuild
}

func (r *rebuilt) Rebuild(ctx context.Context, one Rebuild) ([]Partition, error) {
	r.asked = append(r.asked, one)
	if r.meets > 0 {
		r.meets--
		return nil, ErrConflict
	}
	return r.Pass(ctx, Pass{Started: one.Started})
}

func TestRebuildBeginsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &rebuilt{memory: memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1, 2}}}, meets: 3}
		got, err := over(w).rebuild(t.Context(), drain.Range{}, "", time.Now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		want := drain.AggregateSummary{Passes: 1, Records: 3, Conflicts: 3, Seconds: (3 * betweenTries).Seconds()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("summary (-want +got):\n%s", diff)
		}
		if len(w.asked) != 4 {
			t.Errorf("%d tries, want 4", len(w.asked))
		}
	})
}

func TestRebuildGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &rebuilt{meets: 1000}
		_, err := over(w).rebuild(t.Context(), drain.Range{}, "", time.Now().Add(time.Second))
		if !errors.Is(err, ErrConflict) {
			t.Errorf("error %v, want that passes came between", err)
		}
	})
}

func TestRangeTakesWholeHours(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 3, hour, minute, 0, 0, time.UTC) }
	for _, tt := range []struct{ in, want drain.Range }{
		{drain.Range{From: at(12, 0), To: at(13, 0)}, drain.Range{From: at(12, 0), To: at(13, 0)}},
		{drain.Range{From: at(12, 59), To: at(13, 1)}, drain.Range{From: at(12, 0), To: at(14, 0)}},
		{drain.Range{From: at(12, 30).In(time.FixedZone("", 5400)), To: at(12, 31)}, drain.Range{From: at(12, 0), To: at(13, 0)}},
	} {
		if got := wholeHours(tt.in); got != tt.want {
			t.Errorf("%v becomes %v, want %v", tt.in, got, tt.want)
		}
	}
}

// A rebuild may last longer than a call. Each call asks for it by the same ids: first for
// the try that gave way, then for the one that runs. It goes on between the calls.
func TestRebuildOfAnOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &longRebuilds{memory: memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1}}}, gaveWay: "rebuild-op-1"}
		for call, want := range []drain.AggregateSummary{
			{Running: true, Conflicts: 1, Seconds: 60},
			{Running: true, Conflicts: 1, Seconds: 60},
			{Passes: 1, Records: 2, Conflicts: 1, Seconds: betweenTries.Seconds()},
		} {
			w.ended = call == 2
			got, err := over(w).rebuild(t.Context(), drain.Range{}, "op", time.Now().Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("call %d (-want +got):\n%s", call, diff)
			}
		}
		if diff := cmp.Diff([]string{"rebuild-op-1", "rebuild-op-2", "rebuild-op-1", "rebuild-op-2", "rebuild-op-1", "rebuild-op-2"}, w.ids); diff != "" {
			t.Errorf("ids (-want +got):\n%s", diff)
		}
	})
}

// longRebuilds is a warehouse whose rebuilds last longer than a call. The one whose id is
// gaveWay gave way to another writer. The others run until ended is set.
type longRebuilds struct {
	memory
	gaveWay string
	ended   bool
	ids     []string
}

func (l *longRebuilds) Rebuild(ctx context.Context, r Rebuild) ([]Partition, error) {
	l.ids = append(l.ids, r.ID)
	switch {
	case r.ID == l.gaveWay:
		return nil, ErrConflict
	case !l.ended:
		time.Sleep(time.Until(r.Patience)) // of the bubble
		return nil, ErrRunning
	}
	return l.Pass(ctx, Pass{Started: r.Started})
}

// A rebuild has every step of a pass, so that a step that is added isn't missed.
func TestRebuildHasEveryStep(t *testing.T) {
	all := rebuildSteps()
	for _, step := range steps {
		if step == "touched_windows" {
			step = "rebuild_windows" // in its place
		}
		if !slices.Contains(all, step) {
			t.Errorf("a rebuild lacks %s", step)
		}
	}
}
