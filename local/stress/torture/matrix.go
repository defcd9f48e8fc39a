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
	"github.com/tallystream/tallystream/shared/drain"
)

// Cell is one trial of the crash matrix: a fault at a step.
type Cell struct {
	Op    faults.Op
	N     int // which of its kind, from 1
	Fault faults.Fault

	pass      string // where the step is a statement: of which pass, and what it does
	temporary bool   // the step is a statement that changes no table
	sample    bool   // the outcome is audited, also where not all are
}

// auditEvery is the distance between the cells of the sample that is audited. It
// has no common factor with the number of faults of a step (two, six or seven), so
// that the sample has every fault.
const auditEvery = 11

// Temporary reports whether the step is a statement that changes no table. A fault there leaves of
// the transaction what a fault at the next statement leaves.
func (c Cell) Temporary() bool { return c.temporary }

func (c Cell) String() string { return fmt.Sprintf("%s %d%s %s", c.Op, c.N, c.pass, c.Fault) }

// Every cell holds the same election.
const (
	electionOfMatrix = 1  // its seed
	batchOfMatrix    = 10 // most records of a message
)

// cleanRuns is how often the steps are counted. How many requests a client sends
// to Kafka depends on time; the steps that every run has can be tried.
const cleanRuns = 3

// Steps are those of a clean run.
type Steps struct {
	Counts     map[faults.Op]int // by their kind
	Statements []Statement       // of three passes
}

func matrixSetup() setup { return setup{election: electionOfMatrix, batch: batchOfMatrix} }

// Steps counts the steps of every stage in a clean run, by their kind.
func (h *Harness) Steps(ctx context.Context) (*Steps, error) {
	steps := &Steps{Counts: map[faults.Op]int{}}
	for range cleanRuns {
		r := h.runTrial(ctx, "clean run", matrixSetup(), func(ctx context.Context, t *trial) error {
			t.in.Start()
			err := t.run(ctx)
			for op, n := range t.in.Counts() {
				if most, ok := steps.Counts[op]; !ok || n < most {
					steps.Counts[op] = n
				}
			}
			return err
		})
		if err := r.clean(); err != nil {
			return nil, err
		}
	}
	var err error
	steps.Statements, err = h.statements(ctx)
	for op := range steps.Counts {
		if op.InPass() {
			steps.Counts[op] = len(steps.Statements)
		}
	}
	return steps, err
}

// Cells lists the matrix for the steps of a clean run.
func (h *Harness) Cells(steps *Steps) []Cell {
	var cells []Cell
	worth := Worth(steps.Statements)
	if !h.Thorough {
		worth = Once(steps.Statements, worth)
	}
	for _, op := range slices.Sorted(maps.Keys(steps.Counts)) {
		for n := 1; n <= min(steps.Counts[op], most(op)); n += stride(op) {
			if op.InPass() && !worth[n-1] {
				continue
			}
			pass, temporary := "", false
			if op.InPass() {
				s := steps.Statements[n-1]
				temporary = s.temporary()
				pass = fmt.Sprintf(" (%s, in pass %d)", s.Name(), s.Pass)
			}
			for _, f := range faults.Of(op) {
				if f == faults.Vanished && n > vanishings {
					continue
				}
				cells = append(cells, Cell{op, n, f, pass, temporary, len(cells)%auditEvery == 0})
			}
		}
	}
	ByPatience(cells)
	return cells
}

// ByPatience puts the cells that wait for a time-out first, so that nobody waits for them.
func ByPatience(cells []Cell) {
	slices.SortStableFunc(cells, func(a, b Cell) int { return cmp.Compare(b.waits(), a.waits()) })
}

// stride is the distance between the steps of a kind that are tried; those between
// are like their neighbours. A drain asks every broker for the topics, and for three
// lists of offsets of each topic. Half of the fetches wait for records that don't
// come. Two requests open a stream.
func stride(op faults.Op) int {
	switch op {
	case faults.Metadata, faults.Fetch, faults.OpenStream:
		return 2
	case faults.Offsets:
		return 5 // to meet each list of each topic
	}
	return 1
}

// vanishings is how many steps of a kind lose their client for good. A server is 15 s in
// noticing.
const vanishings = 2

// most is how many steps of a kind are tried. How often a drain asks for records
// that don't come depends on how fast everything else is.
func most(op faults.Op) int {
	if op == faults.Fetch {
		return 8
	}
	return math.MaxInt
}

// waits ranks cells by how long they wait.
func (c Cell) waits() int {
	switch {
	case c.Fault == faults.Vanished, c.Fault == faults.Late && c.Op == faults.Commit:
		return 2
	case c.Fault == faults.Late:
		return 1
	}
	return 0
}

// Matrix runs the trials of cells and calls done at the end of each.
func (h *Harness) Matrix(ctx context.Context, cells []Cell, done func(Cell, Result)) {
	each(ctx, len(h.places), cells, func(c Cell) { done(c, h.cell(ctx, c)) })
}

func (h *Harness) cell(ctx context.Context, c Cell) Result {
	s := matrixSetup()
	s.called, s.audited = c.called, c.sample
	if c.Fault.Kills() {
		s.children = map[string]bool{c.Op.Stage(): true}
	}
	if c.Fault == faults.Late && c.Op.Stage() == ingestStage {
		s.pushed = patience
	}
	return h.runTrial(ctx, c.String(), s, func(ctx context.Context, t *trial) error {
		t.in.Choose = func(op faults.Op, n int) faults.Fault {
			if op == c.Op && n == c.N {
				return c.Fault
			}
			return faults.None
		}
		c.impatient(t)
		switch {
		case c.Op.InPass():
			return t.count(ctx, thirds)
		case c.Op.Stage() == aggregateStage:
			return t.count(ctx, halves)
		}
		t.in.Start()
		return t.carry(ctx)
	})
}

// patience is how long a caller still waits when a step is late.
const patience = 300 * time.Millisecond

// called changes a call to a stage so that its caller gives up when a step is late.
func (c Cell) called(r drain.BridgeRequest) drain.BridgeRequest {
	switch {
	case c.Fault != faults.Late:
	case c.Op == faults.Fetch:
		r.Seconds = 1 // it is the drain that gives up
	case c.Op == faults.Publish:
		// A drain that still reads when its caller goes waits less for
		// acknowledgements than one that has read everything.
		r.Until, r.Seconds = drain.Deadline, 1
	}
	return r
}

// impatient makes a late step outlast whoever waits for it: the caller of the
// stage, the push, or the bridge, which bounds the time that a commit may take.
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
