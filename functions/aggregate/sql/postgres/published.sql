-- Rebuilds run this, a pass doesn't: see amendments_added.sql.
-- What the touched minutes that were complete showed before this pass.
INSERT INTO published (window_start, candidate, votes)
SELECT v.window_start, v.candidate, sum(v.votes) AS votes
FROM (SELECT DISTINCT window_start FROM touched_windows WHERE source = 'votes') AS w
JOIN core.vote_windows AS v ON v.window_start = w.window_start
WHERE w.window_start <= @complete_before::timestamptz - interval '1 minute'
GROUP BY v.window_start, v.candidate
