package logging

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
)

// invocation is the part of a context that the lines of one invocation need.
type invocation struct {
	function         string
	trace, span      string
	sampled          bool // whether the trace is stored
	execution, route string

	mu    sync.Mutex
	attrs []slog.Attr
	level slog.Level
}

type invocationKey struct{}

func contextWith(ctx context.Context, inv *invocation) context.Context {
	return context.WithValue(ctx, invocationKey{}, inv)
}

func fromContext(ctx context.Context) *invocation {
	inv, _ := ctx.Value(invocationKey{}).(*invocation)
	return inv
}

// Add adds attributes to the line of the invocation that ctx belongs to. It does nothing
// if ctx belongs to none.
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

// newInvocation reads a request's ids: those of its trace, in the headers of Cloud Trace
// or of W3C, and that of its execution. The framework makes up an execution id if the
// platform sends none.
func newInvocation(function string, r *http.Request) *invocation {
	inv := &invocation{function: function, level: slog.LevelDebug}
	inv.execution = r.Header.Get("Function-Execution-Id")
	if inv.execution == "" {
		inv.execution = funcframework.ExecutionIDFromContext(r.Context())
	}
	if path := strings.Trim(r.URL.Path, "/"); path != function {
		inv.route = path[:min(len(path), maxRoute)]
	}
	// <trace id>/<span id, decimal>;o=<1 if sampled>
	if cloud := r.Header.Get("X-Cloud-Trace-Context"); cloud != "" {
		trace, rest, _ := strings.Cut(cloud, "/")
		span, options, _ := strings.Cut(rest, ";")
		inv.trace, inv.sampled = trace, options == "o=1"
		if n, err := strconv.ParseUint(span, 10, 64); err == nil && n != 0 {
			inv.span = fmt.Sprintf("%016x", n)
		}
	}
	// 00-<trace id>-<span id>-<flags, of which the lowest bit means sampled>
	if w3c := r.Header.Get("Traceparent"); w3c != "" {
		if parts := strings.Split(w3c, "-"); len(parts) == 4 && len(parts[1]) == 32 {
			flags, err := strconv.ParseUint(parts[3], 16, 8)
			inv.trace, inv.span, inv.sampled = parts[1], parts[2], err == nil && flags&1 == 1
		}
	}
	return inv
}

// maxRoute is how many bytes of a path are logged. The longest of our paths has 20.
const maxRoute = 100

// fields returns the fields by which Cloud Logging links entries, under its names, and
// the function's name, by which the metrics filter.
func (inv *invocation) fields(project string) []slog.Attr {
	fields := []slog.Attr{slog.String("function", inv.function)}
	if inv.trace != "" && project != "" {
		fields = append(fields,
			slog.String("logging.googleapis.com/trace", "projects/"+project+"/traces/"+inv.trace),
			slog.Bool("logging.googleapis.com/trace_sampled", inv.sampled))
		if inv.span != "" {
			fields = append(fields, slog.String("logging.googleapis.com/spanId", inv.span))
		}
	}
	if inv.execution != "" {
		fields = append(fields, slog.Group("logging.googleapis.com/labels", slog.String("execution_id", inv.execution)))
	}
	return fields
}
