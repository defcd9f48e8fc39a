package torture

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/stress/faults"
)

func newTestHarness(t *testing.T) *Harness {
	t.Helper()
	a, err := NewHarness(t.Context(), os.Args[0], "functions")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close the harness: %v", err)
		}
	})
	return a
}

// checkStatements checks that the passes of the matrix have every statement that a
// pass may have.
func checkStatements(t *testing.T, ran []Statement) {
	t.Helper()
	passes := map[string][]int{}
	worth, tried := map[int]int{}, map[int]int{}
	all := Worth(ran)
	some := once(ran, all)
	for i, s := range ran {
		if some[i] {
			passes[s.code()] = append(passes[s.code()], s.Pass)
			tried[s.Pass]++
		}
		if all[i] {
			worth[s.Pass]++
		}
	}
	for _, name := range slices.Concat(aggregate.Steps(), aggregate.StepsWithoutVoters(), []string{"ballots_new"}) {
		s := Statement{SQL: aggregate.Statement(name)}
		if strings.HasPrefix(s.code(), "SET ") {
			continue // it sets a variable of the script, and runs as a part of it
		}
		if len(passes[s.code()]) != 1 {
			t.Errorf("the matrix tries the statement %s in the passes %v, want one", name, passes[s.code()])
		}
	}
	if len(tried) != len(thirds) {
		t.Errorf("the matrix tries so many statements by pass: %v, want %d passes", tried, len(thirds))
	}
	t.Logf("%d statements; worth a trial are, by pass: %v; tried here: %v", len(ran), worth, tried)
}

func TestWorth(t *testing.T) {
	statements := []Statement{
		{1, "BEGIN TRANSACTION"}, {1, "-- What is new.\nCREATE TEMP TABLE fresh AS\nSELECT 1"}, {1, "MERGE core.voters AS t\nUSING x"}, {1, "COMMIT TRANSACTION"},
		{2, "BEGIN TRANSACTION"}, {2, "-- What is new.\nCREATE TEMP TABLE fresh AS\nSELECT 1"}, {2, "MERGE core.voters AS t\nUSING x"},
		{2, "CREATE TEMP TABLE published AS\nSELECT 2"}, {2, "COMMIT TRANSACTION"},
	}
	want := []bool{true, true, true, true, false, false, true, true, true}
	if diff := cmp.Diff(want, Worth(statements)); diff != "" {
		t.Errorf("Worth (-want +got):\n%s", diff)
	}
	want = []bool{true, true, true, false, false, false, false, true, true}
	if diff := cmp.Diff(want, once(statements, Worth(statements))); diff != "" {
		t.Errorf("once (-want +got):\n%s", diff)
	}
	if got, want := statements[2].Name(), "MERGE core.voters"; got != want {
		t.Errorf("Name = %q, want %q", got, want)
	}
}

// Every step of every stage, with every fault.
func TestCrashMatrix(t *testing.T) {
	a := newTestHarness(t)
	steps, err := a.Steps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a clean run takes these steps: %v", steps.Counts)
	checkStatements(t, steps.Statements)
	cells := a.Cells(steps)
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
	for op := range steps.Counts {
		for _, f := range faults.Of(op) {
			if fired[Cell{Op: op, Fault: f}] == 0 {
				t.Errorf("no step of the kind %q was %s", op, f)
			}
		}
	}
	t.Logf("%d trials, of which %d didn't take their step, and %d were audited", len(cells), missed, audited)
}
