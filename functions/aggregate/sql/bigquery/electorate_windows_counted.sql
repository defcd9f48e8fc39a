SELECT window_start, state, age_group, gender, SUM(registered) AS registered
FROM (
  SELECT TIMESTAMP_TRUNC(kafka_timestamp, MINUTE) AS window_start, state, age_group, gender, 1 AS registered
  FROM core.voters
  WHERE kafka_timestamp >= first_window AND kafka_timestamp < end_window
  UNION ALL
  SELECT window_start, state, age_group, gender, 0
  FROM core.electorate_windows
  WHERE window_start >= first_window AND window_start < end_window
)
WHERE window_start IN (SELECT window_start FROM touched_windows WHERE source = 'voters')
GROUP BY window_start, state, age_group, gender
