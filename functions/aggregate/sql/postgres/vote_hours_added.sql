-- Adds to the hours what this pass has added to their minutes. A group without votes is
-- deleted. Where the earliest portrait may be gone, it is found again among the minutes of
-- the hour.
-- OFFSET 0 keeps the planner from looking for a portrait twice.
INSERT INTO core.vote_hours AS t (
  hour, candidate, state, age_group, gender, votes, candidate_image, updated_at
)
SELECT date_trunc('hour', window_start), candidate, state, age_group, gender,
  sum(votes), min(candidate_image), @started::timestamptz
FROM changed_cells
GROUP BY 1, candidate, state, age_group, gender
ON CONFLICT (hour, candidate, state, age_group, gender) DO UPDATE SET
  votes = t.votes + excluded.votes,
  candidate_image = least(t.candidate_image, excluded.candidate_image),
  updated_at = excluded.updated_at
WHERE excluded.votes != 0
  OR t.candidate_image IS DISTINCT FROM least(t.candidate_image, excluded.candidate_image);
{{include "delete_empty" (values
  "table" "core.vote_hours" "time" "hour" "group" "candidate state age_group gender" "number" "votes"
  "changed" "changed_cells" "at" "date_trunc('hour', c.window_start)" "taken" "c.votes < 0")}};
UPDATE core.vote_hours AS t SET
  candidate_image = c.found,
  updated_at = @started::timestamptz
FROM (
  SELECT c.*, (
    SELECT min(v.candidate_image)
    FROM generate_series(c.hour, c.hour + interval '59 minutes', interval '1 minute') AS w (window_start)
    JOIN core.vote_windows AS v ON v.window_start = w.window_start
    WHERE v.candidate = c.candidate
      AND v.state = c.state
      AND v.age_group = c.age_group
      AND v.gender = c.gender
  ) AS found
  FROM (
    SELECT date_trunc('hour', window_start) AS hour, candidate, state, age_group, gender, min(gone_image) AS gone_image
    FROM changed_cells
    WHERE gone_image IS NOT NULL
    GROUP BY 1, candidate, state, age_group, gender
  ) AS c
  WHERE c.gone_image = (
    SELECT h.candidate_image
    FROM core.vote_hours AS h
    WHERE h.hour = c.hour
      AND h.candidate = c.candidate
      AND h.state = c.state
      AND h.age_group = c.age_group
      AND h.gender = c.gender
  )
  OFFSET 0
) AS c
WHERE t.hour = c.hour
  AND t.candidate = c.candidate
  AND t.state = c.state
  AND t.age_group = c.age_group
  AND t.gender = c.gender
  AND t.candidate_image IS DISTINCT FROM c.found
