-- The minutes, summed by hour.
SELECT date_trunc('hour', window_start, 'UTC') AS hour, candidate, state, age_group, gender,
  sum(votes)::bigint AS votes, min(candidate_image) AS candidate_image
FROM core.vote_windows
GROUP BY hour, candidate, state, age_group, gender
