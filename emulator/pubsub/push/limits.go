package push

import "time"

// The back-off of a push subscription without a retry policy.
const (
	MinBackoff = 100 * time.Millisecond
	MaxBackoff = 60 * time.Second
)

// maxBatch is how many messages a pusher takes from its queue at once.
const maxBatch = 100

// minWindow is the size of a window at its start, and its least size. It is large enough
// that a few hanging pushes don't hold up the rest.
const minWindow = 10
