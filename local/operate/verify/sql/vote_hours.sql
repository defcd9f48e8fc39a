-- The minutes, summed by hour.
SELECT TIMESTAMP_TRUNC(window_start, HOUR) AS hour, candidate, state, age_group, gender,
  SUM(votes) AS votes, MIN(candidate_image) AS candidate_image
FROM core.vote_windows
GROUP BY hour, candidate, state, age_group, gender
