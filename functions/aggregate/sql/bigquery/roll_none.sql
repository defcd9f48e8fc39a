-- The roll of a pass without registrations: an empty table. It spares the query of
-- core.voters, which BigQuery bills for all rows, whether any voter is asked for or
-- not.
CREATE TEMP TABLE roll AS
SELECT
  voter_key,
  CAST(NULL AS INT64) AS kafka_log,
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  kafka_offset,
  kafka_timestamp,
  state,
  age_group,
  gender,
  county,
  precinct,
  FALSE AS held,
  1 AS rank
FROM fresh_voters
WHERE FALSE
