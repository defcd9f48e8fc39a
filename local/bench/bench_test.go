package bench

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/local/ledger"
	"github.com/tallystream/tallystream/local/run"
)

func TestLatencies(t *testing.T) {
	start := time.UnixMilli(1_000_000)
	var c Coverage
	c.Observe(start.Add(100*time.Millisecond), run.Offsets{"votes": {0: 2}})
	c.Observe(start.Add(250*time.Millisecond), run.Offsets{"votes": {0: 2, 1: 1}})
	c.Observe(start.Add(400*time.Millisecond), run.Offsets{"votes": {0: 3, 1: 1}})
	vote := func(partition int32, offset int64, after time.Duration) ledger.Vote {
		return ledger.Vote{Position: ledger.Position{
			Topic: "votes", Partition: partition, Offset: offset, Timestamp: start.Add(after).UnixMilli()}}
	}
	got := c.Latencies([]ledger.Vote{
		vote(0, 1, 20*time.Millisecond),  // covered by the first look
		vote(0, 2, 150*time.Millisecond), // by the third
		vote(1, 0, 0),                    // by the second
		vote(1, 1, 0),                    // never
	})
	want := []time.Duration{80 * time.Millisecond, 250 * time.Millisecond, 250 * time.Millisecond}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("latencies (-want +got):\n%s", diff)
	}
}

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for _, tt := range []struct {
		of    []time.Duration
		share float64
		want  time.Duration
	}{
		{hundred, 0.50, 50}, {hundred, 0.99, 99}, {hundred, 1, 100}, {hundred, 0, 1},
		{hundred[:1], 0.99, 1}, {hundred[:3], 0.5, 2}, {nil, 0.5, 0},
	} {
		if got := Percentile(tt.of, tt.share); got != tt.want {
			t.Errorf("percentile %v of %d values: got %d, want %d", tt.share, len(tt.of), got, tt.want)
		}
	}
}

func TestMemoryIsCountedOncePerProcess(t *testing.T) {
	var m Memory
	self := os.Getpid()
	m.sample(t.Context(), map[string]int{"b": self, "a": self, "gone": 1 << 30})
	peak, parts := m.Peak()
	if diff := cmp.Diff(map[string]int64{"a, b": peak}, parts); diff != "" || peak == 0 {
		t.Errorf("peak %d, parts (-want +got):\n%s", peak, diff)
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
