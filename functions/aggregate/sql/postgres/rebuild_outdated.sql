-- The minutes in which core has rows of the affected voters, right or wrong.
INSERT INTO outdated (source, kafka_topic, window_start)
SELECT 'votes', kafka_topic, date_trunc('minute', voted_at)
FROM core.ballots
WHERE voter_key IN (SELECT voter_key FROM affected)
UNION
SELECT 'voters', kafka_topic, date_trunc('minute', kafka_timestamp)
FROM core.voters
WHERE voter_key IN (SELECT voter_key FROM affected)
UNION
SELECT 'duplicates', kafka_topic, date_trunc('minute', event_time)
FROM core.duplicates
WHERE voter_key IN (SELECT voter_key FROM affected)
