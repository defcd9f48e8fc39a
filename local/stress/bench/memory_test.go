package bench

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMemoryIsCountedOncePerProcess(t *testing.T) {
	var m Memory
	self := os.Getpid()
	processes := byProcess(map[string]int{"b": self, "a": self, "gone": 1 << 30})
	m.sample(&m.rss, processes, func(pid int) (int64, error) { return resident(t.Context(), pid) })
	all, parts := m.RSS()
	if diff := cmp.Diff(map[string]float64{"a, b": all}, parts); diff != "" || all == 0 {
		t.Errorf("%v MB, parts (-want +got):\n%s", all, diff)
	}
	if diff := cmp.Diff(parts, m.Peaks()); diff != "" {
		t.Errorf("peaks of the only sample (-want +got):\n%s", diff)
	}
}

// The parts are those of the greatest sum. Each process's own peak may be another one.
func TestMostMemory(t *testing.T) {
	var m Memory
	for _, sample := range []map[int]int64{{1: 5e6, 2: 1e6}, {1: 4e6, 2: 4e6}, {1: 1e6, 2: 2e6}} {
		m.sample(&m.pss, map[int]string{1: "a", 2: "b"}, func(pid int) (int64, error) { return sample[pid], nil })
	}
	all, parts := m.PSS()
	if diff := cmp.Diff(map[string]float64{"a": 4, "b": 4}, parts); diff != "" || all != 8 {
		t.Errorf("%v MB, parts (-want +got):\n%s", all, diff)
	}
	if diff := cmp.Diff(map[string]int64{"a": 5e6, "b": 4e6}, m.pss.each); diff != "" {
		t.Errorf("each process's most (-want +got):\n%s", diff)
	}
}

func TestResident(t *testing.T) {
	got, err := resident(t.Context(), os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if got < 1<<20 || got > 1<<40 {
		t.Errorf("this process has %d bytes resident", got)
	}
	if _, err := resident(t.Context(), 1<<30); err == nil {
		t.Error("a process that doesn't exist has memory")
	}
}

// Pages that are mapped twice are twice in RSS and once in PSS.
func TestProportional(t *testing.T) {
	self := os.Getpid()
	before, err := proportional(self)
	if os.IsNotExist(err) {
		t.Skip("this system doesn't tell PSS")
	}
	if err != nil {
		t.Fatal(err)
	}
	rssBefore, err := resident(t.Context(), self)
	if err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	file := filepath.Join(t.TempDir(), "pages")
	if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	mapTwice(t, file, size)
	after, err := proportional(self)
	if err != nil {
		t.Fatal(err)
	}
	rssAfter, err := resident(t.Context(), self)
	if err != nil {
		t.Fatal(err)
	}
	if pss, rss := after-before, rssAfter-rssBefore; pss > rss-size/2 {
		t.Errorf("%d bytes that are mapped twice: PSS has grown by %d, RSS by %d", size, pss, rss)
	}
	if _, err := proportional(1 << 30); err == nil {
		t.Error("a process that doesn't exist has memory")
	}
}

// mapTwice maps a file at two places and reads every page of both.
func mapTwice(t *testing.T, file string, size int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum := 0
	for range 2 {
		pages, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Munmap(pages) })
		for at := 0; at < size; at += os.Getpagesize() {
			sum += int(pages[at])
		}
	}
	if sum != 0 {
		t.Errorf("the file's zeros add up to %d", sum)
	}
}
