package logging

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
)

// invocation is what a context carries for the line of its invocation.
type invocation struct {
	trace, span, execution string

	mu    sync.Mutex
	attrs []slog.Attr
	level slog.Level
}

type invocationKey struct{}

func fromContext(ctx context.Context) *invocation {
	inv, _ := ctx.Value(invocationKey{}).(*invocation)
	return inv
}

// Add adds attributes to the line of the invocation that ctx belongs to.
// Without one it does nothing.
func Add(ctx context.Context, attrs ...slog.Attr) {
	if inv := fromContext(ctx); inv != nil {
		inv.mu.Lock()
		defer inv.mu.Unlock()
		inv.attrs = append(inv.attrs, attrs...)
	}
}

// Raise makes the line of the invocation at least as severe as level.
func Raise(ctx context.Context, level slog.Level) {
	if inv := fromContext(ctx); inv != nil {
		inv.mu.Lock()
		defer inv.mu.Unlock()
		inv.level = max(inv.level, level)
	}
}

// newInvocation reads the ids of a request: those of Cloud Trace, or W3C's,
// and that of the functions framework.
func newInvocation(r *http.Request) *invocation {
	inv := &invocation{level: slog.LevelDebug, execution: r.Header.Get("Function-Execution-Id")}
	if cloud := r.Header.Get("X-Cloud-Trace-Context"); cloud != "" {
		trace, rest, _ := strings.Cut(cloud, "/")
		span, _, _ := strings.Cut(rest, ";")
		inv.trace, inv.span = trace, span
	}
	// 00-<trace id>-<span id>-<flags>
	if parts := strings.Split(r.Header.Get("Traceparent"), "-"); len(parts) == 4 && len(parts[1]) == 32 {
		inv.trace, inv.span = parts[1], parts[2]
	}
	return inv
}

// contextHandler adds the invocation's ids to every record logged with its
// context, under the names that Cloud Logging links by.
type contextHandler struct {
	slog.Handler
	project string
}

func (h *contextHandler) Handle(ctx context.Context, r slog.Record) error {
	if inv := fromContext(ctx); inv != nil {
		if inv.trace != "" && h.project != "" {
			r.AddAttrs(
				slog.String("logging.googleapis.com/trace", "projects/"+h.project+"/traces/"+inv.trace),
				slog.String("logging.googleapis.com/spanId", inv.span))
		}
		if inv.execution != "" {
			r.AddAttrs(slog.Group("logging.googleapis.com/labels", slog.String("execution_id", inv.execution)))
		}
	}
	return h.Handler.Handle(ctx, r)
}

func (h *contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &contextHandler{Handler: h.Handler.WithAttrs(attrs), project: h.project}
}

func (h *contextHandler) WithGroup(name string) slog.Handler {
	return &contextHandler{Handler: h.Handler.WithGroup(name), project: h.project}
}
