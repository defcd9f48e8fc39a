-- The span of the touched windows, as values that prune partitions.
SET (first_window, end_window) = (
  SELECT AS STRUCT
    MIN(window_start),
    TIMESTAMP_ADD(MAX(window_start), INTERVAL 1 MINUTE)
  FROM touched_windows
)
