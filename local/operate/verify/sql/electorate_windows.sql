-- Registered voters by the minute of their current record.
SELECT {{minute "kafka_timestamp"}} AS window_start, state, age_group, gender, COUNT(*) AS registered
FROM core.voters
GROUP BY window_start, state, age_group, gender
