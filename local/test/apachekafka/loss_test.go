package apachekafka

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// loseTail cuts a partition's log on the disk of a node that doesn't run. All batches
// from an offset on are lost, as by a loss of power before they were written.
func (n *node) loseTail(t testing.TB, partition string, from int64) {
	t.Helper()
	segments, err := filepath.Glob(filepath.Join(n.dir, "log", partition, "*.log"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("segments of %s: %v, %v", partition, segments, err)
	}
	data, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(data); {
		// A batch begins with its first offset and the length of the rest.
		if int64(binary.BigEndian.Uint64(data[at:])) >= from {
			if err := os.Truncate(segments[0], int64(at)); err != nil {
				t.Fatal(err)
			}
			return
		}
		at += 12 + int(binary.BigEndian.Uint32(data[at+8:]))
	}
	t.Fatalf("%s has nothing from offset %d on", partition, from)
}

// lose has the only node of a cluster lose the end of a partition.
func (c *cluster) lose(t testing.TB, partition string, from int64) {
	t.Helper()
	n := c.nodes[0]
	n.kill()
	n.loseTail(t, partition, from)
	n.start(t)
	c.await(1)
}

// A broker that loses the end of its log gives its offsets to other records. The
// bridge publishes these as another incarnation of the partition, however often the
// drain that finds them is killed. Later drains and replays know the incarnation.
func TestLostTail(t *testing.T) {
	t.Parallel()
	c := start(t, 1, nil, nil)
	c.topic(t, "votes", 1, nil)
	w := c.bridge("votes")
	c.write(t, "votes", 0, numbered("first-", 10)...)
	w.catchUp(t)

	c.lose(t, "votes-0", 6)
	s := w.drain(t.Context(), t, catchUp)
	if len(s.Errors) > 0 || s.Lag != 0 {
		t.Errorf("summary = %+v", s)
	}
	says(t, s.Warnings, "votes[0]: the broker lost records: offsets 6 to 9 were read, and leader epoch", "ends at 6 now")

	// More than was lost, so that the committed offset is within the log again.
	c.write(t, "votes", 0, numbered("second-", 8)...)
	s = w.drain(t.Context(), t, catchUp)
	says(t, s.Warnings, "votes[0]: the broker lost records: offsets 6 to 9 were read")
	if len(s.Errors) > 0 || !s.CaughtUp || s.Records != 8 {
		t.Errorf("summary = %+v", s)
	}
	want := append(numbered("first-", 10), numbered("second-", 8)...)
	w.has(t, "votes", want...)
	w.chained(t, "votes")
	ids := map[string]int{}
	for _, r := range w.distinct(t, "votes") {
		ids[r.topicID]++
	}
	if len(ids) != 2 {
		t.Errorf("records by topic id: %v, want two", ids)
	}

	w.catchUp(t)
	c.write(t, "votes", 0, "third")
	w.catchUp(t)
	w.has(t, "votes", append(want, "third")...)
	w.chained(t, "votes")

	// A replay gives the records the same identities.
	replay := catchUp
	replay.Replay = &drain.Replay{}
	s = w.drain(t.Context(), t, replay)
	if len(s.Errors)+len(s.Warnings) > 0 || s.Records != 15 {
		t.Errorf("summary = %+v", s)
	}
	w.has(t, "votes", append(want, "third")...)
	w.chained(t, "votes")

	// A second loss, of the new incarnation's own.
	c.lose(t, "votes-0", 12)
	c.write(t, "votes", 0, numbered("fourth-", 5)...)
	s = w.drain(t.Context(), t, catchUp)
	says(t, s.Warnings, "votes[0]: the broker lost records: offsets 12 to 14 were read")
	w.has(t, "votes", append(append(want, "third"), numbered("fourth-", 5)...)...)
	w.chained(t, "votes")
}

// A log loses its end in the middle of a drain, and grows beyond it before the drain
// reads on. The drain commits what it has read, and the next drains publish the
// records at the same offsets.
func TestLostTailInADrain(t *testing.T) {
	t.Parallel()
	c := start(t, 1, nil, nil)
	// A broker takes long to start on a busy machine: then a longer drain is tried.
	for length := 30 * time.Second; !lostTailInADrain(t, c, length); length *= 2 {
		t.Logf("the log was whole for most of a drain of %v", length)
	}
}

// lostTailInADrain tries a drain of some length, on a topic of its own. It reports
// whether the drain had time left to read on after the loss.
func lostTailInADrain(t *testing.T, c *cluster, length time.Duration) bool {
	t.Helper()
	topic := "votes-" + length.String()
	c.topic(t, topic, 1, nil)
	w := c.bridge(topic)
	came := make(chan struct{}, 1000)
	w.before = func(context.Context) error { came <- struct{}{}; return nil }
	c.write(t, topic, 0, numbered("first-", 10)...)
	done, begun := make(chan drain.BridgeSummary, 1), time.Now()
	go func() {
		done <- w.drain(t.Context(), t, drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: length.Seconds()}})
	}()
	w.await(t, topic, 10, came)
	c.lose(t, topic+"-0", 6)
	c.write(t, topic, 0, numbered("second-", 20)...)
	inTime := time.Since(begun) < length-10*time.Second
	s := <-done
	if !inTime {
		return false
	}
	if s.CaughtUp {
		t.Errorf("summary = %+v", s)
	}
	wait, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c.until(wait, "the drains have caught up", w.caughtUp(wait, t))
	w.has(t, topic, append(numbered("first-", 10), numbered("second-", 20)...)...)
	w.chained(t, topic)
	return true
}
