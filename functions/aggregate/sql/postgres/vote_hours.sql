-- Counted votes of the touched hours, summed again from their minutes.
MERGE INTO core.vote_hours AS t
USING (
  SELECT w.hour, r.candidate, r.state, r.age_group, r.gender,
    sum(r.votes) AS votes,
    min(r.candidate_image) AS candidate_image
  FROM (SELECT DISTINCT date_trunc('hour', window_start) AS hour FROM touched_windows WHERE source = 'votes') AS w
  CROSS JOIN LATERAL (
    SELECT candidate, state, age_group, gender, sum(votes) AS votes, min(candidate_image) AS candidate_image
    FROM core.vote_windows
    WHERE window_start >= w.hour AND window_start < w.hour + interval '1 hour'
    GROUP BY candidate, state, age_group, gender
    UNION ALL
    SELECT candidate, state, age_group, gender, 0, NULL
    FROM core.vote_hours AS h
    WHERE h.hour = w.hour
  ) AS r
  GROUP BY w.hour, r.candidate, r.state, r.age_group, r.gender
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
