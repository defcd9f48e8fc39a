-- Adds to the minutes what this pass changes in core.ballots. Groups that are known are
-- changed. The others are new, and their keys needn't be looked for. A group without votes
-- is deleted. Where the earliest portrait may be gone, it is found again among the ballots
-- of the minute.
-- OFFSET 0 keeps the planner from looking for a portrait twice.
UPDATE core.vote_windows AS t SET
  votes = t.votes + c.votes,
  candidate_image = least(t.candidate_image, c.candidate_image),
  revision = t.revision + 1,
  updated_at = @started::timestamptz
FROM changed_cells AS c
WHERE c.known
  AND t.window_start = c.window_start
  AND t.candidate = c.candidate
  AND t.state = c.state
  AND t.age_group = c.age_group
  AND t.gender = c.gender
  AND (c.votes != 0 OR t.candidate_image IS DISTINCT FROM least(t.candidate_image, c.candidate_image));
INSERT INTO core.vote_windows (
  window_start, candidate, state, age_group, gender, votes, candidate_image, revision, updated_at
)
SELECT window_start, candidate, state, age_group, gender, votes, candidate_image, 0, @started::timestamptz
FROM changed_cells
WHERE NOT known;
{{include "delete_empty" (values
  "table" "core.vote_windows" "time" "window_start" "group" "candidate state age_group gender" "number" "votes"
  "changed" "changed_cells" "at" "c.window_start" "taken" "c.votes < 0")}};
UPDATE core.vote_windows AS t SET
  candidate_image = c.found,
  revision = t.revision + CASE WHEN c.votes = 0 THEN 1 ELSE 0 END,
  updated_at = @started::timestamptz
FROM (
  SELECT c.*, (
    SELECT min({{include "portrait" .}})
    FROM core.ballots AS b
    WHERE date_bin('1 minute', b.voted_at, '0001-01-01 00:00:00+00') = c.window_start
      AND b.candidate = c.candidate
      AND b.state = c.state
      AND b.age_group = c.age_group
      AND b.gender = c.gender
      AND b.candidate_image IS NOT NULL
  ) AS found
  FROM changed_cells AS c
  WHERE c.gone_image IS NOT NULL
    AND (c.candidate_image IS NULL OR c.candidate_image > c.gone_image)
    AND c.gone_image = (
      SELECT v.candidate_image
      FROM core.vote_windows AS v
      WHERE v.window_start = c.window_start
        AND v.candidate = c.candidate
        AND v.state = c.state
        AND v.age_group = c.age_group
        AND v.gender = c.gender
    )
  OFFSET 0
) AS c
WHERE t.window_start = c.window_start
  AND t.candidate = c.candidate
  AND t.state = c.state
  AND t.age_group = c.age_group
  AND t.gender = c.gender
  AND t.candidate_image IS DISTINCT FROM c.found
