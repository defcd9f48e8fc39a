// Package logging writes slog records as structured entries of Cloud Logging if a
// function is deployed, and as plain lines elsewhere. Both have the same text:
//
//	bridge status=200 took=1.204s records=48210 bytes=9123456 messages=12 lag=0
//
// Each of Cloud Logging's entries has the fields version and commit, of what the
// function was built from.
//
// An invocation writes one line, when it ends. [Handler] begins the line, and code below
// it adds attributes with [Add]. Other lines are only for what can't wait.
//
// No line has a secret or anything of a single voter. Attributes are counts, sizes,
// times, names of the infrastructure, and errors made of these.
package logging

import (
	"io"
	"log/slog"
	"os"

	"github.com/tallystream/tallystream/shared/buildinfo"
	"github.com/tallystream/tallystream/shared/config"
)

// New returns a logger for the environment that getenv describes. K_SERVICE,
// which Cloud Run sets, chooses Cloud Logging's format; LOG_LEVEL the least
// level written, see [Level]; and GOOGLE_CLOUD_PROJECT the project that traces
// belong to.
func New(w io.Writer, getenv func(string) string) *slog.Logger {
	level := Level(config.From(getenv)) // a stage's ConfigFrom tells a problem
	if getenv("K_SERVICE") != "" {
		return slog.New(newCloudHandler(w, level, getenv("GOOGLE_CLOUD_PROJECT"), buildinfo.Get()))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: shortTime}))
}

// Level returns LOG_LEVEL, the least level written: debug, info, warn or error. It is
// info if the variable isn't set. Any other value is a problem of env, and info.
func Level(env *config.Env) slog.Level {
	switch env.OneOf("LOG_LEVEL", "info", "debug", "info", "warn", "error") {
	case "debug":
		return slog.LevelDebug
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	return slog.LevelInfo
}

// Default returns the logger of this process: New on standard error.
func Default() *slog.Logger { return New(os.Stderr, os.Getenv) }

func shortTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		a.Value = slog.StringValue(a.Value.Time().Format("15:04:05.000"))
	}
	return a
}
