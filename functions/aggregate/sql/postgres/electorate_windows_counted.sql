-- Rebuilds run this, a pass doesn't: see electorate_windows_added.sql.
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
