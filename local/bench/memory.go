package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"
)

// Memory samples what processes have resident (RSS).
type Memory struct {
	peak atomic.Int64
}

// Watch samples until ctx ends. The processes are asked for each time: one that
// died has a successor.
func (m *Memory) Watch(ctx context.Context, processes func() []int) {
	const pause = 100 * time.Millisecond
	for {
		var sum int64
		for _, pid := range processes() {
			if bytes, err := resident(ctx, pid); err == nil { // it may have ended
				sum += bytes
			}
		}
		m.peak.Store(max(m.peak.Load(), sum))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Peak is the greatest sum so far, in bytes.
func (m *Memory) Peak() int64 { return m.peak.Load() }

// resident is the resident memory of a process in bytes: from /proc, or from ps
// where there is none.
func resident(ctx context.Context, pid int) (int64, error) {
	if statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)); err == nil {
		if fields := bytes.Fields(statm); len(fields) > 1 {
			pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
			return pages * int64(os.Getpagesize()), err
		}
	}
	out, err := exec.CommandContext(ctx, "ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	kib, err := strconv.ParseInt(string(bytes.TrimSpace(out)), 10, 64)
	return kib << 10, err
}
