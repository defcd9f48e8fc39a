-- The voters with anything in the range of event time, in raw or in core: who
-- votes when is decided by all of a voter's records.
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
