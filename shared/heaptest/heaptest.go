// Package heaptest measures in tests how much memory something takes.
package heaptest

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"
)

// Begin begins to measure. The function that it returns ends that, and tells by how many bytes
// the heap had grown at most, what waits for the collector included.
//
// Until the test ends the collector knows that the heap may grow by three quarters of most
// bytes, as it knows an instance's memory in the cloud. So what it would find too late is no
// part of the measurement.
func Begin(t testing.TB, most int64) (peak func() uint64) {
	t.Helper()
	runtime.GC()
	runtime.GC() // what pools held on to
	before := objects()
	limit := debug.SetMemoryLimit(int64(before) + most*3/4)
	t.Cleanup(func() { debug.SetMemoryLimit(limit) })
	var highest atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			highest.Store(max(highest.Load(), objects()))
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return highest.Load() - min(before, highest.Load())
	}
}

// objects is how many bytes the objects of the heap take.
func objects() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
