package bench

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Memory samples the resident memory (RSS) of the functions' processes.
type Memory struct {
	mu    sync.Mutex
	peak  int64
	parts map[string]int64 // at the peak, by the names of a process's functions
	peaks map[string]int64 // each process's own
}

// Watch samples until ctx ends. It calls processes for each sample, because a
// process that died is replaced.
func (m *Memory) Watch(ctx context.Context, processes func() map[string]int) {
	const pause = 100 * time.Millisecond
	for {
		m.sample(ctx, processes())
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (m *Memory) sample(ctx context.Context, processes map[string]int) {
	names := map[int][]string{}
	for name, pid := range processes {
		names[pid] = append(names[pid], name)
	}
	var sum int64
	parts := map[string]int64{}
	for pid, functions := range names {
		n, err := resident(ctx, pid)
		if err != nil {
			continue // it has just ended
		}
		slices.Sort(functions)
		sum += n
		parts[strings.Join(functions, ", ")] = n
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if sum > m.peak {
		m.peak, m.parts = sum, parts
	}
	if m.peaks == nil {
		m.peaks = map[string]int64{}
	}
	for name, n := range parts {
		m.peaks[name] = max(m.peaks[name], n)
	}
}

// Peak is the greatest sum so far in bytes, and the part of each process in it, by
// the names of its functions.
func (m *Memory) Peak() (int64, map[string]int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peak, maps.Clone(m.parts)
}

// Peaks is the greatest that each process has had, in bytes, by its functions.
func (m *Memory) Peaks() map[string]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.peaks)
}

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
