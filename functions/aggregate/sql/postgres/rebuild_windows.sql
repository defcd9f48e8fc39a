-- The minutes that a rebuild counts again, instead of touched_windows.sql: those of the
-- affected records, those in which core had them, and those of all rows of the range,
-- which may have no record. There is one row per minute, topic and source; a minute with
-- source 'books' has none of the other two.
INSERT INTO touched_windows (source, kafka_topic, window_start)
WITH minutes AS (
  SELECT 'votes' AS source, kafka_topic, date_trunc('minute', voted_at) AS window_start FROM fresh_votes
  UNION
  SELECT 'voters', kafka_topic, date_trunc('minute', kafka_timestamp) FROM fresh_voters
  UNION
  SELECT source, kafka_topic, window_start FROM outdated WHERE source != 'duplicates'
),
others AS (
  SELECT kafka_topic, window_start FROM outdated WHERE source = 'duplicates'
  UNION
  SELECT kafka_topic, window_start FROM core.book_windows
  WHERE window_start >= @rebuild_from AND window_start < @rebuild_to
)
SELECT source, kafka_topic, window_start FROM minutes
UNION ALL
SELECT 'books', o.kafka_topic, o.window_start
FROM others AS o
WHERE NOT EXISTS (
  SELECT FROM minutes AS m WHERE m.kafka_topic = o.kafka_topic AND m.window_start = o.window_start
)
UNION ALL
SELECT source, NULL, window_start
FROM (
  SELECT 'votes' AS source, window_start FROM core.vote_windows
  WHERE window_start >= @rebuild_from AND window_start < @rebuild_to
  UNION
  SELECT 'votes', hour FROM core.vote_hours
  WHERE hour >= date_trunc('hour', @rebuild_from::timestamptz) AND hour < @rebuild_to
  UNION
  SELECT 'votes', hour FROM analytics.hourly_trends
  WHERE hour >= date_trunc('hour', @rebuild_from::timestamptz) AND hour < @rebuild_to
  UNION
  SELECT 'votes', hour FROM analytics.shown_hours
  WHERE hour >= date_trunc('hour', @rebuild_from::timestamptz) AND hour < @rebuild_to
  UNION
  SELECT 'voters', window_start FROM core.electorate_windows
  WHERE window_start >= @rebuild_from AND window_start < @rebuild_to
) AS r
