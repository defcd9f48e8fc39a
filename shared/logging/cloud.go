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

// cloudHandler writes JSON entries for Cloud Logging. The message has the attributes too,
// because "gcloud functions logs read" shows nothing else of an entry. Each attribute is
// also a field, for filters and metrics.
type cloudHandler struct {
	fields  slog.Handler // writes entries
	text    slog.Handler // writes attributes to line
	line    *line
	project string // of traces
}

// line is the buffer in which the text of an entry is composed.
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

// origin returns the fields with the version and the commit of the program, if they are
// known.
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

// stackKey is the attribute with the stack of a panic. Error Reporting requires this
// name.
const stackKey = "stack_trace"

// cloudField renames a field as Cloud Logging has it, and writes durations in seconds.
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

// cloudText removes attributes from the text that the entry has in other fields.
func cloudText(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 {
		switch a.Key {
		case slog.TimeKey, slog.LevelKey, slog.MessageKey, stackKey:
			return slog.Attr{}
		}
	}
	return a
}

// severity returns Cloud Logging's name of a level.
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

// textOf returns a record's message and attributes as one line.
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
