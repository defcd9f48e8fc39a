package bridge

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

// Whatever the order of the acknowledgements, what is reached is the end of
// the longest prefix that is acknowledged.
func TestProgress(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		n := 1 + random.IntN(20)
		p := newProgress(mark{0, -1})
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
			if got, want := p.reached(), (mark{int64(prefix), int64(prefix - 1)}); got != want {
				t.Fatalf("reached %v, want %v", got, want)
			}
		}
		if failed := p.err() != nil; failed != (failing < n) {
			t.Errorf("err = %v with message %d of %d failing", p.err(), failing, n)
		}
	}
}

func TestProgressSkips(t *testing.T) {
	p := newProgress(mark{10, 9})
	p.skip(12)
	same(t, "nothing in flight", mark{12, 9}, p.reached())
	a := p.depart(mark{15, 14})
	b := p.depart(mark{20, 19})
	p.skip(25)
	p.arrive(b, nil)
	same(t, "before the first arrives", mark{12, 9}, p.reached())
	p.arrive(a, nil)
	same(t, "all arrived", mark{25, 19}, p.reached())
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

func TestBeginning(t *testing.T) {
	tests := []struct {
		name       string
		commit     *commit
		first, end int64
		want       mark
		warns      bool
	}{
		{"never read", nil, 0, 100, mark{0, -1}, false},
		{"never read, beginning deleted", nil, 40, 100, mark{40, -1}, false},
		{"continued", &commit{mark{70, 69}, "id"}, 40, 100, mark{70, 69}, false},
		{"continued behind a marker", &commit{mark{70, 66}, "id"}, 40, 100, mark{70, 66}, false},
		{"at the end", &commit{mark{100, 99}, "id"}, 40, 100, mark{100, 99}, false},
		{"of an older program", &commit{mark{70, 69}, ""}, 40, 100, mark{70, 69}, false},
		{"deleted before it was read", &commit{mark{30, 29}, "id"}, 40, 100, mark{40, 29}, true},
		{"log lost its end", &commit{mark{101, 100}, "id"}, 40, 100, mark{40, -1}, true},
		{"topic made anew", &commit{mark{70, 69}, "other"}, 0, 100, mark{0, -1}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c commit
			if tt.commit != nil {
				c = *tt.commit
			}
			got, warning := beginning(c, tt.commit != nil, "id", tt.first, tt.end)
			same(t, "beginning", tt.want, got)
			if (warning != "") != tt.warns {
				t.Errorf("warning %q", warning)
			}
		})
	}
}

func TestShardsAreDisjoint(t *testing.T) {
	for shards := 1; shards < 12; shards++ {
		for topic := range 3 {
			for partition := range int32(30) {
				n := 0
				for shard := range shards {
					if (Request{Shard: shard, Shards: shards}).mine(topic, partition) {
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
