package bridge

import (
	"time"
)

const (
	// kafkaTimeout bounds the requests of one step that isn't reading.
	kafkaTimeout = 10 * time.Second
	// betweenReaches is how long to wait after a try to reach Kafka that failed at once.
	betweenReaches = 500 * time.Millisecond
	// flushTimeout bounds the wait for acknowledgements after the reading has
	// ended. closeTimeout bounds it where the process has ten seconds to end, of
	// which the last commit needs some too, and abortTimeout where the caller has
	// gone.
	flushTimeout = 15 * time.Second
	closeTimeout = 5 * time.Second
	abortTimeout = 2 * time.Second
	// quiet is how long a drain that is to catch up waits for a record that
	// should be there.
	quiet = 5 * time.Second
)

// How often a drain looks for new partitions, and for topics that weren't there.
const (
	discoverInterval        = 30 * time.Second
	discoverIntervalMissing = 500 * time.Millisecond
)

// Bounds of a fetch. They, the budget and the compressors are most of the
// memory of an instance.
const (
	fetchMaxBytes          = 2 << 20                // of a broker's answer
	fetchMaxPartitionBytes = 512 << 10              // of one partition in it
	fetchMaxWait           = 500 * time.Millisecond // a new partition joins the next fetch
	pollRecords            = 10_000
	// leastDecompressed is how many bytes a client may decompress batches to at
	// least.
	leastDecompressed = 8 << 20
)

// maxNotes bounds the lists of a summary.
const maxNotes = 20

const (
	// commitInterval is how often a drain commits: what a killed one repeats.
	commitInterval = time.Second
	// closeCommitTimeout bounds the last commit where the process is about to end:
	// with closeTimeout before it, in less than the ten seconds that it has.
	closeCommitTimeout = 3 * time.Second
	// lastCommits is how often the last commit is tried.
	lastCommits = 3
)

// publishTimeout bounds the client's tries at one message.
const publishTimeout = 20 * time.Second
