-- What the touched minutes that were complete showed before this pass.
CREATE TEMP TABLE published AS
SELECT window_start, candidate, SUM(votes) AS votes
FROM core.vote_windows
WHERE window_start >= first_window
  AND window_start < end_window
  AND window_start <= TIMESTAMP_SUB(complete_before, INTERVAL 1 MINUTE)
  AND window_start IN (SELECT window_start FROM touched_windows WHERE source = 'votes')
GROUP BY window_start, candidate
