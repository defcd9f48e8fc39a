package storageread

import "time"

const (
	// sessionAge is how long a session can be read
	// (https://cloud.google.com/bigquery/docs/reference/storage/rpc/google.cloud.bigquery.storage.v1#bigqueryread).
	sessionAge = 6 * time.Hour
	// maxStreams is how many streams a session has at most (max_stream_count there).
	maxStreams = 1000
	// maxRestriction is how long a row restriction may be, in bytes
	// (https://cloud.google.com/bigquery/quotas#storage-limits).
	maxRestriction = 1 << 20

	// blockRows is how many rows stand together: streams begin and split at multiples of it. BigQuery's blocks are
	// of a size that it doesn't say; a small table has one, and so one stream.
	blockRows = 10_000
	// messageBytes is what a message of ReadRows is meant to have; a row that is larger has one to itself.
	messageBytes = 4 << 20
	// firstRows is how many rows are read before it is known how large they are.
	firstRows = 1000

	// maxSessions and maxKept bound the sessions that are kept, and the bytes of the rows that they keep. The ones that
	// weren't used for the longest time go first.
	maxSessions = 1000
	maxKept     = 512 << 20
)
