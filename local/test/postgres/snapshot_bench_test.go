package postgres_test

import (
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot/snapshottest"
	"github.com/tallystream/tallystream/local/test/postgrestest"
)

// fillNight is an election of 51 regions and 24 hours, of which the last three have votes in
// every minute. The bridge has reported 12 partitions every ten seconds.
const fillNight = `
UPDATE analytics.books SET last_ingested_at = '2026-11-04 14:00:00+00';
INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at)
SELECT '2026-11-03 14:00:00+00'::timestamptz + h * interval '1 hour', 'S' || s, 'c' || c, CASE WHEN h < 21 THEN 100 ELSE 1800 END, 1, '2026-11-03'
FROM generate_series(0, 23) AS h, generate_series(1, 51) AS s, generate_series(1, 4) AS c;
INSERT INTO core.vote_windows (window_start, candidate, state, age_group, gender, votes, revision, updated_at)
SELECT '2026-11-04 13:00:00+00'::timestamptz + m * interval '1 minute', 'c' || c, 'S' || s, '18-24', 'g' || g, 5, 1, '2026-11-03'
FROM generate_series(-120, 59) AS m, generate_series(1, 51) AS s, generate_series(1, 4) AS c, generate_series(1, 6) AS g;
INSERT INTO analytics.demographic_analysis (election_date, state, age_group, gender, registered, voted, participation, updated_at)
SELECT '2026-11-03', 'S' || s, 'a' || a, 'g' || g, 100, 50, 0.5, '2026-11-03'
FROM generate_series(1, 51) AS s, generate_series(1, 6) AS a, generate_series(1, 3) AS g;
INSERT INTO raw.log_ends (kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end,
  next_offset, last_record, deleted, observed_at, ingested_at)
SELECT 'votes', 'v', p, 12, 0, n * 100, n * 100, n * 100, n * 100 - 1, 0,
  '2026-11-03 14:00:00+00'::timestamptz + n * interval '10 seconds', '2026-11-03 14:00:01+00'::timestamptz + n * interval '10 seconds'
FROM generate_series(0, 11) AS p, generate_series(0, 8639) AS n;
INSERT INTO analytics.books (kafka_topic, kafka_topic_id, kafka_partition, records, accepted, duplicate, rejected, pending, gaps, ahead,
  first_offset, next_offset, last_offset, last_ingested_at, first_seen, updated_at)
SELECT 'votes', 'v', p, 863900, 863900, 0, 0, 0, 0, 0, 0, 863900, 863899, '2026-11-04 14:00:00+00', '2026-11-03', '2026-11-03'
FROM generate_series(0, 11) AS p
ON CONFLICT (kafka_topic, kafka_topic_id, kafka_partition) DO UPDATE SET next_offset = 863900;
ANALYZE`

// BenchmarkSnapshot is what a read costs: the first one, one after a pass, one after an
// append, and one where nothing was written.
func BenchmarkSnapshot(b *testing.B) {
	w := snapshotWarehouse{postgrestest.Pool(b, postgrestest.Shared(b).Empty(b))}
	execute := func(script string) {
		if err := w.Execute(b.Context(), script); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Create(b.Context()); err != nil {
		b.Fatal(err)
	}
	execute(snapshottest.Fill + fillNight)
	read := func(store snapshot.Store) {
		if _, err := store.Snapshot(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			read(newSnapshotStore(b, w.pool, "e"))
		}
	})
	for name, change := range map[string]string{
		"pass":    "UPDATE analytics.books SET updated_at = now()",
		"append":  "UPDATE analytics.certifications SET remark = ''; SELECT pg_current_xact_id()",
		"nothing": "",
	} {
		b.Run(name, func(b *testing.B) {
			store := newSnapshotStore(b, w.pool, "e")
			read(store)
			for b.Loop() {
				b.StopTimer()
				execute(change)
				b.StartTimer()
				read(store)
			}
		})
	}
}
