package cost

import "time"

// What can be measured in the cloud only. Where a value isn't known, the more
// expensive one is assumed.
const (
	// statementTime is how long a statement of a pass takes that reads little. A SELECT
	// over small tables answers in 0.7 to 2 s; an INSERT of a row is a job of 2.7 s
	// (googleapis/python-bigquery-sqlalchemy#1161), and quicker within a script.
	statementTime = 1250 * time.Millisecond
	// ReadTime is how much longer it takes for each GiB that it reads: a temporary table and
	// a MERGE into 70 million rows, 29 GiB, took 47 s (dbt-labs/dbt-bigquery#775). The
	// emulators' profile has the same.
	ReadTime = 1500 * time.Millisecond
	// carryTime is how long a vote takes from Kafka to raw, beyond the wait for others to
	// share its message: half of the votes at most, and all but one in a hundred. It is what
	// Dataflow takes to put a message into BigQuery.
	carryTime, carryTime99 = 1200 * time.Millisecond, 5400 * time.Millisecond
	// snapshotTime is how long a query of the dashboard takes that reads little, and ScanTime
	// how much longer for each GiB: a query without changes reads in parallel.
	snapshotTime, ScanTime = 1500 * time.Millisecond, 200 * time.Millisecond
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
	// lookHours is the same for a look of the dashboard, which begins a quarter of an hour
	// before the last pass.
	lookHours = 0.75
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
	// drainShare is how much of each minute the aggregation works, and bridgeShare the bridge:
	// a drain ends when the next one has begun, and what comes meanwhile is carried twice.
	drainShare, bridgeShare = 55.0 / 60, 63.0 / 60
	// batchRecords is the most records of a message.
	batchRecords = 5000
	// wholeEvery is how often the dashboard reads everything while it has readers and nothing
	// comes.
	wholeEvery = 30 * time.Second
	// reasons is how many reasons a partition has rejected records for, at most: those of
	// package rejection.
	reasons = 24
	// reportsEvery is how often the bridge reports how far the logs reach.
	reportsEvery = 10 * time.Second
)

// What a day costs on which nobody votes and nothing comes.
const (
	// restTime is how long a call of the bridge or the aggregation takes that finds nothing:
	// connections and the ends of the logs, or two queries.
	restTimeBridge, restTimeAggregate = 3 * time.Second, 5 * time.Second
	// restReports are the messages of such a call of the bridge.
	restReports = 2
	// alertReferences is how many metrics the conditions of the alerts name, for each of
	// which a price is paid, and alertSeries how many values they return a minute
	// (terraform/modules/monitoring/alerts.tf; one condition has a value for each function).
	alertReferences, alertSeries = 14, 17
	// daysOfMonth is a month's, for what is paid by the month.
	daysOfMonth = 30
)
