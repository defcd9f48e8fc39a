-- Ballots of registered voters by minute.
SELECT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, candidate, state, age_group, gender,
  COUNT(*) AS votes, MAX(candidate_image) AS candidate_image
FROM core.ballots
WHERE state IS NOT NULL
GROUP BY window_start, candidate, state, age_group, gender
