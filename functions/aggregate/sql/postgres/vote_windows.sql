{{- /* portrait is portrait.sql, see dialect.go. */ -}}
-- Counted votes of the touched minutes, counted again. The rows that the table has now
-- are added with 0, so that a group without votes is deleted.
MERGE INTO core.vote_windows AS t
USING (
  SELECT w.window_start, r.candidate, r.state, r.age_group, r.gender,
    sum(r.votes) AS votes,
    min(r.candidate_image) AS candidate_image
  FROM (SELECT DISTINCT window_start FROM touched_windows WHERE source = 'votes') AS w
  CROSS JOIN LATERAL (
    SELECT candidate, state, age_group, gender,
      count(*) AS votes,
      min({{.portrait}}) FILTER (WHERE candidate_image IS NOT NULL) AS candidate_image
    FROM core.ballots
    WHERE date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00') = w.window_start AND state IS NOT NULL
    GROUP BY candidate, state, age_group, gender
    UNION ALL
    SELECT candidate, state, age_group, gender, 0, NULL
    FROM core.vote_windows AS v
    WHERE v.window_start = w.window_start
  ) AS r
  GROUP BY w.window_start, r.candidate, r.state, r.age_group, r.gender
) AS s
ON t.window_start = s.window_start
  AND t.candidate = s.candidate
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
  AND t.window_start >= @first_window
  AND t.window_start < @end_window
WHEN MATCHED AND s.votes = 0 THEN DELETE
WHEN MATCHED AND (
  s.votes != t.votes OR s.candidate_image IS DISTINCT FROM t.candidate_image
) THEN UPDATE SET
  votes = s.votes,
  candidate_image = s.candidate_image,
  revision = t.revision + 1,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  window_start, candidate, state, age_group, gender, votes, candidate_image, revision, updated_at
) VALUES (
  s.window_start, s.candidate, s.state, s.age_group, s.gender, s.votes, s.candidate_image, 0, @started
)
