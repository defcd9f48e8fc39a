package torture

import (
	"os"
	"sync"
	"testing"

	"github.com/tallystream/tallystream/local/faults"
)

func newTestArena(t *testing.T) *Arena {
	t.Helper()
	a, err := NewArena(t.Context(), os.Args[0], "functions")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close the arena: %v", err)
		}
	})
	return a
}

// Every step of every stage, with every fault.
func TestCrashMatrix(t *testing.T) {
	a := newTestArena(t)
	steps, err := a.Steps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a clean run takes these steps: %v", steps)
	cells := Cells(steps)
	var mu sync.Mutex
	fired := map[Cell]int{} // by kind: N is 0
	missed, audited := 0, 0
	a.Matrix(t.Context(), cells, func(c Cell, r Result) {
		mu.Lock()
		defer mu.Unlock()
		if len(r.Fired) > 0 {
			fired[Cell{Op: c.Op, Fault: c.Fault}]++
		} else {
			missed++
			t.Logf("%s: the trial didn't take this step", c)
		}
		if r.Err != nil {
			t.Errorf("%s: %v", c, r.Err)
		}
		if r.Audited {
			audited++
		}
		for _, w := range r.Wrongs() {
			t.Errorf("%s: %s", c, w)
		}
	})
	for op := range steps {
		for _, f := range faults.Of(op) {
			if fired[Cell{Op: op, Fault: f}] == 0 {
				t.Errorf("no step of the kind %q was %s", op, f)
			}
		}
	}
	t.Logf("%d trials, of which %d didn't take their step, and %d were audited", len(cells), missed, audited)
}
