package function

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tallystream/tallystream/shared/logging"
)

// A host builds the stages of a process, serves them and ends them.
type host struct {
	log      *slog.Logger
	requests *Work
	listen   sync.Once // for SIGTERM

	mu     sync.Mutex
	stages map[string]Stage // that are built
	closed bool             // no more are
}

func newHost(log *slog.Logger) *host {
	return &host{log: log, requests: NewWork(), stages: map[string]Stage{}}
}

// handler builds a stage on the first request and serves it, with one line of
// log per request. Requests with huge headers don't get that far.
func (h *host) handler(name string, build func() (Stage, error)) http.Handler {
	logged := logging.Handler(name, h.log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := checkHeader(r); err != nil {
			Error(w, Status(err, http.StatusBadRequest), err)
			return
		}
		s, err := h.stage(name, build)
		if err != nil {
			logging.Add(r.Context(), slog.String("error", err.Error()))
			if !errors.Is(err, ErrClosing) {
				err = errors.New("the function can't start: its log says why")
			}
			Error(w, Status(err, http.StatusInternalServerError), err)
			return
		}
		s.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done, err := h.requests.Enter()
		if err != nil {
			Error(w, Status(err, http.StatusServiceUnavailable), err)
			return
		}
		defer done()
		logged.ServeHTTP(w, r)
		select {
		case <-h.requests.Closing():
			// The process exits once all requests are done, and with it what the
			// server has not sent yet.
			_ = http.NewResponseController(w).Flush()
		default:
		}
	})
}

// stage returns a stage, which it builds where that hasn't succeeded before. One
// that was built after close has begun would not hear of it: the error is ErrClosing.
func (h *host) stage(name string, build func() (Stage, error)) (Stage, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.stages[name]; s != nil {
		return s, nil
	}
	if h.closed {
		return nil, ErrClosing
	}
	s, err := build()
	if err != nil {
		return nil, err
	}
	h.stages[name] = s
	h.listen.Do(func() {
		term := make(chan os.Signal, 1)
		signal.Notify(term, syscall.SIGTERM)
		go func() {
			<-term
			os.Exit(h.close())
		}()
	})
	return s, nil
}

// close closes all stages at the same time, waits for the requests under way,
// and returns the status that the process exits with.
func (h *host) close() int {
	started := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	h.mu.Lock()
	h.closed = true
	names := make([]string, 0, len(h.stages))
	errs := make([]error, len(h.stages)+1)
	var closing sync.WaitGroup
	for name, s := range h.stages {
		i := len(names)
		names = append(names, name)
		closing.Go(func() {
			if err := s.Close(ctx); err != nil {
				errs[i] = fmt.Errorf("close %s: %w", name, err)
			}
		})
	}
	h.mu.Unlock()
	closing.Go(func() { errs[len(errs)-1] = h.requests.Close(ctx) })
	closing.Wait()
	slices.Sort(names)
	attrs := []slog.Attr{slog.String("stages", strings.Join(names, " ")), slog.Duration("took", time.Since(started).Round(time.Millisecond))}
	if err := errors.Join(errs...); err != nil {
		h.log.LogAttrs(ctx, slog.LevelError, "shut down on SIGTERM", append(attrs, slog.String("error", err.Error()))...)
		return 1
	}
	h.log.LogAttrs(ctx, slog.LevelInfo, "shut down on SIGTERM", attrs...)
	return 0
}
