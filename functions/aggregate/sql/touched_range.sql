-- The span of the touched windows, as values that leave out what lies outside; and
-- the votes' watermark by the books before this pass: a minute that ended by then
-- was complete.
-- No partition was read up to later than when its last record came in, whatever a
-- producer with a fast clock says.
-- A partition that nothing came from for a minute, while others went on, doesn't
-- hold it back; one that is new, or comes back, doesn't take back what was amended.
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
