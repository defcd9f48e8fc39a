-- +goose Up
-- Written by go test ./functions/aggregate -update, from functions/aggregate/sql/postgres.

-- +goose StatementBegin
CREATE FUNCTION analytics.live_changes(
  ingested_from timestamptz, ingested_before timestamptz, votes_from bigint, voters_from bigint, rejects_from bigint
) RETURNS TABLE (votes jsonb, electorate jsonb, books jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET plan_cache_mode = force_custom_plan
SET jit = off
SET random_page_cost = 1.1
SET enable_mergejoin = off
SET enable_seqscan = off
SET work_mem = '8MB'
AS $$
#variable_conflict use_column
BEGIN
-- What waits for a missing record is counted already: it must be seen, or it would be taken away.
ingested_from := least(ingested_from, (SELECT min(ingest_floor) FROM core.progress WHERE records_above > 0));
RETURN QUERY
WITH fresh_votes AS (
SELECT
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
  kafka_timestamp,
  voter_key,
  vote_id,
  candidate,
  candidate_image,
  voted_at,
  polling_station,
  ingested_at
FROM (
  SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition, r.*
  FROM (
  WITH RECURSIVE partitions AS (
    (
      SELECT kafka_topic, kafka_topic_id, kafka_partition
      FROM raw.votes
      WHERE ingested_at >= date_trunc('day', ingested_from::timestamptz)
        AND votes_from::bigint < 9223372036854775807
      ORDER BY kafka_topic, kafka_topic_id, kafka_partition
      LIMIT 1
    )
    UNION ALL
    SELECT n.kafka_topic, n.kafka_topic_id, n.kafka_partition
    FROM partitions AS p
    CROSS JOIN LATERAL (
      SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      FROM raw.votes AS r
      WHERE (r.kafka_topic, r.kafka_topic_id, r.kafka_partition) > (p.kafka_topic, p.kafka_topic_id, p.kafka_partition)
        AND r.ingested_at >= date_trunc('day', ingested_from::timestamptz)
      ORDER BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      LIMIT 1
    ) AS n
  )
  SELECT n.*, coalesce(p.next_offset, 0) AS next_offset, coalesce(p.last_offset, -1) AS last_offset
  FROM partitions AS n
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = n.kafka_topic
    AND p.kafka_topic_id = n.kafka_topic_id
    AND p.kafka_partition = n.kafka_partition
  OFFSET 0
) AS s
  CROSS JOIN LATERAL (
    SELECT
      r.kafka_offset,
      min(r.kafka_follows) AS kafka_follows,
      min(r.kafka_timestamp) AS kafka_timestamp,
      min(r.voter_key) AS voter_key,
      min(r.vote_id) AS vote_id,
      min(r.candidate) AS candidate,
      min(r.candidate_image) AS candidate_image,
      min(r.voted_at) AS voted_at,
      min(r.polling_station) AS polling_station,
      max(r.ingested_at) AS ingested_at
    FROM raw.votes AS r
    WHERE r.kafka_topic = s.kafka_topic
      AND r.kafka_topic_id = s.kafka_topic_id
      AND r.kafka_partition = s.kafka_partition
      AND r.kafka_offset >= s.next_offset
      AND r.ingested_at >= ingested_from
      AND r.ingested_at < ingested_before
      AND r.kafka_offset >= votes_from
    GROUP BY r.kafka_offset
    OFFSET 0
  ) AS r
) AS r
),
fresh_voters AS (
SELECT
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
  kafka_timestamp,
  voter_key,
  state,
  age_group,
  gender,
  county,
  precinct,
  ingested_at
FROM (
  SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition, r.*
  FROM (
  WITH RECURSIVE partitions AS (
    (
      SELECT kafka_topic, kafka_topic_id, kafka_partition
      FROM raw.voters
      WHERE ingested_at >= date_trunc('day', ingested_from::timestamptz)
        AND voters_from::bigint < 9223372036854775807
      ORDER BY kafka_topic, kafka_topic_id, kafka_partition
      LIMIT 1
    )
    UNION ALL
    SELECT n.kafka_topic, n.kafka_topic_id, n.kafka_partition
    FROM partitions AS p
    CROSS JOIN LATERAL (
      SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      FROM raw.voters AS r
      WHERE (r.kafka_topic, r.kafka_topic_id, r.kafka_partition) > (p.kafka_topic, p.kafka_topic_id, p.kafka_partition)
        AND r.ingested_at >= date_trunc('day', ingested_from::timestamptz)
      ORDER BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      LIMIT 1
    ) AS n
  )
  SELECT n.*, coalesce(p.next_offset, 0) AS next_offset, coalesce(p.last_offset, -1) AS last_offset
  FROM partitions AS n
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = n.kafka_topic
    AND p.kafka_topic_id = n.kafka_topic_id
    AND p.kafka_partition = n.kafka_partition
  OFFSET 0
) AS s
  CROSS JOIN LATERAL (
    SELECT
      r.kafka_offset,
      min(r.kafka_follows) AS kafka_follows,
      min(r.kafka_timestamp) AS kafka_timestamp,
      min(r.voter_key) AS voter_key,
      min(r.state) AS state,
      min(r.age_group) AS age_group,
      min(r.gender) AS gender,
      min(r.county) AS county,
      min(r.precinct) AS precinct,
      max(r.ingested_at) AS ingested_at
    FROM raw.voters AS r
    WHERE r.kafka_topic = s.kafka_topic
      AND r.kafka_topic_id = s.kafka_topic_id
      AND r.kafka_partition = s.kafka_partition
      AND r.kafka_offset >= s.next_offset
      AND r.ingested_at >= ingested_from
      AND r.ingested_at < ingested_before
      AND r.kafka_offset >= voters_from
    GROUP BY r.kafka_offset
    OFFSET 0
  ) AS r
) AS r
),
fresh_records AS (
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  kafka_offset,
  min(kafka_follows) AS kafka_follows,
  bool_and(rejected) AS rejected,
  max(ingested_at) AS ingested_at
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
  FROM (
  SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition, r.*
  FROM (
  WITH RECURSIVE partitions AS (
    (
      SELECT kafka_topic, kafka_topic_id, kafka_partition
      FROM raw.rejects
      WHERE ingested_at >= date_trunc('day', ingested_from::timestamptz)
        AND rejects_from::bigint < 9223372036854775807
      ORDER BY kafka_topic, kafka_topic_id, kafka_partition
      LIMIT 1
    )
    UNION ALL
    SELECT n.kafka_topic, n.kafka_topic_id, n.kafka_partition
    FROM partitions AS p
    CROSS JOIN LATERAL (
      SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      FROM raw.rejects AS r
      WHERE (r.kafka_topic, r.kafka_topic_id, r.kafka_partition) > (p.kafka_topic, p.kafka_topic_id, p.kafka_partition)
        AND r.ingested_at >= date_trunc('day', ingested_from::timestamptz)
      ORDER BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      LIMIT 1
    ) AS n
  )
  SELECT n.*, coalesce(p.next_offset, 0) AS next_offset, coalesce(p.last_offset, -1) AS last_offset
  FROM partitions AS n
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = n.kafka_topic
    AND p.kafka_topic_id = n.kafka_topic_id
    AND p.kafka_partition = n.kafka_partition
  OFFSET 0
) AS s
  CROSS JOIN LATERAL (
    SELECT
      r.kafka_offset,
      min(r.kafka_follows) AS kafka_follows,
      max(r.ingested_at) AS ingested_at
    FROM raw.rejects AS r
    WHERE r.kafka_topic = s.kafka_topic
      AND r.kafka_topic_id = s.kafka_topic_id
      AND r.kafka_partition = s.kafka_partition
      AND r.kafka_offset >= s.next_offset
      AND r.ingested_at >= ingested_from
      AND r.ingested_at < ingested_before
      AND r.kafka_offset >= rejects_from
    GROUP BY r.kafka_offset
    OFFSET 0
  ) AS r
) AS r
) AS r
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
),
roll AS (
WITH held AS (
  SELECT v.voter_key, v.kafka_topic, v.kafka_topic_id, v.kafka_partition, v.kafka_offset, v.kafka_timestamp,
    v.state, v.age_group, v.gender, v.county, v.precinct
  FROM (SELECT DISTINCT voter_key FROM fresh_voters) AS f
  JOIN core.voters AS v ON v.voter_key = f.voter_key
),
records AS (
  SELECT *, TRUE AS held FROM held
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.state, f.age_group, f.gender, f.county, f.precinct, FALSE
  FROM fresh_voters AS f
  WHERE NOT EXISTS (
    SELECT
    FROM held AS h
    WHERE h.voter_key = f.voter_key
      AND h.kafka_topic = f.kafka_topic
      AND h.kafka_topic_id = f.kafka_topic_id
      AND h.kafka_partition = f.kafka_partition
      AND h.kafka_offset = f.kafka_offset
  )
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
  UNION
  SELECT voter_key FROM roll WHERE rank = 1 AND NOT held
),
known AS MATERIALIZED (
  SELECT t.voter_key, v.state AS now_state, v.age_group AS now_age_group, v.gender AS now_gender,
    b.voter_key AS held_key, b.kafka_topic, b.kafka_topic_id, b.kafka_partition, b.kafka_offset, b.kafka_timestamp,
    b.vote_id, b.candidate, b.candidate_image, b.voted_at, b.polling_station, b.state, b.age_group, b.gender
  FROM (SELECT voter_key FROM touched ORDER BY voter_key OFFSET 0) AS t
  LEFT JOIN LATERAL (
    SELECT * FROM core.ballots AS b WHERE b.voter_key = t.voter_key OFFSET 0
  ) AS b ON TRUE
  LEFT JOIN LATERAL (
    SELECT * FROM core.voters AS v WHERE v.voter_key = t.voter_key OFFSET 0
  ) AS v ON TRUE
),
records AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    state AS held_state, age_group AS held_age_group, gender AS held_gender, TRUE AS held,
    now_state, now_age_group, now_gender
  FROM known
  WHERE held_key IS NOT NULL
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station,
    NULL, NULL, NULL, FALSE,
    k.now_state, k.now_age_group, k.now_gender
  FROM fresh_votes AS f
  JOIN known AS k ON k.voter_key = f.voter_key
  WHERE (k.kafka_topic, k.kafka_topic_id, k.kafka_partition, k.kafka_offset)
    IS DISTINCT FROM (f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset)
),
registered AS (
  SELECT voter_key, state, age_group, gender
  FROM roll
  WHERE rank = 1
),
ranked AS (
  SELECT
    r.voter_key, r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.kafka_timestamp,
    r.vote_id, r.candidate, r.candidate_image, r.voted_at, r.polling_station,
    r.held_state, r.held_age_group, r.held_gender, r.held,
    coalesce(v.state, r.now_state) AS state,
    coalesce(v.age_group, r.now_age_group) AS age_group,
    coalesce(v.gender, r.now_gender) AS gender,
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
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  min(kafka_offset) FILTER (WHERE kafka_follows = -1) AS first_offset,
  coalesce(max(kafka_offset) FILTER (WHERE whole) + 1, min(settled)) AS next_offset,
  count(*) FILTER (WHERE whole) AS records,
  count(*) FILTER (WHERE whole AND rejected) AS rejected,
  count(*) FILTER (WHERE NOT whole) AS records_above,
  count(*) FILTER (WHERE NOT whole AND rejected) AS rejected_above,
  max(kafka_offset) AS last_offset,
  min(ingested_at) AS first_ingested_at,
  max(ingested_at) AS last_ingested_at
FROM (
  SELECT *, NOT bool_or(breaks) OVER (
    PARTITION BY kafka_topic, kafka_topic_id, kafka_partition
    ORDER BY kafka_offset
    ROWS UNBOUNDED PRECEDING
  ) AS whole
  FROM (
    SELECT
      r.*,
      coalesce(p.next_offset, 0) AS settled,
      r.kafka_follows > coalesce(lag(r.kafka_offset) OVER (
        PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
        ORDER BY r.kafka_offset
      ), p.next_offset - 1, -1) AS breaks
    FROM fresh_records AS r
    LEFT JOIN core.progress AS p
      ON p.kafka_topic = r.kafka_topic
      AND p.kafka_topic_id = r.kafka_topic_id
      AND p.kafka_partition = r.kafka_partition
  ) AS ordered
) AS chained
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
    SELECT
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
  SELECT date_trunc('minute', voted_at) AS window_start, state, candidate, sum(records) AS votes
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
      CASE WHEN state IS NOT NULL AND voted_at > kafka_timestamp + interval '1 minute' THEN records ELSE 0 END,
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
  coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM changed_votes AS c), '[]') AS votes,
  coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM changed_electorate AS c), '[]') AS electorate,
  coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM changed_books AS c), '[]') AS books;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION analytics.live_changes IS 'What the records above the settled offsets change in the tables, in one row of JSON arrays: votes by minute, region and candidate; electorate by region, age group and gender; books by partition. For: reading what no pass has settled yet.';

-- +goose StatementBegin
CREATE FUNCTION analytics.live_arrivals(ingested_from timestamptz) RETURNS TABLE (arrived bigint, newest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
SELECT count(*) AS arrived, max(ingested_at) AS newest
FROM (
  SELECT ingested_at FROM raw.votes WHERE ingested_at >= ingested_from
  UNION ALL
  SELECT ingested_at FROM raw.voters WHERE ingested_at >= ingested_from
  UNION ALL
  SELECT ingested_at FROM raw.rejects WHERE ingested_at >= ingested_from
) AS r
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION analytics.live_arrivals IS 'How many rows of raw were ingested at a time or after, and when the newest was. For: learning whether anything has come.';
