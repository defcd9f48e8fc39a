-- Counted votes of the touched minutes, counted again. The rows that the table has now
-- are added with 0, so that a group without votes is deleted. A portrait begins with a
-- sort key, the vote's timestamp, partition and offset, so that the least one is the
-- earliest.
MERGE INTO core.vote_windows AS t
USING (
  SELECT window_start, candidate, state, age_group, gender,
    sum(votes) AS votes,
    min(candidate_image) AS candidate_image
  FROM (
    SELECT date_trunc('minute', voted_at) AS window_start, candidate, state, age_group, gender,
      count(*) AS votes,
      min(lpad((extract(epoch FROM kafka_timestamp) * 1000000)::bigint::text, 17, '0')
        || '/' || lpad(kafka_partition::text, 10, '0')
        || '/' || lpad(kafka_offset::text, 19, '0')
        || '/' || candidate_image) FILTER (WHERE candidate_image IS NOT NULL) AS candidate_image
    FROM core.ballots
    WHERE voted_at >= @first_window AND voted_at < @end_window AND state IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT window_start, candidate, state, age_group, gender, 0, NULL
    FROM core.vote_windows
    WHERE window_start >= @first_window AND window_start < @end_window
  ) AS r
  WHERE window_start IN (SELECT window_start FROM touched_windows WHERE source = 'votes')
  GROUP BY window_start, candidate, state, age_group, gender
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
