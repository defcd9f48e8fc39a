// Package buffer holds a buffer for what several goroutines or processes write,
// such as a log.
package buffer

import (
	"bytes"
	"sync"
)

// Buffer keeps what is written to it. The zero value is empty. It is safe for
// concurrent use.
type Buffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

// String is everything that was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}
