package bridge

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// Whatever the order of the acknowledgements, what is reached is the end of
// the longest prefix that is acknowledged.
func TestProgress(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		n := 1 + random.IntN(20)
		p := newProgress(mark{next: 0, follows: -1})
		flights := make([]*flight, n)
		for i := range flights {
			flights[i] = p.depart(mark{next: int64(i + 1), follows: int64(i)})
		}
		failing := random.IntN(2 * n) // none in half the rounds
		acked := make([]bool, n)
		for _, i := range random.Perm(n) {
			if i == failing {
				p.arrive(flights[i], errors.New("lost"))
			} else {
				acked[i] = true
				p.arrive(flights[i], nil)
			}
			prefix := 0
			for prefix < n && acked[prefix] {
				prefix++
			}
			if got, want := p.reached(), (mark{next: int64(prefix), follows: int64(prefix - 1)}); got != want {
				t.Fatalf("reached %v, want %v", got, want)
			}
		}
		if failed := p.err() != nil; failed != (failing < n) {
			t.Errorf("err = %v with message %d of %d failing", p.err(), failing, n)
		}
	}
}

func TestProgressSkips(t *testing.T) {
	p := newProgress(mark{next: 10, follows: 9})
	p.skip(12, 0)
	same(t, "nothing in flight", mark{next: 12, follows: 9}, p.reached())
	a := p.depart(mark{next: 15, follows: 14})
	b := p.depart(mark{next: 20, follows: 19})
	p.skip(25, 0)
	p.arrive(b, nil)
	same(t, "before the first arrives", mark{next: 12, follows: 9}, p.reached())
	p.arrive(a, nil)
	same(t, "all arrived", mark{next: 25, follows: 19}, p.reached())
}

func TestBudget(t *testing.T) {
	b := newBudget(10)
	if !b.take(b.cost(6)) || b.take(b.cost(5)) || !b.take(b.cost(4)) {
		t.Error("it isn't 10")
	}
	b.give(6)
	if err := b.wait(t.Context()); err != nil {
		t.Error(err)
	}
	b.give(4)
	if !b.take(b.cost(1000)) || b.take(1) {
		t.Error("more than all of it isn't all of it")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for b.wait(ctx) == nil { // tokens of what was given before
	}
}

func TestShardsAreDisjoint(t *testing.T) {
	for shards := 1; shards < 12; shards++ {
		for topic := range 3 {
			for partition := range int32(30) {
				n := 0
				for shard := range shards {
					if (drain.BridgeRequest{Shard: shard, Shards: shards}).Mine(topic, partition) {
						n++
					}
				}
				if n != 1 {
					t.Fatalf("partition %d of topic %d belongs to %d of %d shards", partition, topic, n, shards)
				}
			}
		}
	}
}

func TestEarliest(t *testing.T) {
	a, b := time.Unix(1, 0), time.Unix(2, 0)
	if earliest(a, b) != a || earliest(b, a) != a || earliest(time.Time{}, b) != b {
		t.Error("earliest isn't")
	}
}
