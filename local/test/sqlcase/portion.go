package sqlcase

import "time"

// Portion are tables with some records that no pass has settled. A pass takes the new
// records of whole seconds of ingest: as many seconds as have no more records than it may
// take, and one at least.
func Portion() []Table {
	return []Table{
		parseTable("core.progress", `kafka_partition last_offset
			0 9`),
		parseTable("raw.votes", `kafka_partition kafka_offset voter_key ingested_at
			0 8 ann 08:00:00
			0 9 bea 08:00:00
			0 10 cid 08:00:01.2
			1 0 dot 08:00:02.3
			1 1 eve 08:00:02.4`),
		parseTable("raw.voters", `kafka_topic kafka_offset voter_key ingested_at
			voters 0 ann 08:00:05`),
		parseTable("raw.rejects", `kafka_partition kafka_offset reason ingested_at
			1 2 tombstone 08:00:06.7`),
	}
}

// PortionFloor is before the ingest times of Portion.
var PortionFloor = time.Date(2026, 11, 3, 7, 0, 0, 0, time.UTC)

// PortionUntil are the ingest times at which a pass over Portion stops, by the most
// records that it may take. Zero is a pass that takes all.
var PortionUntil = map[int64]time.Time{
	0: PortionFloor.Add(time.Hour + 2*time.Second), // the first second whole
	1: PortionFloor.Add(time.Hour + 2*time.Second),
	2: PortionFloor.Add(time.Hour + 2*time.Second), // the second one has two
	3: PortionFloor.Add(time.Hour + 5*time.Second),
	4: PortionFloor.Add(time.Hour + 6*time.Second),
	5: {},
}
