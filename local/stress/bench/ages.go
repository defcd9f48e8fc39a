package bench

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/tallystream/tallystream/local/simulate/ledger"
)

// ages gives the age of the oldest vote that isn't in the results, at any time of a
// measurement.
type ages struct {
	coverage *Coverage
	votes    map[string]map[int32][]ledger.Position // by topic and partition, in order
}

func newAges(c *Coverage, votes []ledger.Vote) *ages {
	a := &ages{coverage: c, votes: map[string]map[int32][]ledger.Position{}}
	for i := range votes {
		at := votes[i].Position
		if a.votes[at.Topic] == nil {
			a.votes[at.Topic] = map[int32][]ledger.Position{}
		}
		a.votes[at.Topic][at.Partition] = append(a.votes[at.Topic][at.Partition], at)
	}
	for _, partitions := range a.votes {
		for _, list := range partitions {
			slices.SortFunc(list, func(a, b ledger.Position) int { return cmp.Compare(a.Offset, b.Offset) })
		}
	}
	return a
}

// at is the age at a time; 0 if the results cover all votes.
func (a *ages) at(t time.Time) time.Duration {
	seen := a.coverage.seen
	last := sort.Search(len(seen), func(i int) bool { return seen[i].at.After(t) }) - 1
	var oldest time.Duration
	for topic, partitions := range a.votes {
		for partition, list := range partitions {
			next := int64(0)
			if last >= 0 {
				next = seen[last].settled[topic][partition]
			}
			i := sort.Search(len(list), func(i int) bool { return list[i].Offset >= next })
			if i < len(list) {
				oldest = max(oldest, t.Sub(time.UnixMilli(list[i].Timestamp)))
			}
		}
	}
	return oldest
}

// recovery is how long it takes after the end of a surge until ages are as usual, and
// stay so for three seconds. Usual is up to one and a half times the greatest age
// before the surge, and a second at least.
func (a *ages) recovery(begun time.Time, from, to, end time.Duration) time.Duration {
	const step, calm = 100 * time.Millisecond, 3 * time.Second
	usual := time.Second
	for at := time.Duration(0); at < from; at += step {
		usual = max(usual, a.at(begun.Add(at))*3/2)
	}
	recovered := to
	for at := to; at < end && at < recovered+calm; at += step {
		if a.at(begun.Add(at)) > usual {
			recovered = at + step
		}
	}
	return recovered - to
}
