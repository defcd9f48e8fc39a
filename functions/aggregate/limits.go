package aggregate

import "time"

// MostRecords is how many new records a pass takes (see Warehouse.Portion). It takes
// them in the order of ingest and leaves the rest to the next pass. The limit keeps a
// pass over a backlog within the time that the platform gives an invocation.
const MostRecords = 5_000_000

// MostRecordsPostgres is how many a pass on PostgreSQL takes: readers see the first of a
// backlog in seconds. The more voters it looks up, in the order of their keys, the closer
// they lie in the indexes, and the less each costs.
const MostRecordsPostgres = 400_000

// betweenTries is how long a pass or a rebuild waits after a conflict: about as long as a
// short pass takes.
const betweenTries = 200 * time.Millisecond
