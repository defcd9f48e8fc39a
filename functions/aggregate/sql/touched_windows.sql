-- The minutes of event time that this pass changes, by topic.
CREATE TEMP TABLE touched_windows AS
SELECT 'votes' AS source, kafka_topic, TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start
FROM contenders
WHERE moved
UNION DISTINCT
SELECT 'voters', kafka_topic, TIMESTAMP_TRUNC(kafka_timestamp, MINUTE)
FROM roll
WHERE rank > 1 OR NOT held
