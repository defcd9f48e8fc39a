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
	meets  int // rebuilds that give way
	ranges []drain.Range
}

func (r *rebuilt) Rebuild(ctx context.Context, started time.Time, span drain.Range) ([]Partition, error) {
	r.ranges = append(r.ranges, span)
	if r.meets > 0 {
		r.meets--
		return nil, ErrConflict
	}
	return r.Pass(ctx, Pass{Started: started})
}

func TestRebuildBeginsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &rebuilt{memory: memory{rows: map[kafka.TopicPartition][]int64{votes0: {0, 1, 2}}}, meets: 3}
		got, err := over(w).rebuild(t.Context(), drain.Range{}, time.Now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		want := drain.AggregateSummary{Passes: 1, Records: 3, Conflicts: 3, Seconds: (3 * betweenTries).Seconds()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("summary (-want +got):\n%s", diff)
		}
		if len(w.ranges) != 4 {
			t.Errorf("%d tries, want 4", len(w.ranges))
		}
	})
}

func TestRebuildGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &rebuilt{meets: 1000}
		_, err := over(w).rebuild(t.Context(), drain.Range{}, time.Now().Add(time.Second))
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
