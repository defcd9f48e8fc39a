-- Adds to the minutes what this pass changes in core.voters. A group without voters is
-- deleted.
-- Rows that are deleted are found by their keys: OFFSET 0 keeps the planner from looking
-- through the table for them.
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
  SELECT e.*
  FROM roll AS r
  CROSS JOIN LATERAL (
    SELECT e.window_start, e.state, e.age_group, e.gender
    FROM core.electorate_windows AS e
    WHERE e.window_start = date_trunc('minute', r.kafka_timestamp)
      AND e.state = r.state
      AND e.age_group = r.age_group
      AND e.gender = r.gender
      AND e.registered = 0
    OFFSET 0
  ) AS e
  WHERE r.held AND r.rank > 1
) AS e
WHERE t.window_start = e.window_start
  AND t.state = e.state
  AND t.age_group = e.age_group
  AND t.gender = e.gender
