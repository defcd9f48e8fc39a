package rest

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// errClosing is answered while the server shuts down; clients may try again.
var errClosing = wire.Errorf(503, "backendError", "The emulator is shutting down")

// start runs a job on its own.
func (h *Handler) start(j *job.Job, run func(context.Context) (job.Outcome, error)) error {
	h.closing.RLock()
	defer h.closing.RUnlock()
	if h.closed {
		return errClosing
	}
	h.tasks.Go(func() {
		defer j.Stop(nil)
		ctx, cancel := h.limited(j)
		defer cancel()
		select {
		case h.slots <- struct{}{}:
			defer func() { <-h.slots }()
		case <-ctx.Done():
			h.end(j, job.Outcome{}, context.Cause(ctx))
			return
		}
		j.Begin()
		out, err := h.guarded(ctx, j, run)
		if err != nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		h.end(j, out, err)
	})
	return nil
}

// limited is the job's context with its time limit.
func (h *Handler) limited(j *job.Job) (context.Context, context.CancelFunc) {
	limit := time.Duration(j.Config.JobTimeoutMs) * time.Millisecond
	if limit <= 0 || limit > maxJob {
		return context.WithTimeoutCause(j.Context, maxJob, wire.Errorf(400, "timeout",
			"Operation timed out after %.1f hours. Consider reducing the amount of work performed by your operation so that it can complete within this limit.", maxJob.Hours()))
	}
	return context.WithTimeoutCause(j.Context, limit, wire.Errorf(400, "stopped", "Job timed out after %v", limit))
}

// guarded turns a panic of the engine into the job's failure.
func (h *Handler) guarded(ctx context.Context, j *job.Job, run func(context.Context) (job.Outcome, error)) (out job.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.log.ErrorContext(ctx, "panic in a job", "job", j.ID(), "panic", p, "stack", string(debug.Stack()))
			out, err = job.Outcome{}, fmt.Errorf("job %s: %v", j.ID(), p)
		}
	}()
	return run(ctx)
}

// end records a job's end, and the jobs of its statements if it is a script.
func (h *Handler) end(j *job.Job, out job.Outcome, err error) {
	if err != nil {
		h.log.Debug("job failed", "job", j.ID(), "error", err)
	}
	j.Finish(out, err)
	h.jobs.Retire(j)
	if q := out.Query; q != nil {
		for i, child := range q.Children {
			h.endChild(j, i, child)
		}
	}
	close(j.Ended)
}

func (h *Handler) endChild(parent *job.Job, i int, result *engine.Result) {
	config := &bqv2.JobConfiguration{Query: &bqv2.JobConfigurationQuery{Query: result.SQL, UseLegacySql: new(bool)}}
	id := fmt.Sprintf("script_job_%s_%d", strings.ToLower(strings.TrimPrefix(parent.Key.ID, "job_")), i)
	child := job.New(h.ctx, job.Key{Project: parent.Key.Project, ID: id}, config)
	child.Stop(nil) // it has ended already
	child.Parent, child.Created, child.Started = parent, result.Began, result.Began
	if _, err := h.jobs.Add(child); err != nil {
		h.log.Warn("a script's statement has no job of its own", "job", child.ID(), "error", err)
		return
	}
	h.end(child, job.Outcome{Query: result}, nil)
}
