package aggregate

import (
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
// and answers with a Summary.
type Handler struct {
	Aggregator *Aggregator
	Drain      time.Duration // where the request names no seconds
	close      func() error
}

// Close lets go of the connections.
func (h *Handler) Close() error {
	if h.close == nil {
		return nil
	}
	return h.close()
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		function.Error(w, http.StatusMethodNotAllowed, fmt.Errorf("%s is not allowed: POST starts the passes", r.Method))
		return
	}
	until, drain, err := h.request(r.Body)
	if err != nil {
		logging.Add(r.Context(), slog.String("error", err.Error()))
		function.Error(w, http.StatusBadRequest, err)
		return
	}
	summary, err := h.Aggregator.Drain(r.Context(), until, time.Now().Add(drain))
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
		function.JSON(w, http.StatusInternalServerError, struct {
			Error string `json:"error"`
			Summary
		}{"the passes stopped early, and begin again with the next call: the log says why", summary})
		return
	}
	function.JSON(w, http.StatusOK, summary)
}

// maxSeconds is what Cloud Run gives an HTTP function at the most.
const maxSeconds = 3600

func (h *Handler) request(body io.Reader) (Until, time.Duration, error) {
	var request struct {
		Until   string   `json:"until"`
		Seconds *float64 `json:"seconds"`
	}
	dec := json.NewDecoder(io.LimitReader(body, 1<<16))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&request); err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, fmt.Errorf(`the body is not a request: %w; send {"until": "caught_up", "seconds": 55} or nothing`, err)
	}
	until, drain := Deadline, h.Drain
	switch request.Until {
	case "", "deadline":
	case "caught_up":
		until = CaughtUp
	default:
		return 0, 0, fmt.Errorf(`until is %q: it is "deadline" or "caught_up"`, request.Until)
	}
	if s := request.Seconds; s != nil {
		if *s < 0 || *s > maxSeconds {
			return 0, 0, fmt.Errorf("seconds is %v: it is from 0 to %d", *s, maxSeconds)
		}
		drain = time.Duration(*s * float64(time.Second))
	}
	return until, drain, nil
}
