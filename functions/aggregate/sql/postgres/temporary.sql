-- The temporary tables of a pass. They belong to the connection and are empty when a
-- transaction begins: tables that each pass makes anew would leave their rows in the
-- catalog. In those with many rows columns of a fixed length come first: those behind them
-- are slower to get at.
CREATE TEMP TABLE IF NOT EXISTS fresh_votes (
  kafka_partition bigint,
  kafka_offset bigint,
  kafka_follows bigint,
  kafka_timestamp timestamptz,
  voted_at timestamptz,
  ingested_at timestamptz,
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C",
  voter_key text COLLATE "C",
  vote_id text COLLATE "C",
  candidate text COLLATE "C",
  candidate_image text COLLATE "C",
  polling_station text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS fresh_voters (
  kafka_partition bigint,
  kafka_offset bigint,
  kafka_follows bigint,
  kafka_timestamp timestamptz,
  ingested_at timestamptz,
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C",
  voter_key text COLLATE "C",
  state text COLLATE "C",
  age_group text COLLATE "C",
  gender text COLLATE "C",
  county text COLLATE "C",
  precinct text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS fresh_rejects (
  kafka_partition bigint,
  kafka_offset bigint,
  kafka_follows bigint,
  ingested_at timestamptz,
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS fresh_logs (
  kafka_partition bigint,
  records bigint,
  rejects bigint,
  first_offset bigint,
  last_offset bigint,
  first_ingested_at timestamptz,
  last_ingested_at timestamptz,
  dense boolean,
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS fresh_records (
  kafka_partition bigint,
  kafka_offset bigint,
  kafka_follows bigint,
  ingested_at timestamptz,
  rejected boolean,
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS roll (
  kafka_partition bigint,
  kafka_offset bigint,
  kafka_timestamp timestamptz,
  rank bigint,
  held boolean,
  state text COLLATE "C",
  age_group text COLLATE "C",
  gender text COLLATE "C",
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C",
  voter_key text COLLATE "C",
  county text COLLATE "C",
  precinct text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS held_ballots (
  kafka_partition bigint,
  kafka_offset bigint,
  kafka_timestamp timestamptz,
  voted_at timestamptz,
  voter_key text COLLATE "C",
  candidate text COLLATE "C",
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C",
  vote_id text COLLATE "C",
  candidate_image text COLLATE "C",
  polling_station text COLLATE "C",
  held_state text COLLATE "C",
  held_age_group text COLLATE "C",
  held_gender text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS contenders (
  kafka_partition bigint,
  kafka_offset bigint,
  kafka_timestamp timestamptz,
  voted_at timestamptz,
  rank bigint,
  held boolean,
  known boolean,
  moved boolean,
  voter_key text COLLATE "C",
  candidate text COLLATE "C",
  state text COLLATE "C",
  age_group text COLLATE "C",
  gender text COLLATE "C",
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C",
  vote_id text COLLATE "C",
  candidate_image text COLLATE "C",
  polling_station text COLLATE "C",
  held_state text COLLATE "C",
  held_age_group text COLLATE "C",
  held_gender text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS touched_windows (
  source text COLLATE "C",
  kafka_topic text COLLATE "C",
  window_start timestamptz
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS lost (
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C",
  kafka_partition bigint,
  event_time timestamptz
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS changed_cells (
  window_start timestamptz,
  votes bigint,
  candidate text COLLATE "C",
  state text COLLATE "C",
  age_group text COLLATE "C",
  gender text COLLATE "C",
  candidate_image text COLLATE "C",
  gone_image text COLLATE "C",
  known boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS changed_books (
  window_start timestamptz,
  kafka_topic text COLLATE "C",
  kafka_topic_id text COLLATE "C",
  kafka_partition bigint,
  accepted bigint,
  pending bigint,
  duplicate bigint,
  ahead bigint,
  watermark timestamptz,
  gone_watermark timestamptz
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS published (
  window_start timestamptz,
  candidate text COLLATE "C",
  votes bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS affected (
  voter_key text COLLATE "C"
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS outdated (
  source text COLLATE "C",
  kafka_topic text COLLATE "C",
  window_start timestamptz
) ON COMMIT DELETE ROWS
