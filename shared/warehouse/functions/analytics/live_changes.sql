-- Written by go test ./functions/aggregate -update, from functions/aggregate/sql.
WITH fresh_votes AS (
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  MIN(r.kafka_follows) AS kafka_follows,
  ANY_VALUE(r.kafka_timestamp) AS kafka_timestamp,
  ANY_VALUE(r.voter_key) AS voter_key,
  ANY_VALUE(r.vote_id) AS vote_id,
  ANY_VALUE(r.candidate) AS candidate,
  ANY_VALUE(r.candidate_image) AS candidate_image,
  ANY_VALUE(r.voted_at) AS voted_at,
  ANY_VALUE(r.polling_station) AS polling_station,
  MAX(r.ingested_at) AS ingested_at
FROM `${project}.${prefix}raw.votes` AS r
LEFT JOIN `${project}.${prefix}core.progress` AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.ingested_at >= ingested_from
  AND r.ingested_at < ingested_before
  AND r.kafka_offset >= votes_from
  AND r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
),
fresh_voters AS (
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  MIN(r.kafka_follows) AS kafka_follows,
  ANY_VALUE(r.kafka_timestamp) AS kafka_timestamp,
  ANY_VALUE(r.voter_key) AS voter_key,
  ANY_VALUE(r.state) AS state,
  ANY_VALUE(r.age_group) AS age_group,
  ANY_VALUE(r.gender) AS gender,
  ANY_VALUE(r.county) AS county,
  ANY_VALUE(r.precinct) AS precinct,
  MAX(r.ingested_at) AS ingested_at
FROM `${project}.${prefix}raw.voters` AS r
LEFT JOIN `${project}.${prefix}core.progress` AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.ingested_at >= ingested_from
  AND r.ingested_at < ingested_before
  AND r.kafka_offset >= voters_from
  AND r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
),
fresh_records AS (
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  MIN(r.kafka_follows) AS kafka_follows,
  LOGICAL_AND(r.rejected) AS rejected,
  MAX(r.ingested_at) AS ingested_at
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    FALSE AS rejected, ingested_at
  FROM fresh_votes
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    FALSE, ingested_at
  FROM fresh_voters
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    TRUE, ingested_at
  FROM `${project}.${prefix}raw.rejects`
  WHERE ingested_at >= ingested_from AND ingested_at < ingested_before AND kafka_offset >= rejects_from
) AS r
LEFT JOIN `${project}.${prefix}core.progress` AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
),
roll AS (
WITH logs AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition,
    IF(COUNT(*) OVER (PARTITION BY kafka_log) = 1, kafka_log,
      ERROR('two partitions have the same kafka_log, and no record of theirs can be told apart: give one topic another name')) AS kafka_log
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition,
      FARM_FINGERPRINT(FORMAT('%s/%s/%d', kafka_topic, kafka_topic_id, kafka_partition)) AS kafka_log
    FROM (
      SELECT kafka_topic, kafka_topic_id, kafka_partition FROM `${project}.${prefix}core.progress`
      UNION DISTINCT
      SELECT kafka_topic, kafka_topic_id, kafka_partition FROM fresh_records
    )
  )
),
held AS (
  SELECT v.voter_key, v.kafka_log,
    IFNULL(l.kafka_topic, ERROR('the kafka_log of a registration names no partition: rebuild everything')) AS kafka_topic,
    l.kafka_topic_id, l.kafka_partition, v.kafka_offset, v.kafka_timestamp, v.state, v.age_group, v.gender
  FROM `${project}.${prefix}core.voters` AS v
  LEFT JOIN logs AS l ON l.kafka_log = v.kafka_log
  WHERE v.voter_key IN (SELECT voter_key FROM fresh_voters)
),
records AS (
  SELECT voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    state, age_group, gender, CAST(NULL AS STRING) AS county, CAST(NULL AS STRING) AS precinct, TRUE AS held
  FROM held
  UNION ALL
  SELECT f.voter_key, l.kafka_log, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.state, f.age_group, f.gender, f.county, f.precinct, FALSE
  FROM fresh_voters AS f
  JOIN logs AS l
    ON l.kafka_topic = f.kafka_topic
    AND l.kafka_topic_id = f.kafka_topic_id
    AND l.kafka_partition = f.kafka_partition
  LEFT JOIN held AS h
    ON h.voter_key = f.voter_key
    AND h.kafka_log = l.kafka_log
    AND h.kafka_offset = f.kafka_offset
  WHERE h.voter_key IS NULL
)
SELECT
  *,
  row_number() OVER (
    PARTITION BY voter_key
    ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
  ) AS rank
FROM records
),
contenders AS (
WITH touched AS (
  SELECT voter_key FROM fresh_votes
  UNION DISTINCT
  SELECT voter_key FROM roll WHERE rank = 1 AND NOT held
),
logs AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition,
    IF(COUNT(*) OVER (PARTITION BY kafka_log) = 1, kafka_log,
      ERROR('two partitions have the same kafka_log, and no record of theirs can be told apart: give one topic another name')) AS kafka_log
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition,
      FARM_FINGERPRINT(FORMAT('%s/%s/%d', kafka_topic, kafka_topic_id, kafka_partition)) AS kafka_log
    FROM (
      SELECT kafka_topic, kafka_topic_id, kafka_partition FROM `${project}.${prefix}core.progress`
      UNION DISTINCT
      SELECT kafka_topic, kafka_topic_id, kafka_partition FROM fresh_records
    )
  )
),
held AS (
  SELECT b.voter_key, b.kafka_log,
    IFNULL(l.kafka_topic, ERROR('the kafka_log of a ballot names no partition: rebuild everything')) AS kafka_topic,
    l.kafka_topic_id, l.kafka_partition, b.kafka_offset, b.kafka_timestamp, b.candidate, b.voted_at
  FROM `${project}.${prefix}core.ballots` AS b
  LEFT JOIN logs AS l ON l.kafka_log = b.kafka_log
  WHERE b.voter_key IN (SELECT voter_key FROM touched)
),
records AS (
  SELECT voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    CAST(NULL AS STRING) AS vote_id, candidate, CAST(NULL AS STRING) AS candidate_image, voted_at,
    CAST(NULL AS STRING) AS polling_station, TRUE AS held
  FROM held
  UNION ALL
  SELECT f.voter_key, l.kafka_log, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station, FALSE
  FROM fresh_votes AS f
  JOIN logs AS l
    ON l.kafka_topic = f.kafka_topic
    AND l.kafka_topic_id = f.kafka_topic_id
    AND l.kafka_partition = f.kafka_partition
  LEFT JOIN held AS h
    ON h.voter_key = f.voter_key
    AND h.kafka_log = l.kafka_log
    AND h.kafka_offset = f.kafka_offset
  WHERE h.voter_key IS NULL
),
registered AS (
  SELECT voter_key,
    MAX(IF(rank = 1, state, NULL)) AS state,
    MAX(IF(rank = 1, age_group, NULL)) AS age_group,
    MAX(IF(rank = 1, gender, NULL)) AS gender,
    MAX(IF(held, state, NULL)) AS held_state,
    MAX(IF(held, age_group, NULL)) AS held_age_group,
    MAX(IF(held, gender, NULL)) AS held_gender
  FROM roll
  GROUP BY voter_key
  UNION ALL
  SELECT voter_key, state, age_group, gender, state, age_group, gender
  FROM `${project}.${prefix}core.voters`
  WHERE voter_key IN (SELECT voter_key FROM touched)
    AND voter_key NOT IN (SELECT voter_key FROM roll)
),
ranked AS (
  SELECT
    r.*,
    v.state,
    v.age_group,
    v.gender,
    IF(r.held, v.held_state, NULL) AS held_state,
    IF(r.held, v.held_age_group, NULL) AS held_age_group,
    IF(r.held, v.held_gender, NULL) AS held_gender,
    row_number() OVER (
      PARTITION BY r.voter_key
      ORDER BY r.kafka_timestamp, r.kafka_partition, r.kafka_offset, r.kafka_topic_id
    ) AS rank
  FROM records AS r
  LEFT JOIN registered AS v ON v.voter_key = r.voter_key
)
SELECT
  *,
  NOT held
    OR rank > 1
    OR held_state IS DISTINCT FROM state
    OR held_age_group IS DISTINCT FROM age_group
    OR held_gender IS DISTINCT FROM gender AS moved
FROM ranked
),
chain AS (
WITH ordered AS (
  SELECT
    r.*,
    IFNULL(p.next_offset, 0) AS settled,
    LAG(r.kafka_offset) OVER (
      PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      ORDER BY r.kafka_offset
    ) AS before
  FROM fresh_records AS r
  LEFT JOIN `${project}.${prefix}core.progress` AS p
    ON p.kafka_topic = r.kafka_topic
    AND p.kafka_topic_id = r.kafka_topic_id
    AND p.kafka_partition = r.kafka_partition
),
broken AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, MIN(kafka_offset) AS at_offset
  FROM ordered
  WHERE kafka_follows > IFNULL(before, settled - 1)
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
),
chained AS (
  SELECT r.*, r.kafka_offset < IFNULL(b.at_offset, r.kafka_offset + 1) AS whole
  FROM ordered AS r
  LEFT JOIN broken AS b
    ON b.kafka_topic = r.kafka_topic
    AND b.kafka_topic_id = r.kafka_topic_id
    AND b.kafka_partition = r.kafka_partition
)
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  MIN(IF(kafka_follows = -1, kafka_offset, NULL)) AS first_offset,
  IFNULL(MAX(IF(whole, kafka_offset, NULL)) + 1, MIN(settled)) AS next_offset,
  COUNTIF(whole) AS records,
  COUNTIF(whole AND rejected) AS rejected,
  COUNTIF(NOT whole) AS records_above,
  COUNTIF(NOT whole AND rejected) AS rejected_above,
  MAX(kafka_offset) AS last_offset,
  MIN(ingested_at) AS first_ingested_at,
  MAX(ingested_at) AS last_ingested_at
FROM chained
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
)-- What the records above the settled offsets change in the tables of the results, in one
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
    SELECT 1
    FROM `${project}.${prefix}core.duplicates` AS d
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
  LEFT JOIN `${project}.${prefix}core.progress` AS p
    ON p.kafka_topic = c.kafka_topic
    AND p.kafka_topic_id = c.kafka_topic_id
    AND p.kafka_partition = c.kafka_partition
),
changed_votes AS (
  SELECT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, state, candidate, sum(records) AS votes
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
      CASE WHEN state IS NOT NULL AND voted_at > TIMESTAMP_ADD(kafka_timestamp, INTERVAL 1 MINUTE) THEN records ELSE 0 END,
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
SELECT
  ARRAY(SELECT AS STRUCT * FROM changed_votes) AS votes,
  ARRAY(SELECT AS STRUCT * FROM changed_electorate) AS electorate,
  ARRAY(SELECT AS STRUCT * FROM changed_books) AS books,
  (SELECT COUNT(*) FROM fresh_voters) AS registrations,
  (SELECT MIN(ingest_floor) FROM `${project}.${prefix}core.progress` WHERE records_above > 0) AS waiting_from
