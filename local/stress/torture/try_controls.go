package torture

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tallystream/tallystream/local/stress/faults"
)

// Control is what came of the seeds with one rule broken.
type Control struct {
	Name   string
	Intact bool // no rule is broken: no seed may fail
	Seeds  int
	Failed int   // seeds whose tables differ from the ledger; where no rule is broken, seeds that failed in any way
	Found  int   // seeds in whose tables the verifier found something
	Err    error // why the control couldn't be tried, or proves nothing; or a seed failed without a broken rule

	Unfinished int // seeds whose trial ended before the comparison
}

// ControlNames are the names of all controls.
func ControlNames() []string {
	var names []string
	for _, c := range controls {
		names = append(names, c.name)
	}
	return names
}

// mostSeeds is how many seeds a control is tried with at most. The control that shows most
// rarely shows with one seed in ten.
const mostSeeds = 150

// Notice breaks each of the named rules. It tries the seeds from first on, some at a time, until
// one fails. If none does, the trials don't notice that the rule is broken: the result has an error.
func (h *Harness) Notice(ctx context.Context, names []string, first uint64, some int) ([]Control, error) {
	results := make([]Control, len(names))
	left := map[int]*control{} // by place in the results
	for i, name := range names {
		at := slices.IndexFunc(controls, func(c *control) bool { return c.name == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no control %q", name)
		}
		left[i] = controls[at]
		results[i] = Control{Name: name, Intact: controls[at].intact}
	}
	for tried := 0; tried < mostSeeds && len(left) > 0; tried += some {
		h.try(ctx, left, results, first+uint64(tried), some)
		for i, c := range left {
			if c.intact || results[i].Failed > 0 || results[i].Err != nil {
				delete(left, i)
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i := range results {
		r := &results[i]
		switch {
		case r.Err != nil:
		case r.Intact && r.Failed > 0:
			r.Err = fmt.Errorf("%d of %d seeds fail without a broken rule", r.Failed, r.Seeds)
		case !r.Intact && r.Failed == 0:
			r.Err = fmt.Errorf("none of %d seeds fails: the trials don't see that this rule is broken", r.Seeds)
		}
	}
	return results, nil
}

// try tries controls with n seeds each, and adds to their results.
func (h *Harness) try(ctx context.Context, controls map[int]*control, results []Control, first uint64, n int) {
	type trial struct {
		seed    uint64
		control int
	}
	var trials []trial
	for i := range results {
		if controls[i] == nil {
			continue
		}
		results[i].Seeds += n
		for seed := range n {
			trials = append(trials, trial{first + uint64(seed), i})
		}
	}
	var mu sync.Mutex
	each(ctx, len(h.places), trials, func(t trial) {
		r := h.seed(ctx, t.seed, controls[t.control])
		mu.Lock()
		defer mu.Unlock()
		results[t.control].add(&r)
	})
}

// add adds what came of a seed.
func (c *Control) add(r *Result) {
	var target *faults.RewriteError
	switch {
	case errors.As(r.Err, &target):
		c.Err = r.Err
	case c.Intact && r.Wrong():
		c.Failed++
	case r.Err != nil:
		c.Unfinished++
	case len(r.Differences) > 0:
		c.Failed++
	}
	if len(r.Findings) > 0 {
		c.Found++
	}
}
