package refresh

import (
	"time"
)

// mostParts and mostKept are how many documents a view keeps besides the whole, and
// how many bytes of them: those that were asked for last. Others are made anew.
const (
	mostParts = 200
	mostKept  = 48 << 20
)

// The pause after a failed query grows from least to most.
const (
	leastPause = time.Second
	mostPause  = 15 * time.Second
)
