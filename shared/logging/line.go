package logging

import (
	"context"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"
)

func contextWith(ctx context.Context, inv *invocation) context.Context {
	return context.WithValue(ctx, invocationKey{}, inv)
}

// write writes the line of the invocation.
func (inv *invocation) write(ctx context.Context, name string, log *slog.Logger, status int, took time.Duration) {
	inv.mu.Lock()
	level, attrs := inv.level, slices.Clone(inv.attrs)
	inv.mu.Unlock()
	switch {
	case status >= 500:
		level = max(level, slog.LevelError)
	case status >= 400:
		level = max(level, slog.LevelWarn)
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attrs = append([]slog.Attr{slog.Int("status", status), slog.Duration("took", took.Round(time.Microsecond))}, attrs...)
	log.LogAttrs(ctx, level, name, attrs...)
}

func stack() string { return string(debug.Stack()) }
