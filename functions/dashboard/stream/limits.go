package stream

import (
	"time"
)

const (
	// heartbeat is after how long a silent stream says that it lives: less than
	// the 30 s after which some proxies take a connection for dead.
	heartbeat = 15 * time.Second
	// writeTimeout is how long a reader may take for an event.
	writeTimeout = 10 * time.Second
	// usualPatience is how long the search for a short patch of a page goes on.
	usualPatience = 100 * time.Millisecond
	// reconnect is how long a reader waits before it connects again.
	reconnect = 2 * time.Second
	// mostChannels is how many filters streams may have at a time. Those that nobody
	// uses any more are remembered as long as there is room, so that readers who
	// come back needn't begin anew.
	mostChannels = 100
	// mostRoom is how many bytes of past versions all channels may keep together,
	// and as many of events: a part of the 512 MiB that an instance has by default.
	mostRoom = 48 << 20
	// mostPast is how many versions back a reader can go on from.
	mostPast = 60
)
