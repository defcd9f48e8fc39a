package torture

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/tallystream/tallystream/local/stress/faults"
)

// Cell is one trial of the crash matrix: a fault at a step.
type Cell struct {
	Op    faults.Op
	N     int // which of its kind, from 1
	Fault faults.Fault

	pass   string // where the step is a statement: of which pass, and what it does
	sample bool   // the verifier looks at the outcome, whether or not it looks at all
}

// auditEvery is how many cells have one in the sample. It has no common factor
// with the number of faults that a step can suffer (two, six or seven), so that
// the sample goes through all of them.
const auditEvery = 11

func (c Cell) String() string { return fmt.Sprintf("%s %d%s %s", c.Op, c.N, c.pass, c.Fault) }

// Every cell holds the same election.
const (
	electionOfMatrix = 1  // its seed
	batchOfMatrix    = 10 // most records of a message
)

// cleanRuns is how often the steps are counted: how many requests a client makes
// to Kafka is a matter of time, and what every run has is what can be tried.
const cleanRuns = 3

// Steps are those of a clean run.
type Steps struct {
	Counts     map[faults.Op]int // by their kind
	Statements []Statement       // of three passes
}

func matrixSetup() setup { return setup{election: electionOfMatrix, batch: batchOfMatrix} }

// Steps counts the steps of every stage in a clean run, by their kind.
func (a *Arena) Steps(ctx context.Context) (*Steps, error) {
	steps := &Steps{Counts: map[faults.Op]int{}}
	for range cleanRuns {
		r := a.hold(ctx, "clean run", matrixSetup(), func(ctx context.Context, t *trial) error {
			t.in.Start()
			err := t.run(ctx)
			for op, n := range t.in.Counts() {
				if most, ok := steps.Counts[op]; !ok || n < most {
					steps.Counts[op] = n
				}
			}
			return err
		})
		if r.Wrong() {
			return nil, fmt.Errorf("a run without faults: %v %w", r.Wrongs(), r.Err)
		}
	}
	var err error
	steps.Statements, err = a.statements(ctx)
	steps.Counts[faults.Statement] = len(steps.Statements)
	return steps, err
}

// Cells lists the matrix for the steps of a clean run.
func (a *Arena) Cells(steps *Steps) []Cell {
	var cells []Cell
	worth := Worth(steps.Statements)
	if !a.Thorough {
		worth = once(steps.Statements, worth)
	}
	for _, op := range slices.Sorted(maps.Keys(steps.Counts)) {
		for n := 1; n <= min(steps.Counts[op], most(op)); n += stride(op) {
			if op == faults.Statement && !worth[n-1] {
				continue
			}
			pass := ""
			if op == faults.Statement {
				s := steps.Statements[n-1]
				pass = fmt.Sprintf(" (%s, in pass %d)", s.Name(), s.Pass)
			}
			for _, f := range faults.Of(op) {
				cells = append(cells, Cell{op, n, f, pass, len(cells)%auditEvery == 0})
			}
		}
	}
	// Those that wait for a time-out come first, so that nobody waits for them.
	slices.SortStableFunc(cells, func(a, b Cell) int { return cmp.Compare(b.waits(), a.waits()) })
	return cells
}

// stride leaves out steps that are like their neighbours: a look at Kafka asks
// every broker for the topics, and for three lists of offsets of each, half of the
// fetches wait for records that don't come, and two requests open a stream.
func stride(op faults.Op) int {
	switch op {
	case faults.Metadata, faults.Fetch, faults.OpenStream:
		return 2
	case faults.Offsets:
		return 5 // to meet each list of each topic
	}
	return 1
}

// most bounds the steps of a kind: how often a drain asks for records that don't
// come depends on how fast everything else is.
func most(op faults.Op) int {
	if op == faults.Fetch {
		return 8
	}
	return math.MaxInt
}

// waits ranks cells by how long they wait.
func (c Cell) waits() int {
	switch {
	case c.Fault == faults.Late && c.Op == faults.Commit:
		return 2
	case c.Fault == faults.Late:
		return 1
	}
	return 0
}

// Matrix holds the trials of cells and tells done of each as it ends.
func (a *Arena) Matrix(ctx context.Context, cells []Cell, done func(Cell, Result)) {
	each(cells, func(c Cell) { done(c, a.cell(ctx, c)) })
}

func (a *Arena) cell(ctx context.Context, c Cell) Result {
	s := matrixSetup()
	s.called, s.audited = c.called, c.sample
	if c.Fault.Kills() {
		s.children = map[string]bool{c.Op.Stage(): true}
	}
	if c.Fault == faults.Late && c.Op.Stage() == ingestStage {
		s.pushed = patience
	}
	return a.hold(ctx, c.String(), s, func(ctx context.Context, t *trial) error {
		t.in.Choose = func(op faults.Op, n int) faults.Fault {
			if op == c.Op && n == c.N {
				return c.Fault
			}
			return faults.None
		}
		c.impatient(t)
		switch {
		case c.Op == faults.Statement:
			return t.count(ctx, thirds)
		case c.Op.Stage() == aggregateStage:
			return t.count(ctx, halves)
		}
		t.in.Start()
		return t.carry(ctx)
	})
}

// patience is how long a caller goes on to wait once a step is late.
const patience = 300 * time.Millisecond

// called changes a call to a stage so that a late step makes its caller give up.
func (c Cell) called(r request) request {
	switch {
	case c.Fault != faults.Late:
	case c.Op == faults.Fetch:
		r.Seconds = 1 // it is the drain that gives up
	case c.Op == faults.Publish:
		// A drain that still reads when its caller goes waits less for
		// acknowledgements than one that has read everything.
		r.Until, r.Seconds = deadline, 1
	}
	return r
}

// impatient has somebody give up where a step is late: the caller of the stage,
// or the push, or the bridge itself, which waits for a commit as long as it may.
func (c Cell) impatient(t *trial) {
	switch {
	case c.Op.Stage() == ingestStage:
		t.in.Hold = 2 * patience // the push has given up by then
	case c.Op == faults.Publish:
		t.in.Hold = 3 * time.Second // and a drain without a caller, its messages
	default:
		t.in.Hold = trialTime
	}
	if c.Op.Stage() != ingestStage && c.Op != faults.Commit {
		t.in.Held = func() { time.AfterFunc(patience, t.giveUp) }
	}
}
