-- Counted votes of the touched hours, summed again from their minutes.
MERGE INTO core.vote_hours AS t
USING (
{{include "vote_hours_counted" . | indent 2}}
) AS s
ON t.hour = s.hour
  AND t.candidate = s.candidate
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
  AND t.hour >= {{hour (variable "first_window")}}
  AND t.hour < {{variable "end_window"}}
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
