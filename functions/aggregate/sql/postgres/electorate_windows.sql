-- Registered voters of the touched minutes, counted again. The rows that the table has
-- now are added with 0, so that a group without voters is deleted.
MERGE INTO core.electorate_windows AS t
USING (
  SELECT window_start, state, age_group, gender, sum(registered) AS registered
  FROM (
    SELECT date_trunc('minute', kafka_timestamp) AS window_start, state, age_group, gender, 1::bigint AS registered
    FROM core.voters
    WHERE kafka_timestamp >= @first_window AND kafka_timestamp < @end_window
    UNION ALL
    SELECT window_start, state, age_group, gender, 0
    FROM core.electorate_windows
    WHERE window_start >= @first_window AND window_start < @end_window
  ) AS r
  WHERE window_start IN (SELECT window_start FROM touched_windows WHERE source = 'voters')
  GROUP BY window_start, state, age_group, gender
) AS s
ON t.window_start = s.window_start
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
  AND t.window_start >= @first_window
  AND t.window_start < @end_window
WHEN MATCHED AND s.registered = 0 THEN DELETE
WHEN MATCHED AND s.registered != t.registered THEN UPDATE SET
  registered = s.registered,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (window_start, state, age_group, gender, registered, updated_at)
VALUES (s.window_start, s.state, s.age_group, s.gender, s.registered, @started)
