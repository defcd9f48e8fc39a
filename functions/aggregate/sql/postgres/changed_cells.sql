{{- /* portrait is portrait.sql, see dialect.go. */ -}}
-- By how much this pass changes the counted votes of each minute and group. A ballot that
-- moves is taken away where it counted and added where it counts now. candidate_image is
-- the earliest portrait that is added, and gone_image the earliest that is taken away.
INSERT INTO changed_cells (window_start, candidate, state, age_group, gender, votes, candidate_image, gone_image)
SELECT date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00'), candidate, state, age_group, gender,
  sum(votes),
  min(portrait) FILTER (WHERE votes > 0),
  min(portrait) FILTER (WHERE votes < 0)
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
