package bridge

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
)

// Whatever the order of the acknowledgements, what is reached is the end of
// the longest prefix that is acknowledged.
func TestProgress(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		n := 1 + random.IntN(20)
		p := newProgress(kafkalog.Mark{Next: 0, Follows: -1})
		flights := make([]*flight, n)
		for i := range flights {
			flights[i] = p.depart(kafkalog.Mark{Next: int64(i + 1), Follows: int64(i)})
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
			if got, want := p.reached(), (kafkalog.Mark{Next: int64(prefix), Follows: int64(prefix - 1)}); got != want {
				t.Fatalf("reached %v, want %v", got, want)
			}
		}
		if failed := p.err() != nil; failed != (failing < n) {
			t.Errorf("err = %v with message %d of %d failing", p.err(), failing, n)
		}
	}
}

func TestProgressSkips(t *testing.T) {
	p := newProgress(kafkalog.Mark{Next: 10, Follows: 9})
	p.skip(12, 0)
	same(t, "nothing in flight", kafkalog.Mark{Next: 12, Follows: 9}, p.reached())
	a := p.depart(kafkalog.Mark{Next: 15, Follows: 14})
	b := p.depart(kafkalog.Mark{Next: 20, Follows: 19})
	p.skip(25, 0)
	p.arrive(b, nil)
	same(t, "before the first arrives", kafkalog.Mark{Next: 12, Follows: 9}, p.reached())
	p.arrive(a, nil)
	same(t, "all arrived", kafkalog.Mark{Next: 25, Follows: 19}, p.reached())
}

func TestBudget(t *testing.T) {
	b := newBudget(10)
	if !b.take(b.cost(6)) || b.take(b.cost(5)) || !b.take(b.cost(4)) {
		t.Error("it isn't 10")
	}
	waited := make(chan error)
	go func() { waited <- b.wait(t.Context(), 6) }()
	b.give(6)
	if err := <-waited; err != nil {
		t.Error(err)
	}
	b.give(10)
	if !b.take(b.cost(1000)) || b.take(1) {
		t.Error("more than all of it isn't all of it")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if b.wait(ctx, 1) == nil {
		t.Error("it waits for nobody")
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
