package torture

import (
	"context"
	"errors"
	"fmt"

	"github.com/tallystream/tallystream/shared/drain"
)

// call calls a stage; caught reports whether it has caught up. Of a call of the
// aggregate the shard is left out.
func (t *trial) call(ctx context.Context, stage string, r drain.BridgeRequest) (caught bool, err error) {
	ctx, end := t.caller(ctx)
	defer end()
	url, err := t.platform.endpoint(ctx, stage)
	if err != nil {
		return false, err
	}
	client := drain.Client{HTTP: t.http}
	if stage == aggregateStage {
		s, err := client.Aggregate(ctx, url, drain.AggregateRequest{Request: r.Request})
		return s.CaughtUp, err
	}
	s, err := client.Bridge(ctx, url, r)
	return s.CaughtUp, err
}

// caller returns the context of a call, which giveUp ends, and what to call at
// the end of the call.
func (t *trial) caller(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	t.calling.Lock()
	defer t.calling.Unlock()
	if t.callers == nil {
		t.callers = map[int]context.CancelFunc{}
	}
	t.calls++
	id := t.calls
	t.callers[id] = cancel
	return ctx, func() {
		cancel()
		t.calling.Lock()
		defer t.calling.Unlock()
		delete(t.callers, id)
	}
}

// giveUp ends the calls under way, as a caller does that waits no longer.
func (t *trial) giveUp() {
	t.calling.Lock()
	defer t.calling.Unlock()
	for _, cancel := range t.callers {
		cancel()
	}
}

// tries is how often a schedule calls again before somebody is woken.
const tries = 12

// until calls a stage again and again until it has caught up.
func (t *trial) until(ctx context.Context, stage string, r drain.BridgeRequest) error {
	var last error
	for range tries {
		this := r
		if t.called != nil {
			this = t.called(r)
		}
		caught, err := t.call(ctx, stage, this)
		if err == nil && caught {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s isn't done: %w (%v)", stage, ctx.Err(), err)
		}
		last = err
		t.place.Hold()() // a schedule calls again when the server has long started
		if err == nil {
			last = errors.New("it hasn't caught up")
		}
	}
	return fmt.Errorf("%s didn't recover in %d calls: %w", stage, tries, last)
}
