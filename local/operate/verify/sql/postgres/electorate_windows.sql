-- Registered voters by the minute of their current record.
SELECT date_trunc('minute', kafka_timestamp, 'UTC') AS window_start, state, age_group, gender, count(*) AS registered
FROM core.voters
GROUP BY window_start, state, age_group, gender
