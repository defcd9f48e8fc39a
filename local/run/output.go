package run

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
)

// childOutput is where a child's standard streams go: to Options.Output, or line
// by line to the logger.
func (s *System) childOutput(name string) io.Writer {
	to := s.options.Output
	if to == nil {
		to = logWriter{s.log.With("part", name)}
	}
	return &lines{to: to, ending: &s.ending}
}

// lines passes on whole lines, so that those of several children don't mix. It
// leaves out the framework's greetings, and everything that is written while the
// system ends.
type lines struct {
	mu     sync.Mutex
	to     io.Writer
	ending *atomic.Bool
	rest   []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		if end < 0 {
			return len(p), nil
		}
		line := l.rest[:end+1]
		if !bytes.HasPrefix(line, []byte("Serving function:")) && !l.ending.Load() {
			if _, err := l.to.Write(line); err != nil {
				return 0, err
			}
		}
		l.rest = l.rest[end+1:]
	}
}

// logWriter logs what is written.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(p []byte) (int, error) {
	w.log.Info(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}
