-- Counted votes of the touched hours, summed again from their minutes.
MERGE core.vote_hours AS t
USING (
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
) AS s
ON t.hour = s.hour
  AND t.candidate = s.candidate
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
  AND t.hour >= TIMESTAMP_TRUNC(first_window, HOUR)
  AND t.hour < end_window
WHEN MATCHED AND s.votes = 0 THEN DELETE
WHEN MATCHED AND (
  s.votes != t.votes OR s.candidate_image IS DISTINCT FROM t.candidate_image
) THEN UPDATE SET
  votes = s.votes,
  candidate_image = s.candidate_image,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  hour, candidate, state, age_group, gender, votes, candidate_image, updated_at
) VALUES (
  s.hour, s.candidate, s.state, s.age_group, s.gender, s.votes, s.candidate_image, @started
)
