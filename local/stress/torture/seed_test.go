package torture

import (
	"flag"
	"testing"
)

var (
	firstSeed = flag.Uint64("seed", 1, "first `SEED`")
	seeds     = flag.Int("seeds", 50, "`NUMBER` of seeds")
)

// Random mixes of faults. A seed that fails is tried again by itself with
// go test ./local/stress/torture -run TestSeeds -seed N -seeds 1, or go run ./local torture --seed N.
func TestSeeds(t *testing.T) {
	a := newTestHarness(t)
	fired, live := 0, 0
	var moves Moves
	a.Seeds(t.Context(), *firstSeed, *seeds, func(seed uint64, r Result) {
		fired += len(r.Fired)
		live += r.Live
		moves.Add(r.Moves)
		if r.Err != nil {
			t.Errorf("seed %d: %v (faults: %v)", seed, r.Err, r.Fired)
		}
		for _, w := range r.Wrongs() {
			t.Errorf("seed %d: %s (faults: %v)", seed, w, r.Fired)
		}
		if r.Err == nil && !r.Audited {
			t.Errorf("seed %d: the verifier didn't look at it", seed)
		}
	})
	if live == 0 {
		t.Error("no live figures were compared with what a pass made of them")
	}
	t.Logf("%d seeds, %d faults, %s; live figures were compared %d times", *seeds, fired, moves, live)
}
