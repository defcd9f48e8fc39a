-- Counted votes of the touched hours, summed again from their minutes.
MERGE INTO core.vote_hours AS t
USING (
  SELECT hour, candidate, state, age_group, gender,
    sum(votes) AS votes,
    min(candidate_image) AS candidate_image
  FROM (
    SELECT date_trunc('hour', window_start) AS hour, candidate, state, age_group, gender, votes, candidate_image
    FROM core.vote_windows
    WHERE window_start >= date_trunc('hour', @first_window::timestamptz)
      AND window_start < @end_window::timestamptz + interval '1 hour'
    UNION ALL
    SELECT hour, candidate, state, age_group, gender, 0, NULL
    FROM core.vote_hours
    WHERE hour >= date_trunc('hour', @first_window::timestamptz) AND hour < @end_window
  ) AS r
  WHERE hour IN (
    SELECT date_trunc('hour', window_start) FROM touched_windows WHERE source = 'votes'
  )
  GROUP BY hour, candidate, state, age_group, gender
) AS s
ON t.hour = s.hour
  AND t.candidate = s.candidate
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
  AND t.hour >= date_trunc('hour', @first_window::timestamptz)
  AND t.hour < @end_window
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
