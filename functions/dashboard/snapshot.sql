-- Everything the dashboard shows, in one statement: BigQuery reads all tables of
-- a statement as of the same instant, so that no reader sees half a pass.
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
      COALESCE(leader, '') AS leader,
      leader_votes,
      margin,
      updated_at
    FROM analytics.regional_turnout
    ORDER BY state
  ) AS regions,
  ARRAY(
    SELECT AS STRUCT
      hour,
      candidate,
      SUM(votes) AS votes,
      MAX(revision) AS revision,
      MAX(updated_at) AS updated_at
    FROM analytics.hourly_trends
    GROUP BY hour, candidate
    ORDER BY hour, candidate
  ) AS hours,
  ARRAY(
    SELECT AS STRUCT
      state,
      age_group,
      gender,
      registered,
      voted,
      updated_at
    FROM analytics.demographic_analysis
    ORDER BY state, age_group, gender
  ) AS demographics,
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
      first_offset,
      next_offset,
      last_offset,
      watermark,
      last_ingested_at,
      updated_at
    FROM analytics.books
    ORDER BY kafka_topic, kafka_topic_id, kafka_partition
  ) AS books
