package logging

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/shared/buildinfo"
)

// cloudHandler writes Cloud Logging's JSON. The message is the whole line,
// attributes included, because "gcloud functions logs read" shows nothing else
// of an entry; each attribute is a field of its own too, for filters and
// metrics.
type cloudHandler struct {
	fields  slog.Handler // writes entries
	text    slog.Handler // writes attributes to line
	line    *line
	project string // of traces
}

// line is where the text of an entry is put together.
type line struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func newCloudHandler(w io.Writer, level slog.Leveler, project string, built buildinfo.Info) *cloudHandler {
	l := &line{}
	return &cloudHandler{
		fields:  slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: cloudField}).WithAttrs(origin(built)),
		text:    slog.NewTextHandler(&l.buf, &slog.HandlerOptions{Level: level, ReplaceAttr: cloudText}),
		line:    l,
		project: project,
	}
}

// origin are the fields that say what the program was built from, as far as that
// is known.
func origin(built buildinfo.Info) []slog.Attr {
	var attrs []slog.Attr
	if built.Version != "" {
		attrs = append(attrs, slog.String("version", built.Version))
	}
	if built.Commit != "" {
		commit := built.Commit
		if built.Modified {
			commit += " with changes"
		}
		attrs = append(attrs, slog.String("commit", commit))
	}
	return attrs
}

// stackKey is the attribute with the stack of a panic. Error Reporting knows it
// by this name.
const stackKey = "stack_trace"

// cloudField gives a field Cloud Logging's name; durations are seconds.
func cloudField(groups []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
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
}

// cloudText leaves out of the text what the entry says elsewhere.
func cloudText(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 {
		switch a.Key {
		case slog.TimeKey, slog.LevelKey, slog.MessageKey, stackKey:
			return slog.Attr{}
		}
	}
	return a
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

func (h *cloudHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.fields.Enabled(ctx, level)
}

func (h *cloudHandler) Handle(ctx context.Context, r slog.Record) error {
	text, err := h.textOf(ctx, r)
	if err != nil {
		return err
	}
	entry := slog.NewRecord(r.Time, r.Level, text, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		entry.AddAttrs(a)
		return true
	})
	if inv := fromContext(ctx); inv != nil {
		entry.AddAttrs(inv.fields(h.project)...)
	}
	return h.fields.Handle(ctx, entry)
}

// textOf is a record as one line: its message and its attributes.
func (h *cloudHandler) textOf(ctx context.Context, r slog.Record) (string, error) {
	h.line.mu.Lock()
	defer h.line.mu.Unlock()
	h.line.buf.Reset()
	if err := h.text.Handle(ctx, r); err != nil {
		return "", err
	}
	return strings.TrimSpace(r.Message + " " + h.line.buf.String()), nil
}

func (h *cloudHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.fields, c.text = h.fields.WithAttrs(attrs), h.text.WithAttrs(attrs)
	return &c
}

func (h *cloudHandler) WithGroup(name string) slog.Handler {
	c := *h
	c.fields, c.text = h.fields.WithGroup(name), h.text.WithGroup(name)
	return &c
}
