-- What the records above the settled offsets change in the tables of the results, in one
-- row. live.go puts fresh_votes, fresh_voters, fresh_records, roll, contenders and chain
-- above this as common table expressions: the rules are those of a pass.
-- votes are by minute of event time, region and candidate. electorate is by region, age
-- group and gender. books is by partition: next_offset is how far the records are read,
-- the other columns are what to add. A row that changes nothing is left out.
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
  WHERE NOT EXISTS (
    SELECT{{any}}
    FROM core.duplicates AS d
    WHERE d.kafka_topic = r.kafka_topic
      AND d.kafka_topic_id = r.kafka_topic_id
      AND d.kafka_partition = r.kafka_partition
      AND d.kafka_offset = r.kafka_offset
  )
),
read AS (
  SELECT
    c.kafka_topic,
    c.kafka_topic_id,
    c.kafka_partition,
    c.records + c.records_above - coalesce(p.records_above, 0) AS records,
    c.rejected + c.rejected_above - coalesce(p.rejected_above, 0) AS rejected,
    c.first_offset,
    c.next_offset,
    c.last_offset,
    c.last_ingested_at
  FROM chain AS c
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = c.kafka_topic
    AND p.kafka_topic_id = c.kafka_topic_id
    AND p.kafka_partition = c.kafka_partition
),
changed_votes AS (
  SELECT {{minute "voted_at"}} AS window_start, state, candidate, sum(records) AS votes
  FROM moved_ballots
  WHERE state IS NOT NULL
  GROUP BY 1, state, candidate
  HAVING sum(records) != 0
),
changed_electorate AS (
  SELECT state, age_group, gender, sum(registrations) AS registered, sum(ballots) AS voted
  FROM (
    SELECT state, age_group, gender, records AS registrations, 0 AS ballots
    FROM moved_registrations
    UNION ALL
    SELECT state, age_group, gender, 0, records
    FROM moved_ballots
    WHERE state IS NOT NULL
  ) AS r
  GROUP BY state, age_group, gender
  HAVING sum(registrations) != 0 OR sum(ballots) != 0
),
changed_books AS (
  SELECT
    kafka_topic,
    kafka_topic_id,
    kafka_partition,
    sum(records) AS records,
    sum(accepted) AS accepted,
    sum(duplicate) AS duplicate,
    sum(rejected) AS rejected,
    sum(pending) AS pending,
    sum(ahead) AS ahead,
    min(first_offset) AS first_offset,
    max(next_offset) AS next_offset,
    max(last_offset) AS last_offset,
    max(last_ingested_at) AS last_ingested_at
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, records, 0 AS accepted, 0 AS duplicate, rejected,
      0 AS pending, 0 AS ahead, first_offset, next_offset, last_offset, last_ingested_at
    FROM read
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, 0, CASE WHEN state IS NULL THEN 0 ELSE records END, 0, 0,
      CASE WHEN state IS NULL THEN records ELSE 0 END,
      CASE WHEN state IS NOT NULL AND voted_at > {{minuteAfter "kafka_timestamp"}} THEN records ELSE 0 END,
      NULL, NULL, NULL, NULL
    FROM moved_ballots
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, 0, records, 0, 0, 0, 0, NULL, NULL, NULL, NULL
    FROM moved_registrations
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, NULL
    FROM lost
  ) AS r
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
)
{{include "live_row" .}}
