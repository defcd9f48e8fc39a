package torture

import (
	"sync/atomic"
	"time"
)

// clock is the machine's, apart from an error. A nil clock has none.
type clock struct{ error atomic.Int64 }

func newClock(err time.Duration) *clock {
	c := &clock{}
	c.error.Store(int64(err))
	return c
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.error.Load())) }

// advance lets time pass.
func (c *clock) advance(d time.Duration) {
	if c != nil {
		c.error.Add(int64(d))
	}
}
