package torturetest

import (
	"flag"
	"testing"

	"github.com/tallystream/tallystream/local/stress/torture"
)

var (
	firstSeed = flag.Uint64("seed", 1, "first `SEED`")
	seeds     = flag.Int("seeds", 0, "`NUMBER` of seeds, if not the usual one")
)

// Seeds tries random mixes of faults, of so many seeds unless -seeds says how many. A seed
// that fails is tried again by itself with -run TestSeeds -seed N -seeds 1, or
// go run ./local torture --warehouse W --seed N.
func Seeds(t *testing.T, h *torture.Harness, n int) {
	if *seeds > 0 {
		n = *seeds
	}
	fired, live := 0, 0
	var moves torture.Moves
	h.Seeds(t.Context(), *firstSeed, n, func(seed uint64, r torture.Result) {
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
	t.Logf("%d seeds, %d faults, %s; live figures were compared %d times", n, fired, moves, live)
}
