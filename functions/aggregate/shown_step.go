package aggregate

import (
	"context"
	"errors"
	"fmt"

	"github.com/tallystream/tallystream/shared/drain"
)

// stepShown brings the shown votes by candidate up to what a poll has found, unless the last step
// of the drain was made for the same. It returns what the last step was made for, and counts
// steps and conflicts in the summary. A backlog that readers don't see isn't shown before it
// is settled. A step that meets a pass gives way: the next one is as good.
func (a *aggregator) stepShown(ctx context.Context, found findings, state []Partition, last []Fresh, s *drain.AggregateSummary) ([]Fresh, error) {
	if unsettled(found, state) > a.live || sameRecords(found.fresh, last) {
		return last, nil
	}
	switch err := a.warehouse.StepShown(ctx, newPass(a.now(), found)); {
	case errors.Is(err, ErrConflict):
		s.Conflicts++
		return last, nil
	case err != nil:
		return last, fmt.Errorf("step: %w", err)
	}
	s.Steps++
	return found.fresh, nil
}

// unsettled returns how many records a poll found that no pass has read.
func unsettled(found findings, state []Partition) int64 {
	records := -waiting(state)
	for _, f := range found.fresh {
		records += f.Records
	}
	return records
}

// sameRecords reports whether two polls found as many records from the same offsets on,
// in any order.
func sameRecords(a, b []Fresh) bool {
	if len(a) != len(b) {
		return false
	}
	known := map[Fresh]bool{}
	for _, f := range a {
		known[f] = true
	}
	for _, f := range b {
		if !known[f] {
			return false
		}
	}
	return true
}
