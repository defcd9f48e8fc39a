package cost

import "time"

// What only the cloud can tell, chosen on the dear side.
const (
	// passTime is how long BigQuery takes for a pass: some twenty statements of a
	// second or two each.
	passTime = 30 * time.Second
	// appendTime is how long ingest waits for an append, with all of its instance.
	appendTime = 200 * time.Millisecond
	// loadRate is how many registrations a second a bridge carries before the day,
	// when they all lie ready: a million a minute.
	loadRate = 1e6 / 60
	// recentHours is how much of raw a pass and a look read: rows are found by
	// hour of ingest, from an hour below the newest on. What the clusters of
	// kafka_offset prune beyond that is left out.
	recentHours = 1.5
	// touchedHours is how many hours of event time a pass counts again: that of
	// now, and one before for stragglers. A vote that comes hours late makes one
	// pass read the hours between.
	touchedHours = 2
	// storedMonths is how long the data are kept.
	storedMonths = 1
	// entryBytes is the size of a log entry with what the platform adds; each call
	// has two, ours and Cloud Run's own.
	entryBytes = 1000
	// leastTable is what a statement is billed for each table at the least.
	leastTable = 10 << 20
	// leastMessage is what Pub/Sub bills for a message at the least.
	leastMessage = 1000
)

// instance is the size of a function as terraform deploys it, see
// terraform/sizes.tf.
type instance struct {
	vCPU, gib   float64
	concurrency float64
}

var (
	bridgeInstance    = instance{1, 0.5, 1}
	ingestInstance    = instance{1, 0.5, 8}
	aggregateInstance = instance{0.333, 0.5, 1}
	dashboardInstance = instance{1, 0.5, 250}
)

const (
	// drainShare is how much of a minute a drain takes.
	drainShare = 55.0 / 60
	// batchRecords is the most records of a message.
	batchRecords = 5000
	// refresh is how often the dashboard reads a snapshot while it is looked at.
	refresh = 5 * time.Second
	// reportsEvery is how often the bridge reports how far the logs reach.
	reportsEvery = 10 * time.Second
)
