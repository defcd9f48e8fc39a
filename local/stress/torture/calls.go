package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// request is the body of a call to bridge or aggregate.
type request struct {
	Until   string  `json:"until"`
	Seconds float64 `json:"seconds,omitempty"`
	Shard   int     `json:"shard,omitempty"`
	Shards  int     `json:"shards,omitempty"`
}

const (
	caughtUp = "caught_up"
	deadline = "deadline"
)

// summary is the part of both answers that the trials read.
type summary struct {
	CaughtUp bool `json:"caught_up"`
}

// call posts a request to a stage.
func (t *trial) call(ctx context.Context, stage string, r request) (summary, error) {
	var s summary
	ctx, end := t.caller(ctx)
	defer end()
	url, err := t.platform.endpoint(ctx, stage)
	if err != nil {
		return s, err
	}
	if stage == aggregateStage {
		r.Shard, r.Shards = 0, 0
	}
	body, err := json.Marshal(r)
	if err != nil {
		return s, err
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return s, err
	}
	resp, err := t.http.Do(post)
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return s, err
	}
	if resp.StatusCode != http.StatusOK {
		return s, fmt.Errorf("%s answered %d: %.500s", stage, resp.StatusCode, text)
	}
	return s, json.Unmarshal(text, &s)
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
func (t *trial) until(ctx context.Context, stage string, r request) error {
	var last error
	for range tries {
		this := r
		if t.called != nil {
			this = t.called(r)
		}
		s, err := t.call(ctx, stage, this)
		if err == nil && s.CaughtUp {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s isn't done: %w (%v)", stage, ctx.Err(), err)
		}
		last = err
		if err == nil {
			last = errors.New("it hasn't caught up")
		}
	}
	return fmt.Errorf("%s didn't recover in %d calls: %w", stage, tries, last)
}
