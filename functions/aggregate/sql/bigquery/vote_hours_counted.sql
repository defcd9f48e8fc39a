SELECT hour, candidate, state, age_group, gender,
  SUM(votes) AS votes,
  MIN(candidate_image) AS candidate_image
FROM (
  SELECT TIMESTAMP_TRUNC(window_start, HOUR) AS hour, candidate, state, age_group, gender, votes, candidate_image
  FROM core.vote_windows
  WHERE window_start >= TIMESTAMP_TRUNC(first_window, HOUR)
    AND window_start < TIMESTAMP_ADD(end_window, INTERVAL 1 HOUR)
  UNION ALL
  SELECT hour, candidate, state, age_group, gender, 0, NULL
  FROM core.vote_hours
  WHERE hour >= TIMESTAMP_TRUNC(first_window, HOUR) AND hour < end_window
)
WHERE hour IN (
  SELECT TIMESTAMP_TRUNC(window_start, HOUR) FROM touched_windows WHERE source = 'votes'
)
GROUP BY hour, candidate, state, age_group, gender
