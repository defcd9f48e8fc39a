-- What the touched minutes that were complete showed before this pass.
INSERT INTO published (window_start, candidate, votes)
SELECT window_start, candidate, sum(votes) AS votes
FROM core.vote_windows
WHERE window_start >= @first_window
  AND window_start < @end_window
  AND window_start <= @complete_before::timestamptz - interval '1 minute'
  AND window_start IN (SELECT window_start FROM touched_windows WHERE source = 'votes')
GROUP BY window_start, candidate
