-- The voters with a record in the range of event time, in raw or in core. All records of
-- these voters are decided again: which vote counts depends on all of them.
INSERT INTO affected (voter_key)
SELECT voter_key FROM raw.votes WHERE voted_at >= @rebuild_from AND voted_at < @rebuild_to
UNION
SELECT voter_key FROM raw.voters WHERE kafka_timestamp >= @rebuild_from AND kafka_timestamp < @rebuild_to
UNION
SELECT voter_key FROM core.ballots
WHERE date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00') >= @rebuild_from AND date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00') < @rebuild_to
UNION
SELECT voter_key FROM core.voters WHERE kafka_timestamp >= @rebuild_from AND kafka_timestamp < @rebuild_to
UNION
SELECT voter_key FROM core.duplicates WHERE event_time >= @rebuild_from AND event_time < @rebuild_to
