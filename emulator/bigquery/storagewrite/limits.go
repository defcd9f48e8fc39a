package storagewrite

import (
	"time"
)

const (
	// maxRequest is the API's limit for one AppendRows request: 10 MB.
	maxRequest = 10 << 20
	// maxHeld bounds the rows of pending and buffered streams that wait in
	// memory, in bytes on the wire.
	maxHeld = 512 << 20
	// maxStreams bounds the streams. BigQuery limits them per project and hour.
	maxStreams = 10_000
	// streamIdle is when BigQuery forgets a stream: after three days.
	streamIdle = 72 * time.Hour
)

// schemaCheck is how often a busy writer looks for changes of its table's schema.
const schemaCheck = time.Second

// maxRowErrors bounds the errors listed in one answer.
const maxRowErrors = 100
