package simulate

// The simulation draws from hashes instead of one stream of random numbers, so that
// what is drawn for voter 17 doesn't depend on what was drawn before.

// hash mixes a seed with numbers (splitmix64's finaliser).
func hash(seed uint64, numbers ...uint64) uint64 {
	h := seed
	for _, n := range numbers {
		h += n + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// draws are numbers from one hash, one after another.
type draws struct{ state uint64 }

func drawsFrom(seed uint64, numbers ...uint64) draws { return draws{hash(seed, numbers...)} }

func (d *draws) next() uint64 {
	d.state = hash(d.state, 1)
	return d.state
}

// below returns a number from 0 to n-1.
func (d *draws) below(n int) int { return int((d.next() >> 32) * uint64(n) >> 32) }

// unit returns a number from 0, inclusive, to 1, exclusive.
func (d *draws) unit() float64 { return float64(d.next()>>11) / (1 << 53) }

// chance is true with probability p.
func (d *draws) chance(p float64) bool { return d.unit() < p }

// wheel draws an index with the probability of its weight, by one access to a
// table.
type wheel struct{ slots []uint16 }

// Sizes of wheels: the least weight counts as one slot in so many.
const (
	fine   = 1 << 16
	coarse = 1 << 12
)

// newWheel makes a wheel of about so many slots.
func newWheel(size int, weights []float64) wheel {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	slots := make([]uint16, 0, size+len(weights))
	for i, w := range weights {
		n := 0
		if w > 0 {
			n = max(1, int(w/sum*float64(size)+0.5))
		}
		for range n {
			slots = append(slots, uint16(i))
		}
	}
	return wheel{slots}
}

func (w wheel) draw(d *draws) int { return int(w.slots[d.below(len(w.slots))]) }
