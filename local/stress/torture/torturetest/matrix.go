// Package torturetest holds the trials that the tests of every warehouse run.
package torturetest

import (
	"cmp"
	"slices"
	"sync"
	"testing"

	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
)

// Sample tries each fault at one step of each kind that is of interest, and each statement
// of a pass that changes a table with one fault. Of the statements that change none it tries
// one with each fault. A trial has a fault of each stage at most; make torture tries every fault alone.
// statements are all that a pass may have, without comments.
func Sample(t *testing.T, h *torture.Harness, statements []string, interest func(faults.Op) bool) {
	steps := countSteps(t, h, statements)
	m := &matrix{t: t, fired: map[torture.Cell]int{}}
	cells := candidates(h.Cells(steps), interest)
	for range tries {
		var next []torture.Cell
		left := map[torture.Cell][]torture.Cell{}
		for key, some := range cells {
			if m.fired[kind(some[0])] > 0 && !key.Op.InPass() {
				continue
			}
			next = append(next, some[0])
			if len(some) > 1 {
				left[key] = some[1:]
			}
		}
		if len(next) == 0 {
			break
		}
		slices.SortFunc(next, func(a, b torture.Cell) int {
			return cmp.Or(cmp.Compare(a.Op, b.Op), cmp.Compare(a.N, b.N), cmp.Compare(a.Fault, b.Fault))
		})
		torture.ByPatience(next)
		m.try(h, next)
		cells = left
	}
	for op := range steps.Counts {
		if interest(op) {
			m.check(op)
		}
	}
}

// tries is how many steps are tried with a fault at most, where a trial may not come to one.
const tries = 4

// candidates are the cells of the sample: by kind, those that are tried one after the other
// until a trial has taken the step. A statement of a pass is a kind of its own; those that change
// no table are tried as often as there are faults.
func candidates(cells []torture.Cell, interest func(faults.Op) bool) map[torture.Cell][]torture.Cell {
	all := map[torture.Cell][]torture.Cell{}
	places := map[bool]map[int]int{false: {}, true: {}} // of statements by number, among those that change a table or change none
	for _, c := range cells {
		key := kind(c)
		switch {
		case !interest(c.Op):
			continue
		case c.Op.InPass():
			alike, possible := places[c.Temporary()], faults.Of(c.Op)
			if _, ok := alike[c.N]; !ok {
				alike[c.N] = len(alike)
			}
			place := alike[c.N]
			if c.Temporary() && place >= len(possible) || c.Fault != possible[place%len(possible)] {
				continue
			}
			key.N = c.N
		}
		all[key] = append(all[key], c)
	}
	for key, some := range all { // not all kinds of faults at the first step
		from := int(key.Fault) % len(some)
		all[key] = slices.Concat(some[from:], some[:from])
	}
	return all
}

// kind is the cell without its number.
func kind(c torture.Cell) torture.Cell { return torture.Cell{Op: c.Op, Fault: c.Fault} }

// countSteps counts the steps of a clean run.
func countSteps(t *testing.T, h *torture.Harness, statements []string) *torture.Steps {
	t.Helper()
	steps, err := h.Steps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a clean run takes these steps: %v", steps.Counts)
	checkStatements(t, steps.Statements, statements)
	return steps
}

// matrix collects what came of cells.
type matrix struct {
	t     *testing.T
	mu    sync.Mutex
	fired map[torture.Cell]int // by kind
}

// try tries cells, several in a trial.
func (m *matrix) try(h *torture.Harness, cells []torture.Cell) {
	m.t.Helper()
	missed, audited := 0, 0
	trials := torture.Together(cells)
	h.Trials(m.t.Context(), trials, func(cells []torture.Cell, r torture.Result) {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, c := range cells {
			if slices.Contains(r.Fired, faults.Firing{Op: c.Op, N: c.N, Fault: c.Fault}) {
				m.fired[kind(c)]++
				continue
			}
			missed++
			m.t.Logf("%s: the trial didn't take this step", c)
		}
		if r.Err != nil {
			m.t.Errorf("%s: %v", r.Name, r.Err)
		}
		if r.Audited {
			audited++
		}
		for _, w := range r.Wrongs() {
			m.t.Errorf("%s: %s", r.Name, w)
		}
	})
	m.t.Logf("%d trials of %d faults, of which %d didn't happen; %d were audited", len(trials), len(cells), missed, audited)
}

// check finds the faults that no step of a kind has met.
func (m *matrix) check(op faults.Op) {
	m.t.Helper()
	for _, f := range faults.Of(op) {
		if m.fired[torture.Cell{Op: op, Fault: f}] == 0 {
			m.t.Errorf("no step of the kind %q was %s", op, f)
		}
	}
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
