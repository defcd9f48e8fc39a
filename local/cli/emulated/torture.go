package emulated

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/local/stress/torture"
	"github.com/tallystream/tallystream/local/stress/torture/postgres"
	"github.com/tallystream/tallystream/shared/endpoint"
)

func tortureCommand(h *cli.Host) *cobra.Command {
	c := cli.Declared("torture")
	flags := c.Flags()
	var o tortureOptions
	flags.Uint64Var(&o.only, "seed", 0, "try one `SEED` only, and tell what it does")
	flags.IntVar(&o.seeds, "seeds", 50, "`NUMBER` of seeds")
	flags.Uint64Var(&o.from, "from", 1, "first `SEED`")
	flags.IntVar(&o.controls, "controls", 20, "`NUMBER` of seeds for each broken rule; 0 leaves them out")
	flags.BoolVar(&o.matrix, "matrix", true, "the crash matrix too")
	flags.StringVar(&o.warehouse, "warehouse", run.DefaultWarehouse, "`KIND` of warehouse that the trials have their tables in: bigquery, or postgres, of which servers are started")
	c.RunE = func(c *cobra.Command, _ []string) error { return runTorture(c.Context(), h, &o) }
	return c
}

type tortureOptions struct {
	only, from      uint64
	seeds, controls int
	matrix          bool
	warehouse       string
}

// check says what is wrong with the options.
func (o *tortureOptions) check() error {
	if o.seeds < 0 || o.controls < 0 {
		return fmt.Errorf("%d seeds, %d seeds for each broken rule: want 0 or more", o.seeds, o.controls)
	}
	return cli.CheckWarehouse(o.warehouse)
}

// startTables starts what the trials have their tables in.
func (o *tortureOptions) startTables(ctx context.Context) (torture.Warehouse, error) {
	if o.warehouse == endpoint.Postgres {
		return postgres.Start(ctx)
	}
	return tortureOnBigQuery(ctx)
}

func runTorture(ctx context.Context, h *cli.Host, o *tortureOptions) (err error) {
	if err := o.check(); err != nil {
		return cli.Mistake(err)
	}
	if h.Getenv("LOG_LEVEL") == "" {
		// What the stages in this process log is about injected faults.
		if err := os.Setenv("LOG_LEVEL", "error"); err != nil {
			return err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program to start it again: %w", err)
	}
	w, err := o.startTables(ctx)
	if err != nil {
		return err
	}
	harness, err := torture.NewHarness(ctx, w, self, "functions")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, harness.Close()) }()
	harness.Thorough = true
	if o.only != 0 {
		return oneSeed(ctx, h, harness, o.only)
	}
	var errs []error
	if o.matrix {
		errs = append(errs, tortureMatrix(ctx, h, harness))
	}
	if o.seeds > 0 && ctx.Err() == nil {
		errs = append(errs, tortureSeeds(ctx, h, harness, o))
	}
	if o.controls > 0 && ctx.Err() == nil {
		errs = append(errs, tortureControls(ctx, h, harness, o))
	}
	if stopped := ctx.Err(); stopped != nil { // what has failed until then is told all the same
		errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil || errors.Is(err, stopped) })
		if len(errs) == 0 {
			return stopped
		}
	}
	return errors.Join(errs...)
}

// tally follows trials to their end.
type tally struct {
	host  *cli.Host
	label string
	total int

	mu           sync.Mutex
	done, failed int // trials that came to their end, and those of them that failed
	faults       int
	moves        torture.Moves
}

func (t *tally) follow() (stop func()) {
	return t.host.Console.Follow(func() []console.Bar {
		t.mu.Lock()
		defer t.mu.Unlock()
		return []console.Bar{{Label: t.label, Done: int64(t.done), Total: int64(t.total),
			Note: fmt.Sprintf("%s faults, %d failed", console.Number(int64(t.faults)), t.failed)}}
	})
}

// add counts a trial, and prints it if it failed.
func (t *tally) add(r torture.Result, again string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.Stopped {
		return
	}
	t.done++
	t.faults += len(r.Fired)
	t.moves.Add(r.Moves)
	if !r.Wrong() {
		return
	}
	t.failed++
	t.host.Console.Printf("%s FAILED%s\n%s", r.Name, again, details(r))
}

// details are the faults of a trial and what is wrong after it.
func details(r torture.Result) string {
	var b strings.Builder
	for _, f := range r.Fired {
		fmt.Fprintf(&b, "  fault: %s\n", f)
	}
	for _, w := range r.Wrongs() {
		fmt.Fprintf(&b, "  wrong: %s\n", w)
	}
	if r.Err != nil {
		fmt.Fprintf(&b, "  error: %v\n", r.Err)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (t *tally) err() error {
	switch left := t.total - t.done; {
	case t.failed > 0 && left > 0:
		return fmt.Errorf("%d of %d trials failed (%s; %d not tried to the end): see above", t.failed, t.done, t.label, left)
	case t.failed > 0:
		return fmt.Errorf("%d of %d trials failed (%s): see above", t.failed, t.total, t.label)
	}
	return nil
}

func tortureMatrix(ctx context.Context, h *cli.Host, harness *torture.Harness) error {
	steps, err := harness.Steps(ctx)
	if err != nil {
		return err
	}
	cells := harness.Cells(steps)
	t := &tally{host: h, label: "crash matrix", total: len(cells)}
	fired := map[torture.Cell]int{} // by kind: N is 0
	stop := t.follow()
	harness.Matrix(ctx, cells, func(c torture.Cell, r torture.Result) {
		t.add(r, "")
		if len(r.Fired) > 0 {
			t.mu.Lock()
			defer t.mu.Unlock()
			fired[torture.Cell{Op: c.Op, Fault: c.Fault}]++
		}
	})
	stop()
	fmt.Fprint(h.Stdout, matrixTable(steps.Counts, fired))
	return t.err()
}

// matrixTable counts the trials whose fault happened.
func matrixTable(steps map[faults.Op]int, fired map[torture.Cell]int) string {
	var b strings.Builder
	kinds := faults.All()
	fmt.Fprintf(&b, "\n  %-20s %9s", "step", "in a run")
	for _, f := range kinds {
		fmt.Fprintf(&b, " %15s", f)
	}
	b.WriteByte('\n')
	ops := slices.SortedFunc(maps.Keys(steps), func(x, y faults.Op) int {
		return cmp.Or(cmp.Compare(x.Stage(), y.Stage()), cmp.Compare(x, y))
	})
	for _, op := range ops {
		fmt.Fprintf(&b, "  %-20s %9d", op, steps[op])
		for _, f := range kinds {
			fmt.Fprintf(&b, " %15d", fired[torture.Cell{Op: op, Fault: f}])
		}
		b.WriteByte('\n')
	}
	return b.String() + "\n"
}

func tortureSeeds(ctx context.Context, h *cli.Host, harness *torture.Harness, o *tortureOptions) error {
	t := &tally{host: h, label: "seeds", total: o.seeds}
	stop := t.follow()
	harness.Seeds(ctx, o.from, o.seeds, func(seed uint64, r torture.Result) {
		t.add(r, fmt.Sprintf("; by itself: go run ./local torture --warehouse %s --seed %d", o.warehouse, seed))
	})
	stop()
	fmt.Fprintf(h.Stdout, "  %d seeds from %d on, %d faults, %s; %d failed\n\n", t.done, o.from, t.faults, t.moves, t.failed)
	return t.err()
}

func tortureControls(ctx context.Context, h *cli.Host, harness *torture.Harness, o *tortureOptions) error {
	h.Console.Printf("Rules broken on purpose, with %d seeds each, and more where none of these notices.", o.controls)
	results, err := harness.Notice(ctx, torture.ControlNames(), o.from, o.controls)
	errs := []error{err}
	for _, c := range results {
		fmt.Fprintf(h.Stdout, "  %-48s %d of %d seeds fail; the verifier alone finds %d\n", c.Name, c.Failed, c.Seeds, c.Found)
		if c.Err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.Name, c.Err))
		}
	}
	return errors.Join(errs...)
}

// oneSeed tries one seed and prints its plan, its faults and the logs.
func oneSeed(ctx context.Context, h *cli.Host, harness *torture.Harness, seed uint64) error {
	var result torture.Result
	harness.Seeds(ctx, seed, 1, func(_ uint64, r torture.Result) { result = r })
	if err := ctx.Err(); err != nil {
		return err
	}
	fmt.Fprintln(h.Stdout, torture.Plan(seed))
	fmt.Fprintln(h.Stdout, details(result))
	fmt.Fprint(h.Stdout, result.Log)
	if result.Wrong() {
		return fmt.Errorf("seed %d fails", seed)
	}
	h.Console.Printf("Seed %d passes: every table is right.", seed)
	return nil
}
