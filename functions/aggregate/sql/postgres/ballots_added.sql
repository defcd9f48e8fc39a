-- Adds the ballots that are new, whose keys needn't be looked for, and says what this pass
-- changes in the minutes: changed_cells has the counted votes of each group, changed_books
-- the records of each partition. A ballot that moves is taken away where it was and added
-- where it is now. The ballot of a voter who isn't registered is pending: its state,
-- age_group and gender are NULL.
WITH added AS (
  INSERT INTO core.ballots (
    voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    state, age_group, gender, updated_at
  )
  SELECT
    f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station,
    v.state, v.age_group, v.gender, @started::timestamptz
  FROM (
    -- the only records of their voters
    SELECT * FROM fresh_votes AS f
    WHERE NOT EXISTS (SELECT FROM contenders AS c WHERE c.voter_key = f.voter_key)
    OFFSET 0
  ) AS f
  LEFT JOIN LATERAL (
    SELECT v.state, v.age_group, v.gender FROM core.voters AS v WHERE v.voter_key = f.voter_key OFFSET 0
  ) AS v ON TRUE
  UNION ALL
  SELECT
    voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    state, age_group, gender, @started::timestamptz
  FROM contenders
  WHERE NOT known AND rank = 1
  RETURNING kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    candidate, candidate_image, voted_at, state, age_group, gender
),
moved AS NOT MATERIALIZED (
  SELECT *, 1 AS ballots
  FROM added
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    candidate, candidate_image, voted_at, state, age_group, gender, 1
  FROM contenders
  WHERE known AND rank = 1 AND moved
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    candidate, candidate_image, voted_at, held_state, held_age_group, held_gender, -1
  FROM contenders
  WHERE held AND moved
),
books AS (
  -- watermark is the greatest event time of the accepted records that are added, and
  -- gone_watermark of those that are taken away; a vote moves it no further than to the
  -- broker's timestamp.
  INSERT INTO changed_books (
    window_start, kafka_topic, kafka_topic_id, kafka_partition, accepted, pending, duplicate, ahead, watermark, gone_watermark
  )
  SELECT date_bin('1 minute', event_time, '0001-01-01 00:00:00+00'), kafka_topic, kafka_topic_id, kafka_partition,
    sum(accepted), sum(pending), sum(duplicate), sum(ahead),
    max(least(event_time, kafka_timestamp)) FILTER (WHERE accepted > 0),
    max(least(event_time, kafka_timestamp)) FILTER (WHERE accepted < 0)
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, voted_at AS event_time, kafka_timestamp,
      CASE WHEN state IS NULL THEN 0 ELSE ballots END AS accepted,
      CASE WHEN state IS NULL THEN ballots ELSE 0 END AS pending,
      0 AS duplicate,
      CASE WHEN state IS NOT NULL AND voted_at > kafka_timestamp + interval '1 minute' THEN ballots ELSE 0 END AS ahead
    FROM moved
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_timestamp, kafka_timestamp,
      CASE WHEN held THEN -1 ELSE 1 END, 0, 0, 0
    FROM roll
    WHERE held != (rank = 1)
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, event_time, NULL, 0, 0, 1, 0
    FROM lost
  ) AS r
  GROUP BY 1, kafka_topic, kafka_topic_id, kafka_partition
)
-- candidate_image is the earliest portrait that is added, and gone_image the earliest that
-- is taken away. known says that the table has the group already. Groups are in the order
-- of its key, in which they are looked up, added and changed. OFFSET 0 has votes grouped
-- before they are sorted: there are fewer groups.
INSERT INTO changed_cells (window_start, candidate, state, age_group, gender, votes, candidate_image, gone_image, known)
SELECT c.*, v.known IS NOT NULL
FROM (
  SELECT *
  FROM (
    SELECT date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00') AS window_start, candidate, state, age_group, gender,
      sum(ballots) AS votes,
      min(portrait) FILTER (WHERE ballots > 0) AS candidate_image,
      min(portrait) FILTER (WHERE ballots < 0) AS gone_image
    FROM (SELECT *, {{include "portrait" .}} AS portrait FROM moved WHERE state IS NOT NULL) AS r
    GROUP BY 1, candidate, state, age_group, gender
    OFFSET 0
  ) AS c
  ORDER BY window_start, candidate, state, age_group, gender
  OFFSET 0
) AS c
LEFT JOIN LATERAL (
  SELECT TRUE AS known
  FROM core.vote_windows AS v
  WHERE v.window_start = c.window_start
    AND v.candidate = c.candidate
    AND v.state = c.state
    AND v.age_group = c.age_group
    AND v.gender = c.gender
  OFFSET 0
) AS v ON TRUE
