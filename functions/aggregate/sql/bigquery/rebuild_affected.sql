-- The voters with a record in the range of event time, in raw or in core. All records of
-- these voters are decided again: which vote counts depends on all of them.
CREATE TEMP TABLE affected AS
SELECT voter_key FROM raw.votes WHERE voted_at >= @rebuild_from AND voted_at < @rebuild_to
UNION DISTINCT
SELECT voter_key FROM raw.voters WHERE kafka_timestamp >= @rebuild_from AND kafka_timestamp < @rebuild_to
UNION DISTINCT
SELECT voter_key FROM core.ballots WHERE voted_at >= @rebuild_from AND voted_at < @rebuild_to
UNION DISTINCT
SELECT voter_key FROM core.voters WHERE kafka_timestamp >= @rebuild_from AND kafka_timestamp < @rebuild_to
UNION DISTINCT
SELECT voter_key FROM core.duplicates WHERE event_time >= @rebuild_from AND event_time < @rebuild_to
