-- The minutes that a rebuild counts again, instead of touched_windows.sql: those of the
-- affected records, those in which core had them, and those of all rows of the range,
-- which may have no record. There is one row per minute, topic and source. source says which
-- tables have to count the minute again: that of a minute whose books alone change is 'books',
-- and then the topic has no other row of the minute. The rows of windows have no topic.
{{fill "touched_windows" "source, kafka_topic, window_start"}}
WITH minutes AS (
  SELECT 'votes' AS source, kafka_topic, {{minute "voted_at"}} AS window_start FROM fresh_votes
  UNION DISTINCT
  SELECT 'voters', kafka_topic, {{minute "kafka_timestamp"}} FROM fresh_voters
  UNION DISTINCT
  SELECT source, kafka_topic, window_start FROM outdated WHERE source != 'duplicates'
),
others AS (
  SELECT kafka_topic, window_start FROM outdated WHERE source = 'duplicates'
  UNION DISTINCT
  SELECT kafka_topic, window_start FROM core.book_windows
  WHERE window_start >= @rebuild_from AND window_start < @rebuild_to
)
SELECT source, kafka_topic, window_start FROM minutes
UNION ALL
SELECT 'books', o.kafka_topic, o.window_start
FROM others AS o
LEFT JOIN (SELECT DISTINCT kafka_topic, window_start, TRUE AS known FROM minutes) AS m
  ON m.kafka_topic = o.kafka_topic AND m.window_start = o.window_start
WHERE m.known IS NULL
UNION ALL
SELECT source, NULL, window_start
FROM (
  SELECT 'votes' AS source, window_start FROM core.vote_windows
  WHERE window_start >= @rebuild_from AND window_start < @rebuild_to
  UNION DISTINCT
  SELECT 'votes', hour FROM core.vote_hours
  WHERE hour >= {{hour "@rebuild_from"}} AND hour < @rebuild_to
  UNION DISTINCT
  SELECT 'votes', hour FROM analytics.hourly_trends
  WHERE hour >= {{hour "@rebuild_from"}} AND hour < @rebuild_to
  UNION DISTINCT
  SELECT 'votes', hour FROM analytics.shown_hours
  WHERE hour >= {{hour "@rebuild_from"}} AND hour < @rebuild_to
  UNION DISTINCT
  SELECT 'voters', window_start FROM core.electorate_windows
  WHERE window_start >= @rebuild_from AND window_start < @rebuild_to
) AS r
