-- Ballots of registered voters by minute.
SELECT date_trunc('minute', voted_at, 'UTC') AS window_start, candidate, state, age_group, gender,
  count(*) AS votes, min(CASE WHEN candidate_image IS NOT NULL THEN concat(
    CASE
      WHEN micros < 0 THEN concat('-', lpad((-micros)::text, greatest(16, length((-micros)::text)), '0'))
      ELSE lpad(micros::text, greatest(17, length(micros::text)), '0')
    END,
    '/', lpad(kafka_partition::text, 10, '0'), '/', lpad(kafka_offset::text, 19, '0'), '/', candidate_image
  ) COLLATE "C" END) AS candidate_image
FROM (SELECT *, (extract(epoch FROM kafka_timestamp) * 1000000)::bigint AS micros FROM core.ballots) AS b
WHERE state IS NOT NULL
GROUP BY window_start, candidate, state, age_group, gender
