-- The ballots, and the portrait of each with its sort key.
SELECT *,
  CASE WHEN candidate_image IS NOT NULL THEN concat(
    CASE
      WHEN micros < 0 THEN concat('-', lpad((-micros)::text, greatest(16, length((-micros)::text)), '0'))
      ELSE lpad(micros::text, greatest(17, length(micros::text)), '0')
    END,
    '/', lpad(kafka_partition::text, 10, '0'), '/', lpad(kafka_offset::text, 19, '0'), '/', candidate_image
  ) COLLATE "C" END AS portrait
FROM (SELECT *, (extract(epoch FROM kafka_timestamp) * 1000000)::bigint AS micros FROM core.ballots) AS b
