package torture

import (
	"sync/atomic"
	"time"
)

// clock is the clock of the machine with an error. A nil clock has no error.
type clock struct{ off atomic.Int64 }

func newClock(off time.Duration) *clock {
	c := &clock{}
	c.off.Store(int64(off))
	return c
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

// advance lets time pass.
func (c *clock) advance(d time.Duration) {
	if c != nil {
		c.off.Add(int64(d))
	}
}
