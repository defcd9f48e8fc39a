package torture

import (
	"fmt"
	"slices"
	"time"

	"github.com/tallystream/tallystream/local/stress/faults"
)

// Result is what came of a trial.
type Result struct {
	Name        string
	Fired       []faults.Firing
	Moves       Moves
	Differences []string // from the ledger; none means right
	Live        int      // times that live figures were compared with what a pass made of them
	Audited     bool     // the verifier has looked too
	Findings    []string // of the verifier; none means right
	Err         error    // why the trial didn't come to an end; nil if it did
	Stopped     bool     // it didn't, because all trials were stopped
	Took        time.Duration
	Log         string // of the functions; empty if the trial came to an end
}

// Wrong reports whether the trial found a fault of the stages. One that was stopped found none.
func (r *Result) Wrong() bool {
	return r.Err != nil && !r.Stopped || len(r.Differences)+len(r.Findings) > 0
}

// clean is what went wrong in a trial without faults.
func (r *Result) clean() error {
	switch {
	case r.Stopped:
		return r.Err
	case r.Wrong():
		return fmt.Errorf("a run without faults: %v %w", r.Wrongs(), r.Err)
	}
	return nil
}

// Wrongs are the differences and the findings.
func (r *Result) Wrongs() []string {
	wrongs := slices.Clone(r.Differences)
	for _, f := range r.Findings {
		wrongs = append(wrongs, "the verifier finds in "+f)
	}
	return wrongs
}
