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

// mostLooks is how many queries of the store are under way at a time. A second one begins
// where the first takes longer than the refresh; more would only burden a warehouse that is
// slow for all.
const mostLooks = 2

// patience is how long a request waits for a query while there is an old view that could
// be served. firstPatience is how long it waits for the first one, whose alternative is an
// error: the first look at a national election takes longer than patience. Load balancers
// and browsers wait for a minute or more
// (https://cloud.google.com/load-balancing/docs/https/request-distribution).
const (
	patience      = 10 * time.Second
	firstPatience = 50 * time.Second
)

// newsPatience is how long a request waits for a query that is known to find something new,
// while there is a view that could be served.
const newsPatience = 250 * time.Millisecond

// slowQuery is how many times refresh a query takes before another waits as long, or for a
// pass.
const slowQuery = 10

// The pause after a failed query grows from least to most.
const (
	leastPause = time.Second
	mostPause  = 15 * time.Second
)
