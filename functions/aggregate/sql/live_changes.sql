-- What the records above the settled offsets change in the tables of the results, in one
-- row. live.go puts fresh_votes, fresh_voters, fresh_records, roll, contenders and chain
-- above this as common table expressions: the rules are those of a pass.
-- votes are by minute of event time, region and candidate. electorate is by region, age
-- group and gender. books is by partition: next_offset is how far the records are read,
-- the other columns are what to add. A row that changes nothing is left out.
-- registrations are how many registrations are above the settled offsets, counted already
-- or not. waiting_from is an ingest time: no record that waits for a missing one, and is
-- counted therefore without being settled, came before it. Whoever asks again and reads
-- fewer than all of those takes records away that count.
-- A record that is above the settled offset and counted already changes nothing.
, moved_ballots AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_timestamp, voted_at, candidate,
    state, age_group, gender, 1 AS records
  FROM contenders
  WHERE moved AND rank = 1
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_timestamp, voted_at, candidate,
    held_state, held_age_group, held_gender, -1
  FROM contenders
  WHERE moved AND held
),
moved_registrations AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, state, age_group, gender, 1 AS records
  FROM roll
  WHERE rank = 1 AND NOT held
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, state, age_group, gender, -1
  FROM roll
  WHERE rank > 1 AND held
),
lost AS (
  SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM contenders WHERE rank > 1
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM roll WHERE rank > 1
  ) AS r
  LEFT JOIN core.duplicates AS d
    ON d.kafka_topic = r.kafka_topic
    AND d.kafka_topic_id = r.kafka_topic_id
    AND d.kafka_partition = r.kafka_partition
    AND d.kafka_offset = r.kafka_offset
  WHERE d.kafka_topic IS NULL
),
read AS (
  SELECT
    c.kafka_topic,
    c.kafka_topic_id,
    c.kafka_partition,
    c.records + c.records_above - IFNULL(p.records_above, 0) AS records,
    c.rejected + c.rejected_above - IFNULL(p.rejected_above, 0) AS rejected,
    c.first_offset,
    c.next_offset,
    c.last_offset,
    c.last_ingested_at
  FROM chain AS c
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = c.kafka_topic
    AND p.kafka_topic_id = c.kafka_topic_id
    AND p.kafka_partition = c.kafka_partition
)
SELECT
  ARRAY(
    SELECT AS STRUCT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, state, candidate, SUM(records) AS votes
    FROM moved_ballots
    WHERE state IS NOT NULL
    GROUP BY window_start, state, candidate
    HAVING votes != 0
  ) AS votes,
  ARRAY(
    SELECT AS STRUCT state, age_group, gender, SUM(registrations) AS registered, SUM(ballots) AS voted
    FROM (
      SELECT state, age_group, gender, records AS registrations, 0 AS ballots
      FROM moved_registrations
      UNION ALL
      SELECT state, age_group, gender, 0, records
      FROM moved_ballots
      WHERE state IS NOT NULL
    )
    GROUP BY state, age_group, gender
    HAVING registered != 0 OR voted != 0
  ) AS electorate,
  ARRAY(
    SELECT AS STRUCT
      kafka_topic,
      kafka_topic_id,
      kafka_partition,
      SUM(records) AS records,
      SUM(accepted) AS accepted,
      SUM(duplicate) AS duplicate,
      SUM(rejected) AS rejected,
      SUM(pending) AS pending,
      SUM(ahead) AS ahead,
      MIN(first_offset) AS first_offset,
      MAX(next_offset) AS next_offset,
      MAX(last_offset) AS last_offset,
      MAX(last_ingested_at) AS last_ingested_at
    FROM (
      SELECT kafka_topic, kafka_topic_id, kafka_partition, records, 0 AS accepted, 0 AS duplicate, rejected,
        0 AS pending, 0 AS ahead, first_offset, next_offset, last_offset, last_ingested_at
      FROM read
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, 0, IF(state IS NULL, 0, records), 0, 0,
        IF(state IS NULL, records, 0),
        IF(state IS NOT NULL AND voted_at > TIMESTAMP_ADD(kafka_timestamp, INTERVAL 1 MINUTE), records, 0),
        NULL, NULL, NULL, NULL
      FROM moved_ballots
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, 0, records, 0, 0, 0, 0, NULL, NULL, NULL, NULL
      FROM moved_registrations
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, NULL
      FROM lost
    )
    GROUP BY kafka_topic, kafka_topic_id, kafka_partition
  ) AS books,
  (SELECT COUNT(*) FROM fresh_voters) AS registrations,
  (SELECT MIN(ingest_floor) FROM core.progress WHERE records_above > 0) AS waiting_from
