package rest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/job"
	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// A Handler is the REST API as an http.Handler. Close it after use.
type Handler struct {
	engine  engine.API
	log     *slog.Logger
	mux     *http.ServeMux
	jobs    *job.Store
	uploads *uploadStore
	recent  *recentIDs

	ctx   context.Context // of the jobs, which outlive their requests
	stop  context.CancelFunc
	tasks sync.WaitGroup
	slots chan struct{} // one taken by each running job

	closing sync.RWMutex
	closed  bool // no more jobs

	seenMu sync.Mutex
	seen   map[string]bool // projects that requests have named
}

// New returns a Handler over an engine. A nil logger discards.
func New(e engine.API, log *slog.Logger) *Handler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	h := &Handler{
		engine:  e,
		log:     log,
		mux:     http.NewServeMux(),
		jobs:    job.NewStore(job.DefaultLimits),
		uploads: newUploadStore(),
		recent:  newRecentIDs(),
		slots:   make(chan struct{}, maxRunning),
		seen:    map[string]bool{},
	}
	e.ListJobs(h.describeJobs)
	h.ctx, h.stop = context.WithCancel(context.Background())
	for _, rt := range routes {
		h.mux.Handle(rt.method+" /"+rt.path, h.endpoint(rt.checked()))
	}
	for _, rt := range refused {
		if rt.serve != nil {
			h.mux.Handle(rt.method+" /"+rt.path, h.endpoint(rt.serve))
		}
	}
	h.mux.Handle("GET /{$}", h.endpoint((*Handler).root))
	h.mux.Handle("/", h.endpoint(unknownRoute))
	return h
}

// callerHeaders name who asks, where something before the emulator knows that, such as
// user:a@b.c. Its permissions are asked for then; without the header everybody has all. The
// second is the one of the emulator bqemulator, which tests of row access policies send.
var callerHeaders = []string{"X-Emulator-Caller", "X-Bqemu-Caller"}

// asCaller is a context of what a request asks for.
func asCaller(ctx context.Context, r *http.Request) context.Context {
	for _, name := range callerHeaders {
		if caller := r.Header.Get(name); caller != "" {
			return engine.WithCaller(ctx, caller)
		}
	}
	return ctx
}

// Close cancels the running jobs and waits until they have stopped.
func (h *Handler) Close() {
	h.closing.Lock()
	h.closed = true
	h.closing.Unlock()
	h.stop()
	h.tasks.Wait()
}

// ServeHTTP serves the API under /bigquery/v2/ and under / alike. A POST may name
// another method in X-HTTP-Method-Override, as Google's Java client sends PATCH.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if method := r.Header.Get("X-HTTP-Method-Override"); method != "" && r.Method == http.MethodPost {
		r2 := *r
		r2.Method = strings.ToUpper(method)
		r = &r2
	}
	if p, ok := strings.CutPrefix(r.URL.Path, "/bigquery/v2/"); ok {
		r2 := *r
		u := *r.URL
		u.Path = "/" + strings.TrimPrefix(p, "/")
		u.RawPath = ""
		r2.URL = &u
		r = &r2
	}
	h.mux.ServeHTTP(w, r)
}

// serveFunc answers a request or returns the error to answer with.
type serveFunc func(h *Handler, w http.ResponseWriter, r *http.Request) error

func (h *Handler) endpoint(serve serveFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				h.log.ErrorContext(r.Context(), "panic in a request", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				wire.WriteError(w, fmt.Errorf("%s %s: %v", r.Method, r.URL.Path, p))
			}
		}()
		err := serve(h, w, r)
		if err == nil {
			return
		}
		e := wire.AsError(err)
		level := slog.LevelDebug
		if e.Reason == "emulatorFailure" {
			level = slog.LevelError
		}
		h.log.Log(r.Context(), level, "request failed", "method", r.Method, "path", r.URL.Path, "status", e.Code, "reason", e.Reason, "error", e.Message)
		wire.WriteError(w, e)
	})
}

func (h *Handler) root(w http.ResponseWriter, _ *http.Request) error {
	return wire.Reply(w, map[string]string{"kind": "bigquery#emulator"})
}

func unknownRoute(_ *Handler, _ http.ResponseWriter, r *http.Request) error {
	return wire.Errorf(http.StatusNotFound, "notFound", "The BigQuery emulator does not serve %s %s", r.Method, r.URL.Path)
}
