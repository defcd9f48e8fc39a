package logging

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// write writes the line of the invocation.
func (inv *invocation) write(ctx context.Context, log *slog.Logger, status int, took time.Duration) {
	inv.mu.Lock()
	level, collected := inv.level, slices.Clone(inv.attrs)
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
	attrs := []slog.Attr{slog.Int("status", status), slog.Duration("took", round(took))}
	if inv.route != "" {
		attrs = append(attrs, slog.String("path", "/"+inv.route))
	}
	log.LogAttrs(ctx, level, inv.function, append(attrs, collected...)...)
}

// round rounds a duration to the digits that a person reads.
func round(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return d.Round(time.Microsecond)
	}
	return d.Round(time.Millisecond)
}
