-- The minutes of event time that this pass changes, by topic.
INSERT INTO touched_windows (source, kafka_topic, window_start)
SELECT 'votes', kafka_topic, date_trunc('minute', voted_at)
FROM contenders
WHERE moved
UNION
SELECT 'voters', kafka_topic, date_trunc('minute', kafka_timestamp)
FROM roll
WHERE rank > 1 OR NOT held
