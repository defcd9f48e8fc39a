package aggregate

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// A Handler drains on request: POST with an optional body
//
//	{"until": "deadline" or "caught_up", "seconds": 55}
//
// It answers with a summary; see package drain. A body with "rebuild" derives tables
// from raw again instead: "all" of them, or a range of event time,
// {"from": …, "to": …}; and one with "operation" bears that name in the log.
type Handler struct {
	aggregator *aggregator
	drain      time.Duration // of a request that names no seconds
	drains     *function.Work
	release    func() error // closes the warehouse's client
}

// Close implements function.Stage. A pass under way is finished if ctx leaves the
// time. One that is cut off changes nothing.
func (h *Handler) Close(ctx context.Context) error {
	return errors.Join(h.drains.Close(ctx), h.release())
}

// Drain runs passes, or a rebuild. It ends early when ctx ends, and when the stage is
// closed, after the pass under way.
func (h *Handler) Drain(ctx context.Context, r drain.AggregateRequest) (drain.AggregateSummary, error) {
	ctx, done, err := h.drains.Begin(ctx)
	if err != nil {
		return drain.AggregateSummary{}, err
	}
	defer done()
	end := time.Now().Add(r.Duration(h.drain))
	if r.Rebuild == nil {
		return h.aggregator.drain(ctx, r.Until, end)
	}
	logging.Add(ctx, slog.String("rebuild", r.Rebuild.String()))
	return h.aggregator.rebuild(ctx, *r.Rebuild, r.Operation, end)
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := drain.ReadAggregate(w, r)
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.Error(w, function.Status(err, http.StatusBadRequest), err)
		return
	}
	if req.Operation != "" {
		logging.Add(r.Context(), slog.String("operation", req.Operation))
	}
	summary, err := h.Drain(r.Context(), req)
	logging.Raise(r.Context(), slog.LevelInfo)
	logging.Add(r.Context(),
		slog.Int("passes", summary.Passes),
		slog.Int("steps", summary.Steps),
		slog.Int("looks", summary.Looks),
		slog.Int64("records", summary.Records),
		slog.Int64("waiting", summary.Waiting),
		slog.Int("conflicts", summary.Conflicts),
		slog.Int("unbalanced", summary.Unbalanced),
		slog.Bool("caught_up", summary.CaughtUp))
	if summary.Idle {
		logging.Add(r.Context(), slog.Bool("idle", true))
	}
	if summary.Running {
		logging.Add(r.Context(), slog.Bool("running", true))
	}
	if summary.Unbalanced > 0 {
		logging.Raise(r.Context(), slog.LevelError) // a figure is wrong: a person must act
	}
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		summary.Error = failed(req)
		function.JSON(w, function.Status(err, http.StatusInternalServerError), summary)
		return
	}
	function.JSON(w, http.StatusOK, summary)
}

// failed returns what a failure means to the caller. The log has its reason.
func failed(r drain.AggregateRequest) string {
	if r.Rebuild != nil {
		return "nothing was rebuilt: the log says why"
	}
	return "the passes stopped early, and begin again with the next call: the log says why"
}
