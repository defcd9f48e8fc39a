// Package torturetest holds the trials that the tests of every warehouse run.
package torturetest

import (
	"os"
	"sync"
	"testing"

	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
)

// NewHarness returns a harness over a warehouse. Both end with the test. The TestMain of the
// package calls serve.IfChild.
func NewHarness(t *testing.T, w torture.Warehouse) *torture.Harness {
	t.Helper()
	h, err := torture.NewHarness(t.Context(), w, os.Args[0], "functions")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close the harness: %v", err)
		}
	})
	return h
}

// CrashMatrix tries every step of every stage with every fault. statements are all that a
// pass may have, without comments.
func CrashMatrix(t *testing.T, h *torture.Harness, statements []string) {
	steps, err := h.Steps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a clean run takes these steps: %v", steps.Counts)
	checkStatements(t, steps.Statements, statements)
	cells := h.Cells(steps)
	var mu sync.Mutex
	fired := map[torture.Cell]int{} // by kind: N is 0
	missed, audited := 0, 0
	h.Matrix(t.Context(), cells, func(c torture.Cell, r torture.Result) {
		mu.Lock()
		defer mu.Unlock()
		if len(r.Fired) > 0 {
			fired[torture.Cell{Op: c.Op, Fault: c.Fault}]++
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
	for op := range steps.Counts {
		for _, f := range faults.Of(op) {
			if fired[torture.Cell{Op: op, Fault: f}] == 0 {
				t.Errorf("no step of the kind %q was %s", op, f)
			}
		}
	}
	t.Logf("%d trials, of which %d didn't take their step, and %d were audited", len(cells), missed, audited)
}

// checkStatements checks that the passes of the matrix have every statement that a
// pass may have.
func checkStatements(t *testing.T, ran []torture.Statement, statements []string) {
	t.Helper()
	passes := map[string][]int{}
	worth, tried := map[int]int{}, map[int]int{}
	all := torture.Worth(ran)
	some := torture.Once(ran, all)
	for i, s := range ran {
		if some[i] {
			passes[s.Code()] = append(passes[s.Code()], s.Pass)
			tried[s.Pass]++
		}
		if all[i] {
			worth[s.Pass]++
		}
	}
	for _, s := range statements {
		if len(passes[s]) != 1 {
			t.Errorf("the matrix tries the statement %s in the passes %v, want one", s, passes[s])
		}
	}
	if len(tried) != torture.MatrixPasses {
		t.Errorf("the matrix tries so many statements by pass: %v, want %d passes", tried, torture.MatrixPasses)
	}
	t.Logf("%d statements; worth a trial are, by pass: %v; tried here: %v", len(ran), worth, tried)
}
