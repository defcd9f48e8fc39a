-- Adds to the minutes what this pass changes in core.voters. A group without voters is
-- deleted.
INSERT INTO core.electorate_windows AS t (window_start, state, age_group, gender, registered, updated_at)
SELECT date_trunc('minute', kafka_timestamp), state, age_group, gender,
  sum(CASE WHEN held THEN -1 ELSE 1 END), @started::timestamptz
FROM roll
WHERE held != (rank = 1)
GROUP BY 1, state, age_group, gender
HAVING sum(CASE WHEN held THEN -1 ELSE 1 END) != 0
ON CONFLICT (window_start, state, age_group, gender) DO UPDATE SET
  registered = t.registered + excluded.registered,
  updated_at = excluded.updated_at;
DELETE FROM core.electorate_windows AS t
USING (
  SELECT DISTINCT date_trunc('minute', kafka_timestamp) AS window_start, state, age_group, gender
  FROM roll
  WHERE held AND rank > 1
) AS c
WHERE t.window_start = c.window_start
  AND t.state = c.state
  AND t.age_group = c.age_group
  AND t.gender = c.gender
  AND t.registered = 0
