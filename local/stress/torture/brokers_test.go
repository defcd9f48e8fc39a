package torture

import (
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Brokers leave and join. The last one whose address the bridge knows doesn't leave.
// A broker that comes back has its address again.
func TestBrokersLeaveAndJoin(t *testing.T) {
	kafka, err := kfake.NewCluster(kfake.NumBrokers(brokers), kfake.SeedTopics(partitions, "votes"))
	if err != nil {
		t.Fatal(err)
	}
	defer kafka.Close()
	c := newCluster(kafka)
	c.join() // a fourth
	newcomer := slices.IndexFunc(c.ListenAddrs(), func(a string) bool { return !slices.Contains(c.seeds, a) })
	if got := len(c.ListenAddrs()); got != brokers+1 || newcomer < 0 {
		t.Fatalf("%d brokers after one has joined (one is new: %v), want %d", got, newcomer >= 0, brokers+1)
	}
	for range 3 * brokers {
		c.leave(0) // the first of those that are there
	}
	left := c.ListenAddrs()
	known := 0
	for _, a := range left {
		if slices.Contains(c.seeds, a) {
			known++
		}
	}
	if known != 1 {
		t.Errorf("brokers %v are left, and %d of them at the addresses %v; want one", left, known, c.seeds)
	}
	for range brokers - 1 {
		c.join()
	}
	for _, a := range c.seeds {
		if now := c.ListenAddrs(); !slices.Contains(now, a) {
			t.Errorf("nobody is back at %s; there are %v", a, now)
		}
	}
	for partition := range int32(partitions) {
		c.move("votes", partition, 0.999)
		if got, want := c.LeaderFor("votes", partition), c.nodes[len(c.nodes)-1].id; got != want {
			t.Errorf("broker %d leads partition %d, want %d", got, partition, want)
		}
	}
	want := Moves{Partitions: partitions, Left: brokers - 1, Joined: brokers}
	if got := c.moved(); got != want {
		t.Errorf("moves = %v, want %v", got, want)
	}
}
