-- Ballots of registered voters by minute.
SELECT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, candidate, state, age_group, gender,
  COUNT(*) AS votes, MIN(IF(candidate_image IS NULL, NULL, FORMAT('%017d/%010d/%019d/%s',
    UNIX_MICROS(kafka_timestamp), kafka_partition, kafka_offset, candidate_image))) AS candidate_image
FROM core.ballots
WHERE state IS NOT NULL
GROUP BY window_start, candidate, state, age_group, gender
