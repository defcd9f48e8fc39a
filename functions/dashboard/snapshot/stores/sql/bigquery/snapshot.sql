-- Everything the dashboard shows, in one statement: BigQuery reads all tables of
-- a statement as of the same instant, so that no reader sees half a pass, and what
-- is live is added to what was settled at that instant.
--
-- Rows with many numbers are packed into texts, one group a row: the API sends
-- a row of a result as JSON, and unpacking thousands of small objects costs more
-- than the query.
SELECT
  ARRAY(
    SELECT AS STRUCT
      election_date,
      candidate,
      name,
      COALESCE(party, '') AS party,
      COALESCE(candidate_image, '') AS candidate_image,
      votes,
      updated_at
    FROM analytics.candidate_totals
    ORDER BY candidate
  ) AS candidates,
  ARRAY(
    SELECT AS STRUCT
      state,
      registered,
      voted,
      updated_at
    FROM analytics.regional_turnout
    ORDER BY state
  ) AS regions,
  ARRAY(
    SELECT AS STRUCT
      state,
      candidate,
      STRING_AGG(CONCAT(
        CAST(UNIX_SECONDS(hour) AS STRING), ' ', CAST(votes AS STRING), ' ', CAST(revision AS STRING)
      ), ' ') AS hours,
      MAX(updated_at) AS updated_at
    FROM analytics.hourly_trends
    GROUP BY state, candidate
  ) AS hours,
  ARRAY(
    SELECT AS STRUCT
      state,
      candidate,
      STRING_AGG(CONCAT(CAST(UNIX_SECONDS(hour) AS STRING), ' ', CAST(votes AS STRING)), ' ') AS hours
    FROM analytics.shown_hours
    GROUP BY state, candidate
  ) AS shown,
  ARRAY(
    SELECT AS STRUCT
      state,
      candidate,
      STRING_AGG(CONCAT(
        CAST(UNIX_SECONDS(window_start) AS STRING), ' ', CAST(votes AS STRING), ' ', CAST(revision AS STRING)
      ), ' ') AS minutes
    FROM analytics.minute_trends
    WHERE window_start >= @minutes_from
    GROUP BY state, candidate
  ) AS minutes,
  ARRAY(
    SELECT AS STRUCT
      state,
      gender,
      STRING_AGG(CONCAT(
        age_group, '|', CAST(registered AS STRING), ' ', CAST(voted AS STRING)
      ), '|') AS figures,
      MAX(updated_at) AS updated_at
    FROM analytics.demographic_analysis
    GROUP BY state, gender
  ) AS demographics,
  ARRAY(
    SELECT AS STRUCT
      window_start,
      candidate,
      votes_before,
      votes_after,
      revision,
      updated_at
    FROM analytics.amendments
    ORDER BY updated_at DESC, window_start DESC, candidate
    LIMIT 100
  ) AS amendments,
  ARRAY(
    SELECT AS STRUCT
      kafka_topic,
      kafka_topic_id,
      kafka_partition,
      records,
      accepted,
      duplicate,
      rejected,
      pending,
      gaps,
      IFNULL(ahead, 0) AS ahead,
      first_offset,
      next_offset,
      last_offset,
      watermark,
      last_ingested_at,
      updated_at
    FROM analytics.books
    ORDER BY kafka_topic, kafka_topic_id, kafka_partition
  ) AS books,
  ARRAY(
    SELECT AS STRUCT
      kafka_topic,
      reason,
      SUM(rejected) AS records
    FROM analytics.rejections
    GROUP BY kafka_topic, reason
    ORDER BY kafka_topic, reason
  ) AS rejections
