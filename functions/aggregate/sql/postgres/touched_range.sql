-- first_window and end_window are the span of the touched windows: the statements below
-- are planned by them. complete_before is the watermark of the votes before this pass:
-- minutes that ended by then were complete. It is the least watermark of the partitions.
-- A partition's watermark is at most the ingest time of its last record, because a
-- producer's clock may be fast.
-- A partition from which nothing came for a minute, while others went on, is left out.
-- complete_before never goes back behind a watermark of analytics.amendments, so that a
-- new partition, or one that resumes, doesn't take back what was amended.
SELECT
  min(window_start) AS first_window,
  max(window_start) + interval '1 minute' AS end_window,
  (
    SELECT CASE
      WHEN min(watermark) IS NOT NULL
      THEN greatest(min(watermark), (SELECT max(watermark) FROM analytics.amendments))
    END
    FROM (
      SELECT least(watermark, last_ingested_at) AS watermark, last_ingested_at, max(last_ingested_at) OVER () AS newest
      FROM analytics.books
      WHERE watermark IS NOT NULL
        AND kafka_topic IN (SELECT kafka_topic FROM touched_windows WHERE source = 'votes')
    ) AS b
    WHERE last_ingested_at >= newest - interval '1 minute'
  ) AS complete_before
FROM touched_windows
