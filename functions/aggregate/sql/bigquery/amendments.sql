-- The complete minutes whose votes have changed, by candidate.
INSERT INTO analytics.amendments (
  window_start, candidate, votes_before, votes_after, revision, watermark, updated_at
)
SELECT
  window_start, candidate, SUM(before), SUM(after), SUM(amendments) + 1, complete_before, @started
FROM (
  SELECT window_start, candidate, votes AS before, 0 AS after, 0 AS amendments
  FROM published
  UNION ALL
  SELECT window_start, candidate, 0, votes, 0
  FROM core.vote_windows
  WHERE window_start >= first_window AND window_start < end_window
  UNION ALL
  SELECT window_start, candidate, 0, 0, 1
  FROM analytics.amendments
  WHERE window_start >= first_window AND window_start < end_window
)
WHERE window_start <= TIMESTAMP_SUB(complete_before, INTERVAL 1 MINUTE)
  AND window_start IN (SELECT window_start FROM touched_windows WHERE source = 'votes')
GROUP BY window_start, candidate
HAVING SUM(before) != SUM(after)
