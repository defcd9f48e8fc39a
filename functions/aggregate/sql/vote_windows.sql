-- Counted votes of the touched minutes, counted again. The rows that the table has now
-- are added with 0, so that a group without votes is deleted.
MERGE INTO core.vote_windows AS t
USING (
{{include "vote_windows_counted" . | indent 2}}
) AS s
ON t.window_start = s.window_start
  AND t.candidate = s.candidate
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
  AND t.window_start >= {{variable "first_window"}}
  AND t.window_start < {{variable "end_window"}}
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
