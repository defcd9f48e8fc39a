package run

import (
	"bytes"
	"strings"
	"sync"
)

const (
	// maxLine is the largest entry of a log, in bytes
	// (https://cloud.google.com/logging/quotas#log-limits). What is longer is divided.
	maxLine = 256 << 10
	// tailLines are shown of a revision that doesn't start.
	tailLines = 20
)

// output parts what a process writes into lines.
type output struct {
	sink     Sink
	resource Resource
	labels   map[string]string

	mu      sync.Mutex
	partial []byte   // of the line that hasn't ended
	last    []string // lines
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if room := maxLine - len(o.partial); len(line) > room {
			line, after, ended = rest[:room], rest[room:], true
		}
		o.partial = append(o.partial, line...)
		if ended {
			o.flush()
		}
		rest = after
	}
	return len(p), nil
}

// end passes on a line that has no end.
func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
}

func (o *output) flush() {
	line := bytes.TrimSuffix(o.partial, []byte("\r"))
	if len(line) > 0 {
		o.sink(o.resource, o.labels, line)
		o.last = append(o.last, string(line))
		o.last = o.last[max(0, len(o.last)-tailLines):]
	}
	o.partial = o.partial[:0]
}

// tail is the end of what was written.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(append(o.last[:len(o.last):len(o.last)], string(o.partial)), "\n")
}
