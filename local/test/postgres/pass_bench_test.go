package postgres_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/test/postgrestest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
)

// Functions that fill raw: with a registration for each number of a range, or a vote.
const fillRaw = `
CREATE FUNCTION key(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT substr(translate(encode(sha256(i::text::bytea), 'base64'), '+/', '-_'), 1, 22)
$$;
CREATE FUNCTION register(a bigint, b bigint, at timestamptz) RETURNS void LANGUAGE sql AS $$
  INSERT INTO raw.voters (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp, kafka_follows,
    voter_key, state, age_group, gender, county, precinct, ingested_at)
  SELECT 'voters', '5f8e1c1e-0000-4000-8000-000000000001', i % 12, i / 12, at, i / 12 - 1,
    key(i), (ARRAY['TX', 'OH', 'UT', 'CA', 'NY'])[1 + i % 5], (ARRAY['18-24', '25-34', '35-49', '50-64', '65+'])[1 + i / 7 % 5],
    (ARRAY['female', 'male'])[1 + i / 3 % 2], 'county ' || i % 100, 'p' || i % 1000, at
  FROM generate_series(a, b - 1) AS i
$$;
CREATE FUNCTION vote(a bigint, b bigint, at timestamptz) RETURNS void LANGUAGE sql AS $$
  INSERT INTO raw.votes (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp, kafka_follows,
    vote_id, voter_key, candidate, voted_at, polling_station, ingested_at)
  SELECT 'votes', '5f8e1c1e-0000-4000-8000-000000000002', i % 12, i / 12, at + (i - a) * interval '500 us', i / 12 - 1,
    'v-' || i, key(i), (ARRAY['ada', 'bob'])[1 + i / 11 % 2],
    at + (i - a) * interval '500 us' - CASE WHEN i % 1000 = 0 THEN i / 1000 % 60 ELSE 0 END * interval '1 minute',
    'station ' || i % 5000, at + (i - a) * interval '500 us'
  FROM generate_series(a, b - 1) AS i
$$;
SELECT raw.ensure_partition(name, '2026-11-03') FROM unnest(ARRAY['votes', 'voters', 'rejects']) AS name;
`

// BenchmarkPass measures passes over new votes while a million ballots are held. Votes
// come 2,000 a second of event time, and one in a thousand is up to an hour late, so a
// pass adds to one minute or to several. poll-ms is the look that comes
// before a pass.
func BenchmarkPass(b *testing.B) {
	const held = 1_000_000
	pool := postgrestest.Pool(b, postgrestest.Start(b, map[string]string{"shared_buffers": "512MB", "max_wal_size": "1GB", "wal_level": "minimal", "max_wal_senders": "0"}).Database(b))
	w := aggregate.NewPostgres(pool, sqlcase.Election)
	v := &voting{pool: pool, w: w, at: time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)}
	v.exec(b, fillRaw)
	v.exec(b, "SELECT register(0, $1, $2)", held+500_000, v.at)
	v.pass(b, 0)
	for v.votes < held {
		v.vote(b, held/10)
		v.pass(b, v.votes-held/10)
	}
	for _, size := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprint(size, " votes"), func(b *testing.B) {
			var polls time.Duration
			for range b.N {
				b.StopTimer()
				v.vote(b, size)
				started := time.Now()
				if fresh, err := w.Fresh(b.Context(), v.at.Add(-time.Hour)); err != nil || len(fresh) == 0 {
					b.Fatal("nothing is new: ", err)
				}
				polls += time.Since(started)
				b.StartTimer()
				v.pass(b, v.votes-size)
			}
			b.ReportMetric(polls.Seconds()*1000/float64(b.N), "poll-ms")
		})
	}
}

// voting appends votes one after another.
type voting struct {
	pool  *pgxpool.Pool
	w     *aggregate.Postgres
	at    time.Time // of the next vote
	votes int       // so many are in raw
}

func (v *voting) exec(b *testing.B, sql string, arguments ...any) {
	b.Helper()
	if _, err := v.pool.Exec(context.WithoutCancel(b.Context()), sql, arguments...); err != nil {
		b.Fatal(err)
	}
}

func (v *voting) vote(b *testing.B, n int) {
	b.Helper()
	v.exec(b, "SELECT vote($1, $2, $3)", v.votes, v.votes+n, v.at)
	v.votes, v.at = v.votes+n, v.at.Add(time.Duration(n)*500*time.Microsecond)
}

// pass settles the votes from one on.
func (v *voting) pass(b *testing.B, from int) {
	b.Helper()
	p := aggregate.Pass{
		Started: time.Now(), Floor: v.at.Add(-time.Hour),
		VotesFrom: int64(from / 12), VotersFrom: math.MaxInt64, RejectsFrom: math.MaxInt64,
	}
	if v.votes == 0 {
		p.VotersFrom = 0
	}
	if _, err := v.w.Pass(b.Context(), p); err != nil {
		b.Fatal(err)
	}
}
