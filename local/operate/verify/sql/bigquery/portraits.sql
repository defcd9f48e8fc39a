-- The ballots, and the portrait of each with its sort key.
SELECT *,
  IF(candidate_image IS NULL, NULL, FORMAT('%017d/%010d/%019d/%s',
    UNIX_MICROS(kafka_timestamp), kafka_partition, kafka_offset, candidate_image)) AS portrait
FROM core.ballots
