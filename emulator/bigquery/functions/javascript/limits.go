package javascript

import "time"

const (
	// maxPrograms is how many compiled functions are kept.
	maxPrograms = 1000
	// maxDepth is how deep calls may nest.
	maxDepth = 10_000
	// checkEvery is how often running calls are held to the limits.
	checkEvery = 50 * time.Millisecond
)

// The limits of calls; tests lower them.
var (
	// maxTime is how long one call may run.
	maxTime = time.Minute
	// maxHeap is by how many bytes the heap of the process may grow while calls run.
	maxHeap uint64 = 1 << 30
)
