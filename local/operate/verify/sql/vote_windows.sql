-- Ballots of registered voters by minute.
SELECT {{minute "voted_at"}} AS window_start, candidate, state, age_group, gender,
  COUNT(*) AS votes, MIN(portrait) AS candidate_image
FROM (
{{include "portraits" . | indent 2}}
) AS b
WHERE state IS NOT NULL
GROUP BY window_start, candidate, state, age_group, gender
