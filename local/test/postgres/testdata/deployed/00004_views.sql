-- +goose Up

CREATE VIEW analytics.log_ends AS
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  partitions,
  log_start,
  last_stable,
  log_end,
  next_offset,
  last_record,
  deleted,
  open_transactions,
  observed_at,
  ingested_at
FROM raw.log_ends;
COMMENT ON VIEW analytics.log_ends IS 'How far each partition''s log reached on Kafka, and how far it was carried, one row a partition and report. For: whether everything is counted, limited by ingested_at.';

CREATE VIEW analytics.minute_trends AS
SELECT
  window_start,
  state,
  candidate,
  sum(votes)::bigint AS votes,
  max(revision) AS revision,
  max(updated_at) AS updated_at
FROM core.vote_windows
GROUP BY window_start, state, candidate;
COMMENT ON VIEW analytics.minute_trends IS 'Votes by minute, region and candidate. For: the last hours of the count, minute by minute, limited by window_start.';

CREATE VIEW staging.stg_voters AS
SELECT DISTINCT ON (kafka_topic_id, kafka_partition, kafka_offset) *
FROM raw.voters
ORDER BY kafka_topic_id, kafka_partition, kafka_offset, ingested_at DESC;
COMMENT ON VIEW staging.stg_voters IS 'One row per registration record: raw.voters without the copies that a repeated delivery left. Of copies the newest: one that was read again after a column was added has it. The view has the columns that raw.voters had when the view was created.';

CREATE VIEW staging.stg_votes AS
SELECT DISTINCT ON (kafka_topic_id, kafka_partition, kafka_offset) *
FROM raw.votes
ORDER BY kafka_topic_id, kafka_partition, kafka_offset, ingested_at DESC;
COMMENT ON VIEW staging.stg_votes IS 'One row per vote record: raw.votes without the copies that a repeated delivery left. Of copies the newest: one that was read again after a column was added has it. The view has the columns that raw.votes had when the view was created.';

CREATE VIEW marts.vote_statistics AS
SELECT
  hour AS hour_voted,
  candidate,
  state,
  age_group,
  gender,
  votes AS vote_count
FROM core.vote_hours;
COMMENT ON VIEW marts.vote_statistics IS 'Counted votes by candidate, region, age group, gender and hour: the mart that reports are built from.';
