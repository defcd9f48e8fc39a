-- Registered voters of the touched minutes, counted again. The rows that the table has
-- now are added with 0, so that a group without voters is deleted.
MERGE INTO core.electorate_windows AS t
USING (
  SELECT w.window_start, r.state, r.age_group, r.gender, sum(r.registered) AS registered
  FROM (SELECT DISTINCT window_start FROM touched_windows WHERE source = 'voters') AS w
  CROSS JOIN LATERAL (
    SELECT state, age_group, gender, count(*) AS registered
    FROM core.voters
    WHERE kafka_timestamp >= w.window_start AND kafka_timestamp < w.window_start + interval '1 minute'
    GROUP BY state, age_group, gender
    UNION ALL
    SELECT state, age_group, gender, 0
    FROM core.electorate_windows AS e
    WHERE e.window_start = w.window_start
  ) AS r
  GROUP BY w.window_start, r.state, r.age_group, r.gender
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
