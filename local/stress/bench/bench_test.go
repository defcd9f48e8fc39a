package bench

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/local/run"
	"github.com/tallystream/tallystream/local/simulate/ledger"
	"github.com/tallystream/tallystream/shared/kafka"
)

func TestLatencies(t *testing.T) {
	start := time.UnixMilli(1_000_000)
	var c Coverage
	c.Observe(start.Add(100*time.Millisecond), run.Offsets{"votes": {0: 2}})
	c.Observe(start.Add(250*time.Millisecond), run.Offsets{"votes": {0: 2, 1: 1}})
	c.Observe(start.Add(400*time.Millisecond), run.Offsets{"votes": {0: 3, 1: 1}})
	vote := func(partition int32, offset int64, after time.Duration) ledger.Vote {
		return ledger.Vote{Position: ledger.At(kafka.TopicPartition{Topic: "votes", Partition: partition}, offset, start.Add(after).UnixMilli())}
	}
	got := c.Latencies([]ledger.Vote{
		vote(0, 1, 20*time.Millisecond),  // covered by the first observation
		vote(0, 2, 150*time.Millisecond), // by the third
		vote(1, 0, 0),                    // by the second
		vote(1, 1, 0),                    // never
	})
	want := []time.Duration{80 * time.Millisecond, 250 * time.Millisecond, 250 * time.Millisecond}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("latencies (-want +got):\n%s", diff)
	}
}

// A vote's way has two parts, from Kafka to ingest and from there to the results.
func TestHops(t *testing.T) {
	start := time.UnixMilli(1_000_000)
	var c Coverage
	c.Observe(start.Add(400*time.Millisecond), run.Offsets{"votes": {0: 2}})
	vote := func(offset int64) ledger.Vote {
		return ledger.Vote{Position: ledger.At(kafka.TopicPartition{Topic: "votes"}, offset, start.UnixMilli())}
	}
	taken := map[int32]map[int64]time.Time{0: {0: start.Add(100 * time.Millisecond), 1: start.Add(300 * time.Millisecond), 2: start}}
	got := c.hops([]ledger.Vote{vote(0), vote(1), vote(2), vote(3)}, taken, 2) // the last two are never shown, or taken in
	if diff := cmp.Diff(Hops{Taken: Hop{P50: 200, P99: 600}, Shown: Hop{P50: 200, P99: 600}}, got); diff != "" {
		t.Errorf("hops (-want +got):\n%s", diff)
	}
}

// Votes are as old as the first that isn't covered, whatever came after it, and
// a surge is over when they are last older than before it.
func TestAges(t *testing.T) {
	start := time.UnixMilli(1_000_000)
	at := func(d time.Duration) time.Time { return start.Add(d) }
	var votes []ledger.Vote
	for i := range int64(10) { // one a second on each of two partitions
		for p := range int32(2) {
			votes = append(votes, ledger.Vote{Position: ledger.At(kafka.TopicPartition{Topic: "votes", Partition: p}, i, at(time.Duration(i)*time.Second).UnixMilli())})
		}
	}
	var c Coverage
	c.Observe(at(2500*time.Millisecond), run.Offsets{"votes": {0: 3, 1: 2}})
	c.Observe(at(9*time.Second), run.Offsets{"votes": {0: 10, 1: 9}})
	c.Observe(at(11*time.Second), run.Offsets{"votes": {0: 10, 1: 10}})
	a := newAges(&c, votes)
	for after, want := range map[time.Duration]time.Duration{
		0: 0, time.Second: time.Second, 2500 * time.Millisecond: 500 * time.Millisecond,
		8 * time.Second: 6 * time.Second, 9 * time.Second: 0, 10 * time.Second: time.Second, 11 * time.Second: 0,
	} {
		if got := a.at(at(after)); got != want {
			t.Errorf("age after %v is %v, want %v", after, got, want)
		}
	}
	if got := a.recovery(start, time.Second, 5*time.Second, 11*time.Second); got < 5900*time.Millisecond || got > 6*time.Second {
		t.Errorf("recovery took %v, want until the last vote was covered", got)
	}
	if got := a.recovery(start, 3*time.Second, 9*time.Second, 11*time.Second); got != 0 {
		t.Errorf("recovery took %v where votes were never older than before", got)
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

func TestProcessorSeconds(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("this system has no /proc")
	}
	self := os.Getpid()
	before := processorSeconds(self, self, 1<<30)
	for processorSeconds(self) < before+0.05 {
	}
	if twice := processorSeconds(self, self); twice > 1.9*processorSeconds(self) {
		t.Errorf("a process that is named twice has %v s", twice)
	}
}

func TestDiffering(t *testing.T) {
	got := differing(map[string]int64{"same": 1, "other": 2, "more": 3, "nothing": 0}, map[string]int64{"same": 1, "other": 3, "less": 4, "none": 0})
	slices.Sort(got)
	if diff := cmp.Diff([]string{"less", "more", "other"}, got); diff != "" {
		t.Errorf("keys that differ (-want +got):\n%s", diff)
	}
}
