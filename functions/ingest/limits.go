package ingest

import (
	"time"

	"github.com/tallystream/tallystream/shared/recordbatch"
)

// maxBody bounds the body of a push: Pub/Sub's 10 MB of data in base64, and
// room for the attributes.
const maxBody = 14 << 20

// What all pushes of an instance may hold at the same time, in bytes. A push takes
// three times its body while it is read. Then it takes up to twelve times what it
// decompresses to: for the records, their rows and the append requests. An instance
// of 512 MiB has the memory for these, however well messages are compressed.
const (
	maxBodies  = 14 << 20 // of bodies that are read and not decompressed yet: one of the largest
	maxDecoded = 24 << 20 // of decompressed messages that aren't stored yet
)

// Both have room for one message of the largest size.
const (
	_ = uint(maxBodies - maxBody)
	_ = uint(maxDecoded - recordbatch.MaxDecoded)
)

// appendTimeout bounds one append, well within the 60 seconds after which the
// subscription delivers a message again.
const appendTimeout = 45 * time.Second

// Brokers hold any timestamp that a producer sends. One outside these years can't
// order votes. The years bound the partitions too of the tables that are by month
// of what a record brings: BigQuery allows 10,000 a table, and a statement 4,000.
var (
	minRecordTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	maxRecordTime = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)
