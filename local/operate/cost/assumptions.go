package cost

import "time"

// What can be measured in the cloud only. Where a value isn't known, the more
// expensive one is assumed.
const (
	// passTime is how long BigQuery takes for a pass: some twenty statements of a
	// second or two each.
	passTime = 30 * time.Second
	// appendTime is how long ingest waits for an append. Its instance is billed for
	// all of that time.
	appendTime = 200 * time.Millisecond
	// loadRate is how many registrations a second a bridge carries before the day of
	// the vote, when all of them are on Kafka: a million a minute.
	loadRate = 1e6 / 60
	// recentHours is how many hours of raw a pass and a poll read. They read by hour
	// of ingest, from one hour before the newest on. That clusters by kafka_offset
	// reduce this further is left out.
	recentHours = 1.5
	// touchedHours is how many hours of event time a pass counts again: the current
	// one, and the one before for late votes. A vote that comes hours late makes one
	// pass read the hours between; that is left out.
	touchedHours = 2
	// storedMonths is how long the data are kept.
	storedMonths = 1
	// entryBytes is the size of a log entry with what the platform adds; each call
	// has two, ours and Cloud Run's own.
	entryBytes = 1000
	// leastTable is the least number of bytes that a statement is billed per table.
	leastTable = 10 << 20
	// leastMessage is the least number of bytes that Pub/Sub bills per message.
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
	// refresh is how often the dashboard reads a snapshot while it has readers.
	refresh = 5 * time.Second
	// reportsEvery is how often the bridge reports how far the logs reach.
	reportsEvery = 10 * time.Second
)
