-- Sets first_window and end_window to the span of the touched windows: BigQuery skips
-- what lies outside only if the bounds are values. Sets complete_before to the
-- watermark of the votes before this pass: minutes that ended by then were complete.
-- It is the least watermark of the partitions.
-- A partition's watermark is at most the ingest time of its last record, because a
-- producer's clock may be fast.
-- A partition from which nothing came for a minute, while others went on, is left out.
-- complete_before never goes back behind a watermark of analytics.amendments, so that a
-- new partition, or one that resumes, doesn't take back what was amended.
SET (first_window, end_window, complete_before) = (
  SELECT AS STRUCT
    MIN(window_start),
    TIMESTAMP_ADD(MAX(window_start), INTERVAL 1 MINUTE),
    (
      SELECT GREATEST(MIN(watermark), IFNULL((SELECT MAX(watermark) FROM analytics.amendments), MIN(watermark)))
      FROM (
        SELECT LEAST(watermark, last_ingested_at) AS watermark, last_ingested_at, MAX(last_ingested_at) OVER () AS newest
        FROM analytics.books
        WHERE watermark IS NOT NULL
          AND kafka_topic IN (SELECT kafka_topic FROM touched_windows WHERE source = 'votes')
      )
      WHERE last_ingested_at >= TIMESTAMP_SUB(newest, INTERVAL 1 MINUTE)
    )
  FROM touched_windows
)
