package bench

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory samples the memory of the functions' processes. RSS is what is resident of each
// process. PSS is the same, but of a page that several processes map, such as the program's,
// each has a part. So only the sum of PSS is what the processes hold together.
type Memory struct {
	mu       sync.Mutex
	rss, pss mostMemory
}

// mostMemory is the most of one measure so far, in bytes.
type mostMemory struct {
	sum   int64
	parts map[string]int64 // of that sum, by the names of a process's functions
	each  map[string]int64 // each process's own
}

// The kernel has RSS at hand. For PSS it looks at each page: six milliseconds for 200 MB, so
// that a sample each two seconds takes less than a hundredth of a core.
const (
	betweenRSS = 100 * time.Millisecond
	rssPerPSS  = 20 // samples
)

// Watch samples until ctx ends. It calls processes for each sample, because a
// process that died is replaced.
func (m *Memory) Watch(ctx context.Context, processes func() map[string]int) {
	for i := 0; ; i++ {
		running := byProcess(processes())
		m.sample(&m.rss, running, func(pid int) (int64, error) { return resident(ctx, pid) })
		if i%rssPerPSS == 0 {
			m.sample(&m.pss, running, proportional)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(betweenRSS):
		}
	}
}

// byProcess is the names of each process's functions.
func byProcess(processes map[string]int) map[int]string {
	names := map[int][]string{}
	for name, pid := range processes {
		names[pid] = append(names[pid], name)
	}
	all := map[int]string{}
	for pid, functions := range names {
		slices.Sort(functions)
		all[pid] = strings.Join(functions, ", ")
	}
	return all
}

func (m *Memory) sample(most *mostMemory, processes map[int]string, of func(pid int) (int64, error)) {
	var sum int64
	parts := map[string]int64{}
	for pid, name := range processes {
		n, err := of(pid)
		if err != nil {
			continue // it has just ended, or this system doesn't tell
		}
		sum += n
		parts[name] = n
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if sum > most.sum {
		most.sum, most.parts = sum, parts
	}
	if most.each == nil {
		most.each = map[string]int64{}
	}
	for name, n := range parts {
		most.each[name] = max(most.each[name], n)
	}
}

// RSS is the greatest sum of RSS so far in MB, and the part of each process in it, by
// the names of its functions.
func (m *Memory) RSS() (all float64, parts map[string]float64) { return m.most(&m.rss) }

// PSS is the same of PSS; nothing where the system doesn't tell it.
func (m *Memory) PSS() (all float64, parts map[string]float64) { return m.most(&m.pss) }

func (m *Memory) most(of *mostMemory) (all float64, parts map[string]float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return megabytes(of.sum), inMegabytes(of.parts)
}

// Peaks is the greatest RSS that each process has had in MB, by its functions.
func (m *Memory) Peaks() map[string]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return inMegabytes(m.rss.each)
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }

func inMegabytes(bytes map[string]int64) map[string]float64 {
	mb := map[string]float64{}
	for name, n := range bytes {
		mb[name] = megabytes(n)
	}
	return mb
}
