package rest

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// maxRunning is how many jobs run at a time; the others are PENDING. BigQuery's
// own concurrency is dynamic and of this order.
const maxRunning = 100

var errCancelled = wire.Errorf(400, "stopped", "Job execution was cancelled: User requested cancellation")

// newID makes a job id as BigQuery does for jobs without one.
func newID() string { return "job_" + rand.Text() + rand.Text()[:2] }

// errClosing is answered while the server shuts down; clients may try again.
var errClosing = wire.Errorf(503, "backendError", "The emulator is shutting down")

// start runs a job on its own.
func (h *Handler) start(j *job, run func(context.Context) (outcome, error)) error {
	h.closing.RLock()
	defer h.closing.RUnlock()
	if h.closed {
		return errClosing
	}
	h.tasks.Go(func() {
		defer j.stop(nil)
		ctx, cancel := h.limited(j)
		defer cancel()
		select {
		case h.slots <- struct{}{}:
			defer func() { <-h.slots }()
		case <-ctx.Done():
			h.end(j, outcome{}, context.Cause(ctx))
			return
		}
		j.begin()
		out, err := h.guarded(ctx, j, run)
		if err != nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		h.end(j, out, err)
	})
	return nil
}

// limited is the job's context with its time limit.
func (h *Handler) limited(j *job) (context.Context, context.CancelFunc) {
	if j.config.JobTimeoutMs <= 0 {
		return j.ctx, func() {}
	}
	limit := time.Duration(j.config.JobTimeoutMs) * time.Millisecond
	return context.WithTimeoutCause(j.ctx, limit, wire.Errorf(400, "stopped", "Job timed out after %v", limit))
}

// guarded turns a panic of the engine into the job's failure.
func (h *Handler) guarded(ctx context.Context, j *job, run func(context.Context) (outcome, error)) (out outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.log.ErrorContext(ctx, "panic in a job", "job", j.id(), "panic", p, "stack", string(debug.Stack()))
			out, err = outcome{}, fmt.Errorf("job %s: %v", j.id(), p)
		}
	}()
	return run(ctx)
}

// end records a job's end, and the jobs of its statements if it is a script.
func (h *Handler) end(j *job, out outcome, err error) {
	if err != nil {
		h.log.Debug("job failed", "job", j.id(), "error", err)
	}
	j.finish(out, err)
	h.jobs.retire(j)
	if q := out.query; q != nil {
		for i, child := range q.Children {
			h.endChild(j, i, child)
		}
	}
	close(j.ended)
}

func (h *Handler) endChild(parent *job, i int, result *engine.Result) {
	config := &bqv2.JobConfiguration{Query: &bqv2.JobConfigurationQuery{UseLegacySql: new(bool)}}
	id := fmt.Sprintf("script_job_%s_%d", strings.ToLower(strings.TrimPrefix(parent.key.id, "job_")), i)
	child := newJob(h.ctx, jobKey{parent.key.project, id}, config)
	child.stop(nil) // it has ended already
	child.parent, child.created, child.started = parent, parent.started, parent.started
	if _, err := h.jobs.add(child); err != nil {
		h.log.Warn("a script's statement has no job of its own", "job", child.id(), "error", err)
		return
	}
	h.end(child, outcome{query: result}, nil)
}
