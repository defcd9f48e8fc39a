// Package logging writes slog records the way their reader wants them: as
// Cloud Logging's structured entries where a function is deployed, as plain
// lines elsewhere.
//
// A handler writes one line per invocation: [Handler] opens it, code anywhere
// below adds to it with [Add], and it is written when the invocation ends.
// Lines between are for what can't wait.
package logging

import (
	"io"
	"log/slog"
	"os"
	"strings"
)

// New returns a logger for the environment that getenv describes. K_SERVICE,
// which Cloud Run sets, chooses Cloud Logging's format; LOG_LEVEL the least
// level written (debug, info, warn, error; info by default); and
// GOOGLE_CLOUD_PROJECT the project that traces belong to.
func New(w io.Writer, getenv func(string) string) *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(strings.TrimSpace(getenv("LOG_LEVEL")))) // keeps info
	var h slog.Handler
	if getenv("K_SERVICE") != "" {
		h = cloudHandler(w, level)
	} else {
		h = slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: shortTime})
	}
	return slog.New(&contextHandler{Handler: h, project: getenv("GOOGLE_CLOUD_PROJECT")})
}

// Default returns the logger of this process: New on standard error.
func Default() *slog.Logger { return New(os.Stderr, os.Getenv) }

// cloudHandler writes Cloud Logging's JSON: its names for the message, the
// level and the time.
func cloudHandler(w io.Writer, level slog.Leveler) slog.Handler {
	return slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level:     level,
		AddSource: false,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) > 0 {
				return a
			}
			switch a.Key {
			case slog.MessageKey:
				a.Key = "message"
			case slog.LevelKey:
				if level, ok := a.Value.Any().(slog.Level); ok {
					return slog.String("severity", severity(level))
				}
			}
			return a
		},
	})
}

// severity is Cloud Logging's name for a level.
func severity(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "DEBUG"
	case l < slog.LevelWarn:
		return "INFO"
	case l < slog.LevelError:
		return "WARNING"
	default:
		return "ERROR"
	}
}

func shortTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		a.Value = slog.StringValue(a.Value.Time().Format("15:04:05.000"))
	}
	return a
}
