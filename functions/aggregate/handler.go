package aggregate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// A Handler drains on request: POST with an optional body
//
//	{"until": "deadline" or "caught_up", "seconds": 55}
//
// and answers with a Summary. With "rebuild" it derives tables from raw again
// instead: "all", or the range of event time {"from": …, "to": …}.
type Handler struct {
	aggregator *aggregator
	drain      time.Duration // where the request names no seconds
	drains     *function.Work
	release    func() error // of the warehouse
}

// Close implements function.Stage. A pass under way is finished where there is
// time; one that is cut off changes nothing.
func (h *Handler) Close(ctx context.Context) error {
	return errors.Join(h.drains.Close(ctx), h.release())
}

// Drain runs passes, see aggregator.drain.
func (h *Handler) Drain(ctx context.Context, until Until, end time.Time) (Summary, error) {
	return h.run(ctx, request{until: until, drain: time.Until(end)})
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		function.Error(w, http.StatusMethodNotAllowed, fmt.Errorf("%s is not allowed: POST starts the passes", r.Method))
		return
	}
	body, err := function.ReadBody(w, r, maxBody)
	var req request
	if err == nil {
		req, err = h.request(body)
	}
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.Error(w, function.Status(err, http.StatusBadRequest), err)
		return
	}
	summary, err := h.run(r.Context(), req)
	logging.Raise(r.Context(), slog.LevelInfo)
	logging.Add(r.Context(),
		slog.Int("passes", summary.Passes),
		slog.Int("looks", summary.Looks),
		slog.Int64("records", summary.Records),
		slog.Int64("waiting", summary.Waiting),
		slog.Int("conflicts", summary.Conflicts),
		slog.Int("unbalanced", summary.Unbalanced),
		slog.Bool("caught_up", summary.CaughtUp))
	if summary.Unbalanced > 0 {
		logging.Raise(r.Context(), slog.LevelError) // a figure is wrong: somebody must look
	}
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.JSON(w, function.Status(err, http.StatusInternalServerError), struct {
			Error string `json:"error"`
			Summary
		}{req.failed(), summary})
		return
	}
	function.JSON(w, http.StatusOK, summary)
}

// request is what a call asks for.
type request struct {
	until   Until
	drain   time.Duration
	rebuild *Range // nil for passes
}

// failed says what a failure means to the caller; the log says why.
func (r request) failed() string {
	if r.rebuild != nil {
		return "nothing was rebuilt: the log says why"
	}
	return "the passes stopped early, and begin again with the next call: the log says why"
}

func (h *Handler) run(ctx context.Context, r request) (Summary, error) {
	ctx, done, err := h.drains.Begin(ctx)
	if err != nil {
		return Summary{}, err
	}
	defer done()
	end := time.Now().Add(r.drain)
	if r.rebuild == nil {
		return h.aggregator.drain(ctx, r.until, end)
	}
	logging.Add(ctx, slog.String("rebuild", r.rebuild.String()))
	return h.aggregator.rebuild(ctx, *r.rebuild, end)
}

// maxSeconds is what Cloud Run gives an HTTP function at the most.
const maxSeconds = 3600

// maxBody bounds a request: the longest there is has a hundred bytes.
const maxBody = 4 << 10

func (h *Handler) request(body []byte) (request, error) {
	var asked struct {
		Until   string          `json:"until"`
		Seconds *float64        `json:"seconds"`
		Rebuild json.RawMessage `json:"rebuild"`
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&asked); err != nil && !errors.Is(err, io.EOF) {
		return request{}, fmt.Errorf(`the body is not a request: %w; send {"until": "caught_up", "seconds": 55} or nothing`, err)
	}
	r := request{until: Deadline, drain: h.drain}
	switch asked.Until {
	case "", "deadline":
	case "caught_up":
		r.until = CaughtUp
	default:
		return request{}, fmt.Errorf(`until is %q: it is "deadline" or "caught_up"`, asked.Until)
	}
	if s := asked.Seconds; s != nil {
		if *s < 0 || *s > maxSeconds {
			return request{}, fmt.Errorf("seconds is %v: it is from 0 to %d", *s, maxSeconds)
		}
		r.drain = time.Duration(*s * float64(time.Second))
	}
	var err error
	r.rebuild, err = parseRebuild(asked.Rebuild)
	return r, err
}
