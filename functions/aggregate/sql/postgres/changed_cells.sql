{{- /* portrait is portrait.sql, see dialect.go. */ -}}
-- By how much this pass changes the counted votes of each minute and group. A ballot that
-- moves is taken away where it counted and added where it counts now. candidate_image is
-- the earliest portrait that is added, and gone_image the earliest that is taken away.
-- known says that the table has the group already. Groups are in the order of its key, in
-- which they are looked up, added and changed.
INSERT INTO changed_cells (window_start, candidate, state, age_group, gender, votes, candidate_image, gone_image, known)
SELECT c.*, v.known IS NOT NULL
FROM (
  SELECT date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00') AS window_start, candidate, state, age_group, gender,
    sum(votes) AS votes,
    min(portrait) FILTER (WHERE votes > 0) AS candidate_image,
    min(portrait) FILTER (WHERE votes < 0) AS gone_image
  FROM (
    SELECT voted_at, candidate, state, age_group, gender, 1 AS votes, {{.portrait}} AS portrait
    FROM contenders
    WHERE moved AND rank = 1 AND state IS NOT NULL
    UNION ALL
    SELECT voted_at, candidate, held_state, held_age_group, held_gender, -1, {{.portrait}}
    FROM contenders
    WHERE moved AND held AND held_state IS NOT NULL
  ) AS r
  GROUP BY 1, candidate, state, age_group, gender
  ORDER BY 1, candidate, state, age_group, gender
  OFFSET 0
) AS c
LEFT JOIN LATERAL (
  SELECT TRUE AS known
  FROM core.vote_windows AS v
  WHERE v.window_start = c.window_start
    AND v.candidate = c.candidate
    AND v.state = c.state
    AND v.age_group = c.age_group
    AND v.gender = c.gender
  OFFSET 0
) AS v ON TRUE
