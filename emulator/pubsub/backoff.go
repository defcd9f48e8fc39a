package pubsub

import "time"

// backoff is how long a message waits after a failed attempt: min after the
// first, twice as long after each further one, at most max.
type backoff struct{ min, max time.Duration }

// Pub/Sub's documented values.
const (
	defaultMinBackoff = 10 * time.Second  // of a retry policy that leaves the minimum out
	defaultMaxBackoff = 600 * time.Second // of a retry policy that leaves the maximum out, and the largest allowed
	minPushBackoff    = 100 * time.Millisecond
	maxPushBackoff    = 60 * time.Second
)

// after returns the wait after the given number of failed attempts.
func (b backoff) after(attempts int) time.Duration {
	d := b.min
	for i := 1; i < attempts && d < b.max; i++ {
		d *= 2
	}
	return min(d, b.max)
}
