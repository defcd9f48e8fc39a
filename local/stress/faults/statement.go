package faults

import (
	"context"
	"errors"
	"time"
)

// overtaken is how many queries another drain of the aggregate sends until it has
// run a pass: the progress, a poll, the pass, and the one after it, which shows that
// the pass has ended.
const overtaken = 4

// Statement applies the fault of a statement of a script in BigQuery.
func (in *Injector) Statement(ctx context.Context) error {
	switch in.next(Statement) {
	case Refused:
		return errors.New("failed by a fault")
	case KillAfter:
		in.kill(Statement)
		in.overtake(ctx)
	}
	return nil
}

// patience bounds the wait for another pass.
const patience = 30 * time.Second

// overtake waits until another pass has run, or until the faults end.
func (in *Injector) overtake(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	in.mu.Lock()
	until := in.seen[Query] + overtaken
	in.mu.Unlock()
	_ = in.wait(ctx, func() bool { return in.seen[Query] >= until || !in.active }) // it has waited long enough
}
