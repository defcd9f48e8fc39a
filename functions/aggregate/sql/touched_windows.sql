-- The minutes of event time that this pass changes, by topic. source is the kind of the records:
-- votes, or voters for registrations.
{{fill "touched_windows" "source, kafka_topic, window_start"}}
SELECT 'votes' AS source, kafka_topic, {{minute "voted_at"}} AS window_start
FROM contenders
WHERE moved
UNION DISTINCT
SELECT 'voters', kafka_topic, {{minute "kafka_timestamp"}}
FROM roll
WHERE rank > 1 OR NOT held
