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
{{include "delete_empty" (values
  "table" "core.electorate_windows" "time" "window_start" "group" "state age_group gender" "number" "registered"
  "changed" "roll" "at" "date_trunc('minute', c.kafka_timestamp)" "taken" "c.held AND c.rank > 1")}}
