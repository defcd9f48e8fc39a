package torture

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/shared/drain"
)

// Cell is a fault at a step, in the crash matrix.
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
			err := t.run(ctx, halves)
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

// Matrix runs a trial of each cell and calls done at its end.
func (h *Harness) Matrix(ctx context.Context, cells []Cell, done func(Cell, Result)) {
	var trials [][]Cell
	for _, c := range cells {
		trials = append(trials, []Cell{c})
	}
	h.Trials(ctx, trials, func(some []Cell, r Result) { done(some[0], r) })
}

// Together puts the cells into trials of several: one of each stage at most. A cell that waits is alone, since others
// would change for whom.
func Together(cells []Cell) [][]Cell {
	var alone, together [][]Cell
	trials := map[string]int{} // by stage
	for _, c := range cells {
		if c.waits() > 0 {
			alone = append(alone, []Cell{c})
			continue
		}
		n := trials[c.Op.Stage()]
		if trials[c.Op.Stage()]++; n == len(together) {
			together = append(together, nil)
		}
		together[n] = append(together[n], c)
	}
	return append(alone, together...)
}

// Trials runs trials of cells and calls done at the end of each.
func (h *Harness) Trials(ctx context.Context, trials [][]Cell, done func([]Cell, Result)) {
	each(ctx, len(h.places), trials, func(cells []Cell) { done(cells, h.cells(ctx, cells)) })
}

// cells runs a trial of several cells.
func (h *Harness) cells(ctx context.Context, cells []Cell) Result {
	s := matrixSetup()
	s.children = map[string]bool{}
	var names []string
	inPass := false
	for _, c := range cells {
		names = append(names, c.String())
		s.audited = s.audited || c.sample
		inPass = inPass || c.Op.InPass()
		if c.Fault.Kills() {
			s.children[c.Op.Stage()] = true
		}
	}
	first := cells[0] // the only one, if it waits
	s.called = first.called
	if first.Fault == faults.Late && first.Op.Stage() == ingestStage {
		s.pushed = patience
	}
	return h.runTrial(ctx, strings.Join(names, ", "), s, func(ctx context.Context, t *trial) error {
		t.in.Choose = func(op faults.Op, n int) faults.Fault {
			for _, c := range cells {
				if op == c.Op && n == c.N {
					return c.Fault
				}
			}
			return faults.None
		}
		first.impatient(t)
		shards := halves
		if inPass {
			shards = thirds
		}
		switch {
		case len(cells) > 1:
			t.in.Start()
			return t.run(ctx, shards)
		case first.Op.Stage() == aggregateStage:
			return t.count(ctx, shards)
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
