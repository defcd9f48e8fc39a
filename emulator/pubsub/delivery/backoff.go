package delivery

import "time"

// Backoff is how long a message waits after a failed attempt: Min after the first one,
// twice as long after each further one, at most Max.
type Backoff struct{ Min, Max time.Duration }

// after returns the wait after the given number of failed attempts.
func (b Backoff) after(attempts int) time.Duration {
	d := b.Min
	for i := 1; i < attempts && d < b.Max; i++ {
		d *= 2
	}
	return min(d, b.Max)
}
