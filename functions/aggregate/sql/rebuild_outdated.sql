-- The minutes in which core has rows of the affected voters, right or wrong.
{{fill "outdated" "source, kafka_topic, window_start"}}
SELECT 'votes' AS source, kafka_topic, {{minute "voted_at"}} AS window_start
FROM core.ballots
WHERE voter_key IN (SELECT voter_key FROM affected)
UNION DISTINCT
SELECT 'voters', kafka_topic, {{minute "kafka_timestamp"}}
FROM core.voters
WHERE voter_key IN (SELECT voter_key FROM affected)
UNION DISTINCT
SELECT 'duplicates', kafka_topic, {{minute "event_time"}}
FROM core.duplicates
WHERE voter_key IN (SELECT voter_key FROM affected)
