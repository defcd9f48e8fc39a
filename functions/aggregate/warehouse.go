package aggregate

import (
	"context"
	"errors"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
)

// A Warehouse holds the tables and runs passes over them.
type Warehouse interface {
	// Progress returns what the passes have settled so far, by partition.
	Progress(ctx context.Context) ([]Partition, error)

	// Fresh counts the records above the settled offsets among the rows ingested
	// at floor or after, by partition and source. When nothing is new, this is the
	// only query that runs.
	Fresh(ctx context.Context, floor time.Time) ([]Fresh, error)

	// Portion returns the ingest time before which a pass must stop so that it takes
	// at most so many new records of those ingested at floor or after. It is zero if
	// all fit. Records of one second of ingest go together, and a pass takes one
	// second at least. Records that were missing aren't counted.
	Portion(ctx context.Context, floor time.Time, most int64) (time.Time, error)

	// Pass runs one pass and returns the progress after it. A pass is atomic:
	// readers see all of its changes or none. The error is ErrConflict if another
	// pass ran at the same time; then this one has changed nothing.
	Pass(ctx context.Context, p Pass) ([]Partition, error)

	// StepShown moves the votes by candidate that are shown, by the records that a pass would
	// settle. It settles nothing. The error is ErrConflict as that of Pass.
	StepShown(ctx context.Context, p Pass) error
}

// ErrConflict says that two passes overlapped and that this one was aborted.
var ErrConflict = errors.New("another pass ran at the same time")

// A Partition is the progress of one partition: a row of core.progress.
type Partition struct {
	kafka.TopicPartition
	NextOffset     int64     `bigquery:"next_offset"`
	RecordsAbove   int64     `bigquery:"records_above"`
	IngestFloor    time.Time `bigquery:"ingest_floor"`
	LastIngestedAt time.Time `bigquery:"last_ingested_at"`
	UpdatedAt      time.Time `bigquery:"updated_at"` // start of the last pass that changed it
	Unbalanced     bool      `bigquery:"unbalanced"` // records aren't accepted + duplicate + rejected + pending
}

// Fresh is how many records of one partition are above its settled offset in one
// raw table. Source names the table: votes, voters or rejects. Where many are new, Records
// may be the number of their offsets, which is no less.
type Fresh struct {
	kafka.TopicPartition
	Source     string `bigquery:"source"`
	Records    int64  `bigquery:"records"`
	FromOffset int64  `bigquery:"from_offset"` // the least
}

// A Pass says which rows of raw a pass reads. The lower bounds make it cheaper and
// decide nothing: a row below one of them is settled, or a later pass reads it.
type Pass struct {
	Started time.Time // becomes updated_at of the rows that change
	Floor   time.Time // least ingest time
	Until   time.Time // ingest times are before it; zero is no bound
	// Least offsets, of any partition, by source; math.MaxInt64 if the source has no
	// new record.
	VotesFrom, VotersFrom, RejectsFrom int64
}
