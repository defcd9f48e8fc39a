package torture

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/local/faults"
)

// Cell is one trial of the crash matrix: a fault at a step.
type Cell struct {
	Op    faults.Op
	N     int // which of its kind, from 1
	Fault faults.Fault
}

func (c Cell) String() string { return fmt.Sprintf("%s %d %s", c.Op, c.N, c.Fault) }

// Result is what came of a trial.
type Result struct {
	Name        string
	Fired       []faults.Firing
	Differences []string // between what is there and what has to be; none means right
	Err         error    // it didn't come to an end
	Took        time.Duration
}

// Wrong reports whether the trial found a fault of the stages.
func (r *Result) Wrong() bool { return r.Err != nil || len(r.Differences) > 0 }

// electionOfMatrix is the seed of the election that every cell holds.
const electionOfMatrix = 1

// cleanRuns is how often the steps are counted: how many requests a client makes
// to Kafka is a matter of time, and what every run has is what can be tried.
const cleanRuns = 3

// Steps counts the steps of every stage in a clean run, by their kind.
func (a *Arena) Steps(ctx context.Context) (map[faults.Op]int, error) {
	steps := map[faults.Op]int{}
	for range cleanRuns {
		r := a.hold(ctx, "clean run", setup{election: electionOfMatrix}, func(ctx context.Context, t *trial) error {
			t.in.Start()
			err := t.run(ctx)
			for op, n := range t.in.Counts() {
				if most, ok := steps[op]; !ok || n < most {
					steps[op] = n
				}
			}
			return err
		})
		if r.Wrong() {
			return nil, fmt.Errorf("a run without faults: %v %w", r.Differences, r.Err)
		}
	}
	return steps, nil
}

// Cells lists the matrix for the steps of a clean run.
func Cells(steps map[faults.Op]int) []Cell {
	var cells []Cell
	for _, op := range slices.Sorted(maps.Keys(steps)) {
		for n := first(op, steps[op]); n <= steps[op]; n += stride(op) {
			for _, f := range faults.Of(op) {
				cells = append(cells, Cell{op, n, f})
			}
		}
	}
	// Those that wait for a time-out come first, so that nobody waits for them.
	slices.SortStableFunc(cells, func(a, b Cell) int { return cmp.Compare(b.waits(), a.waits()) })
	return cells
}

// stride leaves out steps that are like their neighbours: a look at Kafka asks
// each broker for three lists of offsets of each topic, side by side.
func stride(op faults.Op) int {
	if op == faults.Offsets {
		return 3
	}
	return 1
}

// first is where the steps of a kind begin that are worth a trial: the statements
// of the second pass, which finds tables that hold something.
func first(op faults.Op, steps int) int {
	if op == faults.Statement {
		return steps/acts + 1
	}
	return 1
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

// each calls f for all items, as many at once as there are lanes.
func each[T any](items []T, f func(T)) {
	var wg sync.WaitGroup
	next := make(chan T)
	for range Lanes {
		wg.Go(func() {
			for item := range next {
				f(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	wg.Wait()
}

func (a *Arena) cell(ctx context.Context, c Cell) Result {
	s := setup{election: electionOfMatrix, called: c.called}
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
		if c.Op == faults.Publish {
			t.in.Hold = abandoned
		}
		if c.Op.Stage() == aggregateStage {
			return t.count(ctx)
		}
		t.in.Start()
		return t.carry(ctx)
	})
}

// patience is how long a caller goes on to wait once a step is late.
const patience = 300 * time.Millisecond

// abandoned is when a drain whose caller has gone has given up its messages.
const abandoned = 3 * time.Second

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

// impatient has the caller of a stage give up where a step is late. Ingest has
// the deadline of the push instead, and a commit the bridge's own.
func (c Cell) impatient(t *trial) {
	if c.Fault == faults.Late && c.Op.Stage() != ingestStage && c.Op != faults.Commit {
		t.in.Held = func() { time.AfterFunc(patience, t.giveUp) }
	}
}

// hold holds one trial: its course under faults, the recovery, the comparison.
func (a *Arena) hold(ctx context.Context, name string, s setup, course func(context.Context, *trial) error) (r Result) {
	begun := time.Now()
	r.Name = name
	defer func() { r.Took = time.Since(begun) }()
	var l *lane
	select {
	case l = <-a.lanes:
		defer func() { a.lanes <- l }()
	case <-ctx.Done():
		r.Err = ctx.Err()
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	t, err := l.newTrial(ctx, s)
	if err != nil {
		r.Err = fmt.Errorf("set up: %w", err)
		return r
	}
	defer t.close()
	r.Err = course(ctx, t)
	r.Fired = t.in.Fired()
	if r.Err == nil {
		r.Err = t.recover(ctx)
	}
	if r.Err == nil {
		r.Differences, r.Err = t.differences(ctx)
	}
	return r
}

// trialTime bounds a trial.
const trialTime = 2 * time.Minute
