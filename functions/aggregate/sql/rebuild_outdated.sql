-- The minutes in which core has rows of the affected voters, right or wrong.
CREATE TEMP TABLE outdated AS
SELECT 'votes' AS source, kafka_topic, TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start
FROM core.ballots
WHERE voter_key IN (SELECT voter_key FROM affected)
UNION DISTINCT
SELECT 'voters', kafka_topic, TIMESTAMP_TRUNC(kafka_timestamp, MINUTE)
FROM core.voters
WHERE voter_key IN (SELECT voter_key FROM affected)
UNION DISTINCT
SELECT 'duplicates', kafka_topic, TIMESTAMP_TRUNC(event_time, MINUTE)
FROM core.duplicates
WHERE voter_key IN (SELECT voter_key FROM affected)
