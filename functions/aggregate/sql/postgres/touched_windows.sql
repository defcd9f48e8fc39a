-- The minutes of event time that this pass changes, by topic.
INSERT INTO touched_windows (source, kafka_topic, window_start)
SELECT 'votes', kafka_topic, date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00')
FROM contenders
WHERE moved
UNION
SELECT 'voters', kafka_topic, date_bin('1 minute', kafka_timestamp, '0001-01-01 00:00:00+00')
FROM roll
WHERE rank > 1 OR NOT held
