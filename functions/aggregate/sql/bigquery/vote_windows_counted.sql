-- A portrait begins with a sort key, the vote's timestamp, partition and offset, so that the
-- least one is the earliest.
SELECT window_start, candidate, state, age_group, gender,
  SUM(votes) AS votes,
  MIN(candidate_image) AS candidate_image
FROM (
  SELECT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, candidate, state, age_group, gender,
    1 AS votes,
    IF(candidate_image IS NULL, NULL, FORMAT('%017d/%010d/%019d/%s',
      UNIX_MICROS(kafka_timestamp), kafka_partition, kafka_offset, candidate_image)) AS candidate_image
  FROM core.ballots
  WHERE voted_at >= first_window AND voted_at < end_window AND state IS NOT NULL
  UNION ALL
  SELECT window_start, candidate, state, age_group, gender, 0, NULL
  FROM core.vote_windows
  WHERE window_start >= first_window AND window_start < end_window
)
WHERE window_start IN (SELECT window_start FROM touched_windows WHERE source = 'votes')
GROUP BY window_start, candidate, state, age_group, gender
